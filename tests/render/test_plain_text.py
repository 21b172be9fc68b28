"""The text is complete: whoever sees only it misses nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lotse.answering import Answer
from lotse.answering.answer import Certainty, Citation, ContactLine, FollowUp, Help, HelpLine, Point, Step, Why
from lotse.answering.handover_draft import hand_over
from lotse.answering.question import ParsedMessage
from lotse.conversation.assistant import Assistant
from lotse.render.dates import written_date
from lotse.render.text import TERMINAL_WIDTH, leads, render_text, title_line
from tests.parsed_messages import parsed
from tests.render.reached import with_some_reached

DATA = Path(__file__).parents[2] / "data"
TOPICS = sorted(path.stem for path in (DATA / "guide/de").glob("*.yml"))
ABOUT = ["request_sources", "request_more", "request_reason", "request_simpler", "request_example", "request_person"]
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
    "not_helpful",
    "none_of_these",
    "disclosure",
    "privacy",
]


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """As an authority runs it that has said how to reach some of its offices."""
    loaded = Assistant.load(DATA)
    return replace(loaded, guides={language: with_some_reached(guide) for language, guide in loaded.guides.items()})


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
    # Each notice is a paragraph of its own.
    paragraphs = [" ".join(block.split()) for block in text.split("\n\n")]
    assert all(" ".join(notice.split()) in paragraphs for notice in answer.notices)
    for point in answer.points_shown:
        assert holds(point.text)
        assert holds("".join(f"[{number}]" for number in point.cites))
        assert holds(" ".join([*leads(point, assistant.wording), point.text]))
    for point in answer.points[len(answer.points_shown) :]:
        assert not holds(point.text)
    for citation in answer.citations_shown:
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
        for part in (contact.phone, contact.email, contact.url, contact.note):
            assert part is None or holds(part)
        if contact.can_be_reached or answer.outcome not in ("answered", "refined"):
            assert holds(contact.purpose)
    if answer.outcome in ("answered", "refined"):
        assert holds(title_line(answer))
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
    office = ContactLine(
        label="Personalrat", purpose="Für Rat.", note="Nicht freitags.", phone="0800 1", email="rat@example.org"
    )
    text = render_text(
        Answer(outcome="handed_over", short="Hier:", contacts=[office]), assistant.wording, TERMINAL_WIDTH
    )
    assert "- Personalrat: Für Rat. Nicht freitags.\n  0800 1, rat@example.org" in text


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
    office = assistant.guide.contacts["press_office"].copy(update={"email": None})
    handover = hand_over({"press_office": office}, ["press_office"], "", "Frage")
    text = render_text(Answer(outcome="handed_over", short="Hier:", handover=handover), assistant.wording)
    assert text == "Hier:"


def test_long_choices_wrap_under_their_text(assistant: Assistant) -> None:
    choice = FollowUp(label="Wort " * 30, payload="/ask_blocking")
    text = render_text(
        Answer(outcome="choices", short="Welche?", follow_ups=[choice]), assistant.wording, TERMINAL_WIDTH
    )
    assert text.splitlines()[-1].startswith("   Wort")


def blocks(answer: Answer, assistant: Assistant) -> list[str]:
    return render_text(answer, assistant.wording).split("\n\n")


def test_help_comes_before_everything_with_who_helps_now(assistant: Assistant) -> None:
    line = HelpLine(label="Sorgentelefon", purpose="Für Sie da.", phone="0800 000", hours="immer", url="https://x.y")
    office = ContactLine(label="Vertrauensperson", purpose="Im Haus.", note="Auch ohne Termin.")
    help_now = Help(kind="crisis", text="Gut, dass Sie schreiben.", lines=[line], offices=[office])
    shown = blocks(Answer(outcome="answered", title="Titel?", short="Kurz.", help=help_now), assistant)
    assert shown == [
        "Gut, dass Sie schreiben.",
        f"{assistant.wording.text['help']}:\n- Sorgentelefon: Für Sie da.\n  0800 000, immer\n  https://x.y",
        f"{assistant.wording.text['offices']}:\n- Vertrauensperson: Im Haus. Auch ohne Termin.",
        "Titel?",
        "Kurz.",
    ]


def test_what_was_assumed_is_the_first_line_and_steps_follow_the_short_answer(assistant: Assistant) -> None:
    answer = Answer(
        outcome="answered",
        title="Titel?",
        verdict="allowed",
        verdict_label="Erlaubt",
        assumed="Ich verstehe Sie so: Es geht um Ihr privates Konto.",
        short="Kurz.",
        short_cites=[1],
        steps=[Step(text="Fragen Sie nach.", cites=[2]), Step(text="Warten Sie.")],
    )
    assert blocks(answer, assistant) == [
        "Ich verstehe Sie so: Es geht um Ihr privates Konto.",
        "Titel? Erlaubt.",
        "Kurz. [1]",
        f"{assistant.wording.text['steps']}:\n- Fragen Sie nach. [2]\n- Warten Sie.",
    ]


@pytest.mark.parametrize(
    ("status", "title", "certainty", "expected"),
    [
        (None, "Teilen", "disputed", "- Teilen (umstritten): Ein Satz."),
        (None, "Was ist Teilen?", "disputed", "- Was ist Teilen? (umstritten): Ein Satz."),
        (None, "Was ist Teilen?", "settled", "- Was ist Teilen? Ein Satz."),
        ("Beamte", "Teilen", "uncertain", "- Beamte: Teilen (noch nicht abschließend geklärt): Ein Satz."),
        ("Beamte", None, "disputed", "- Beamte (umstritten): Ein Satz."),
        (None, None, "disputed", "- (umstritten): Ein Satz."),
    ],
)
def test_a_point_says_itself_that_it_is_disputed(
    assistant: Assistant, status: str | None, title: str | None, certainty: str, expected: str
) -> None:
    point = Point.parse_obj(
        {"text": "Ein Satz.", "cites": [], "status": status, "title": title, "certainty": certainty}
    )
    assert blocks(Answer(outcome="explained", short="Kurz.", points=[point]), assistant)[1] == expected


def test_a_heading_that_is_no_question_leads_the_verdict_in() -> None:
    answer = Answer(outcome="refined", title="Presse", verdict_label="Kommt darauf an", short="Kurz.")
    assert title_line(answer) == "Presse: Kommt darauf an."
    assert title_line(answer.copy(update={"title": "Darf ich?"})) == "Darf ich? Kommt darauf an."


def test_points_on_request_are_left_out_with_their_sources(assistant: Assistant) -> None:
    points = [Point(text=f"Punkt {number}.", cites=[number + 1]) for number in range(1, 6)]
    citations = [Citation(n=n, passage="a.b", title=f"Werk {n}", as_of="2012", excerpt="…") for n in range(1, 7)]
    answer = Answer(outcome="answered", short="Kurz.", short_cites=[1], points=points, citations=citations)
    assert all(f"Punkt {number}." in render_text(answer, assistant.wording) for number in range(1, 6))
    text = render_text(answer.copy(update={"points_at_once": 3}), assistant.wording)
    assert [number for number in range(1, 6) if f"Punkt {number}." in text] == [1, 2, 3]
    assert [number for number in range(1, 7) if f"Werk {number}" in text] == [1, 2, 3, 4]


def test_an_office_that_can_be_reached_says_how_below_every_answer(assistant: Assistant) -> None:
    named = ContactLine(label="Leitung", purpose="Für alles.", note="Nicht, wenn es um sie selbst geht.")
    reached = ContactLine(label="Rat", purpose="Hilft.", phone="0800 1", email="rat@example.org", url="https://x.y")
    heading = assistant.wording.text["contacts"]
    for outcome in ("answered", "refined"):
        answer = Answer(outcome=outcome, short="Kurz.", contacts=[reached, named])
        assert blocks(answer, assistant)[1] == (
            f"{heading}: Leitung\n- Leitung: Nicht, wenn es um sie selbst geht.\n"
            "- Rat: Hilft.\n  0800 1, rat@example.org\n  https://x.y"
        )
    alone = Answer(outcome="answered", short="Kurz.", contacts=[reached])
    assert blocks(alone, assistant)[1] == f"{heading}:\n- Rat: Hilft.\n  0800 1, rat@example.org\n  https://x.y"


@pytest.mark.parametrize(("certainty", "told"), [("high", False), ("medium", True), ("low", True)])
def test_an_answer_that_may_be_about_something_else_says_how_it_understood(
    assistant: Assistant, certainty: Certainty, told: bool
) -> None:
    answer = Answer(outcome="answered", short="Kurz.", why=Why(recognised="Darf ich?", certainty=certainty))
    words = assistant.wording.web.widget
    sentence = f"{words['why_recognised'].format(question='Darf ich?')} {words[f'why_certainty_{certainty}']}"
    assert blocks(answer, assistant)[1:] == ([f"{words['why']}\n{sentence}"] if told else [])
    # A refusal or a question back says so itself.
    assert blocks(answer.copy(update={"outcome": "refused"}), assistant) == ["Kurz."]


def test_a_link_opens_the_guide_at_the_passage_of_the_short_answer(assistant: Assistant) -> None:
    citations = [Citation(n=n, passage=f"like.p{n}", title="Werk", as_of="2012", excerpt="…") for n in (1, 2)]
    answer = Answer(outcome="answered", short="Kurz.", short_cites=[2], citations=citations)
    link = "https://lotse.example.org/chat/guide/like?language=de#like.p2"
    assert link in render_text(answer, assistant.wording, 40, "https://lotse.example.org/chat/").splitlines()
    assert "guide/" not in render_text(answer, assistant.wording)


def test_sources_alone_need_no_heading(assistant: Assistant) -> None:
    citation = Citation(n=1, passage="a.b", title="Werk", as_of="2012", excerpt="…", remark="Gilt nur für Bremen.")
    shown = blocks(Answer(outcome="sources", short="Die Quellen:", citations=[citation]), assistant)
    assert shown == ["Die Quellen:", "[1] Werk (Stand 2012)\n    Gilt nur für Bremen."]


def test_a_note_about_an_office_stands_below_every_answer(assistant: Assistant) -> None:
    office = ContactLine(label="Leitung", purpose="Für alles.", note="Nicht, wenn es um sie selbst geht.")
    other = ContactLine(label="Rat", purpose="Für alles.")
    below = blocks(Answer(outcome="answered", short="Kurz.", contacts=[office, other]), assistant)[1]
    assert below == (
        f"{assistant.wording.text['contacts']}: Leitung, Rat\n- Leitung: Nicht, wenn es um sie selbst geht."
    )
    asked_for = blocks(Answer(outcome="handed_over", short="Hier:", contacts=[office]), assistant)[1]
    assert asked_for == "- Leitung: Für alles. Nicht, wenn es um sie selbst geht."
