"""The text is complete: whoever sees only it misses nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotse.answering import Answer
from lotse.answering.answer import Citation, ContactLine, FollowUp
from lotse.answering.handover_draft import hand_over
from lotse.answering.question import ParsedMessage
from lotse.conversation.assistant import Assistant
from lotse.render.dates import written_date
from lotse.render.text import TERMINAL_WIDTH, as_lead, render_text
from tests.parsed_messages import parsed

DATA = Path(__file__).parents[2] / "data"
TOPICS = sorted(path.stem for path in (DATA / "guide/de").glob("*.yml"))
ABOUT = ["request_sources", "request_reason", "request_simpler", "request_example", "request_person"]
ALONE = [
    "out_of_scope",
    "greet",
    "goodbye",
    "thank",
    "deny",
    "bot_challenge",
    "capabilities",
    "forget_me",
    "start_check",
]


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    return Assistant.load(DATA)


def parse(intent: str, **facets: str) -> ParsedMessage:
    entities = [{"entity": facet, "value": value} for facet, value in facets.items()]
    ranking = [{"name": intent, "confidence": 0.95}, {"name": "ask_reposts", "confidence": 0.3}]
    text = "ein Satz, der lang genug ist, um für sich zu stehen, ohne den davor"
    return parsed(text=text, intent_ranking=ranking, entities=entities)


def check(answer: Answer, assistant: Assistant, width: int | None) -> None:
    text = render_text(answer, assistant.wording, width)
    flat = " ".join(text.split())

    def holds(part: str | None) -> bool:
        return " ".join((part or "").split()) in flat

    if width:
        for line in text.splitlines():
            assert len(line) <= width or line.strip().startswith(("http://", "https://", "mailto:")), line
    assert holds(answer.short)
    assert holds(answer.addressed)
    assert holds(answer.notice)
    for point in answer.points:
        assert holds(point.text)
        assert holds("".join(f"[{number}]" for number in point.cites))
        assert holds("".join(f"{as_lead(lead)} " for lead in (point.status, point.title) if lead) + point.text)
    for citation in answer.citations:
        # In the list of sources, alone or beside others that read the same.
        assert re.search(rf"\n(\[\d+\])*\[{citation.n}\](\[\d+\])* \w", text), citation.n
        assert holds(citation.title)
        assert holds(citation.section)
        assert written_date(citation.as_of, answer.language) in flat
        assert citation.url is None or citation.url in text
        for norm in citation.norms:
            assert holds(norm.label)
            assert norm.url is None or norm.url in text
    for number, item in enumerate(answer.follow_ups, start=1):
        assert holds(f"{number}) {item.label}")
    for contact in answer.contacts:
        assert holds(contact.label)
    if answer.outcome in ("answered", "refined"):
        assert holds(f"{answer.title} {answer.verdict_label}.")
    assert "None" not in text
    assert "\n\n\n" not in text
    assert text == text.strip()
    # A payload is for machines.
    assert "/ask_" not in text
    assert "/refine" not in text


@pytest.mark.parametrize("width", [TERMINAL_WIDTH, None])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_answer_of_a_topic(assistant: Assistant, topic: str, width: int | None) -> None:
    for status in (None, "beamte", "tarif", "azubi", "soldaten"):
        facets = {"status": status} if status else {}
        turn = assistant.turn(parse(f"ask_{topic}", **facets), None, None)
        check(turn.answer, assistant, width)
        for intent in ABOUT:
            check(assistant.turn(parse(intent), turn.events[0]["value"], None).answer, assistant, width)


@pytest.mark.parametrize("width", [TERMINAL_WIDTH, None])
@pytest.mark.parametrize("intent", ALONE)
def test_every_other_answer(assistant: Assistant, intent: str, width: int | None) -> None:
    for unanswered in range(4):
        check(assistant.turn(parse(intent), {"unanswered": unanswered}, None).answer, assistant, width)


@pytest.mark.parametrize("unanswered", [0, 1, 2])
def test_being_unsure(assistant: Assistant, unanswered: int) -> None:
    ranking = [{"name": "ask_blocking", "confidence": 0.2}, {"name": "ask_likes", "confidence": 0.1}]
    turn = assistant.turn(parsed(text="hm", intent_ranking=ranking), {"unanswered": unanswered}, None)
    check(turn.answer, assistant, TERMINAL_WIDTH)


@pytest.mark.parametrize("problem", ["empty", "too_long", "command"])
def test_what_could_not_be_read(assistant: Assistant, problem: str) -> None:
    check(assistant.turn(parsed(text="", problem=problem), None, None).answer, assistant, TERMINAL_WIDTH)


def test_a_house_rule_says_who_speaks(assistant: Assistant) -> None:
    answer = assistant.turn(parse("ask_blocking"), None, None).answer
    ours = answer.copy(update={"points": [answer.points[0].copy(update={"level": "house"})]})
    point = answer.points[0]
    assert f"[{assistant.wording.text['house']}] {point.title}: {point.text}" in render_text(ours, assistant.wording)


def test_an_address_is_never_broken(assistant: Assistant) -> None:
    url = "https://example.org/" + "lang-" * 40
    citation = Citation(n=1, passage="a.b", title="Titel " * 20, as_of="2012-09", excerpt="…", url=url)
    answer = Answer(outcome="sources", short="Kurz.", citations=[citation])
    text = render_text(answer, assistant.wording, TERMINAL_WIDTH)
    assert f"    {url}" in text.splitlines()
    assert "09/2012" in text


def test_offices_say_how_to_reach_them(assistant: Assistant) -> None:
    office = ContactLine(label="Personalrat", purpose="Für Rat.", phone="0800 1", email="rat@example.org")
    text = render_text(
        Answer(outcome="handed_over", short="Hier:", contacts=[office]), assistant.wording, TERMINAL_WIDTH
    )
    assert "- Personalrat: Für Rat.\n  0800 1, rat@example.org" in text


@pytest.mark.parametrize("width", [TERMINAL_WIDTH, None])
def test_a_question_to_hand_over_is_there_to_copy_and_to_mail(assistant: Assistant, width: int | None) -> None:
    contacts = {
        "press_office": assistant.guide.contacts["press_office"].copy(update={"email": "presse@example.org"}),
        "superior": assistant.guide.contacts["superior"],
    }
    question = "Darf ich das posten? " * 6 + "\nUnd als Beamtin?"
    handover = hand_over(contacts, contacts, question, "Frage")
    text = render_text(Answer(outcome="handed_over", short="Hier:", handover=handover), assistant.wording, width)
    block = text.split("\n\n")
    assert block[1].startswith(assistant.wording.handover.copy_text.split("\n")[0][:40])
    assert " ".join(question.split()) in " ".join(block[1].split())
    assert block[1].endswith("\nUnd als Beamtin?")
    # Only where there is an address, and on a line of its own, however long.
    assert block[2].splitlines() == ["Als E-Mail an Pressestelle:", handover.offices[0].mailto]
    assert len(block) == 3


def test_without_a_question_there_is_nothing_to_copy(assistant: Assistant) -> None:
    handover = hand_over(assistant.guide.contacts, ["press_office"], "", "Frage")
    text = render_text(Answer(outcome="handed_over", short="Hier:", handover=handover), assistant.wording)
    assert text == "Hier:"


def test_long_choices_wrap_under_their_text(assistant: Assistant) -> None:
    choice = FollowUp(label="Wort " * 30, payload="/ask_blocking")
    text = render_text(
        Answer(outcome="choices", short="Welche?", follow_ups=[choice]), assistant.wording, TERMINAL_WIDTH
    )
    assert text.splitlines()[-1].startswith("   Wort")
