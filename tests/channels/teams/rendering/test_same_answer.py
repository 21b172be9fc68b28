"""Every topic and every outcome says the same in plain text and in Teams: text, citations and choices."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from lotse.answering import Answer
from lotse.answering.answer import Outcome, Point
from lotse.answering.personal_data import MASK
from lotse.answering.question import ParsedMessage, picked_message
from lotse.channels.teams.rendering.answer_message import RATED, render_teams
from lotse.conversation.assistant import Assistant
from lotse.render.dates import written_date
from lotse.render.text import leads, render_text, title_line
from tests.channels.teams.rendering.message_reader import Markdown, cards, choices, claims, markdown, marked
from tests.parsed_messages import parsed
from tests.render.reached import with_some_reached

DATA = Path(__file__).parents[4] / "data"
_LOADED = Assistant.load(DATA)
ASSISTANT = replace(_LOADED, guides={language: with_some_reached(guide) for language, guide in _LOADED.guides.items()})
LANGUAGES = sorted(ASSISTANT.guides)
STATUSES = [None, "beamte", "tarif", "azubi", "soldaten"]
ABOUT = [
    *["request_sources", "request_more", "request_reason", "request_simpler", "request_example", "request_person"],
    *["request_short", "request_steps", "disclosure"],
]
ALONE = [
    *["out_of_scope", "greet", "goodbye", "thank", "deny", "bot_challenge", "capabilities", "smalltalk"],
    *["forget_me", "start_check", "request_person", "request_sources", "decline", "not_helpful", "none_of_these"],
    *["keep_conversation", "request_short", "request_steps", "disclosure", "privacy"],
]
PROBLEMS = ["empty", "too_long", "command"]
KINDS = {"paragraph", "inline", "bullet_list", "list_item", "blockquote", "text", "strong", "em", "link"}
ELEMENTS = {
    *["AdaptiveCard", "RichTextBlock", "TextRun", "ActionSet", "Action.Submit", "Container"],
    *["Input.ChoiceSet", "Input.Text", "Input.Toggle"],
}
_NUMBERED = re.compile(r"^(\d+)\) (.+)$", re.MULTILINE)
_SOURCE = re.compile(r"^((?:\[\d+\])+) (.+?)(?: \(([^()]+)\))(?:; (.+))?$", re.MULTILINE)


def parse(intent: str, language: str, confidence: float = 0.95, **facets: str) -> ParsedMessage:
    second = "ask_likes" if intent == "ask_reposts" else "ask_reposts"
    return {
        "text": "ein Satz, der lang genug ist, um für sich zu stehen, ohne den davor",
        "intent_ranking": [{"name": intent, "confidence": confidence}, {"name": second, "confidence": 0.1}],
        "entities": [{"entity": facet, "value": value} for facet, value in facets.items()],
        "language": {"code": language, "certainty": 0.5},
    }


def memory(language: str, **more: Any) -> dict[str, Any]:
    return {"language": language, "language_chosen": True, **more}


def flat(text: str | None) -> str:
    return " ".join((text or "").split())


def led(point: Point, language: str) -> str:
    """A point after what leads it in: whom it is for, and what it is about, as the web chat shows it."""
    return " ".join([*leads(point, ASSISTANT.wordings.get(language, ASSISTANT.wording)), point.text])


def compare(answer: Answer) -> None:
    """Plain text and Teams, each read back, hold the same."""
    wording = ASSISTANT.wordings.get(answer.language, ASSISTANT.wording)
    plain = render_text(answer, wording)
    message = render_teams(answer, wording)
    shown = markdown(message["text"])
    _same_text(answer, flat(plain), shown)
    _same_citations(answer, plain, message, shown)
    _same_choices(answer, plain, message)
    _well_formed(answer, message, shown)


def _same_text(answer: Answer, plain: str, shown: Markdown) -> None:
    parts = [answer.short, answer.addressed, *answer.notices, *(step.text for step in answer.steps)]
    parts += [part for point in answer.points_shown for part in (point.text, point.status, point.title)]
    parts += [contact.label for contact in answer.contacts]
    parts += [part for contact in answer.contacts for part in (contact.phone, contact.email, contact.url, contact.note)]
    parts += [contact.purpose for contact in answer.contacts_described]
    if answer.outcome in ("answered", "refined"):
        parts.append(title_line(answer))
    else:
        assert answer.contacts_described == answer.contacts
    if answer.handover:
        parts.append(answer.handover.question)
    for part in parts:
        assert flat(part) in plain
        assert flat(part) in flat(shown.text)
    # Each statement is led by the same words and followed by the same numbers in both.
    points = [(led(point, answer.language), point.cites) for point in answer.points_shown]
    for text, cites in [(answer.short, answer.short_cites), *((s.text, s.cites) for s in answer.steps), *points]:
        statement = f"{text} {''.join(f'[{number}]' for number in cites)}".strip()
        assert flat(statement) in plain
        # Plain language has one sentence a line: its lines follow each other, the numbers at the end.
        told, lines = [flat(part) for part in statement.split("\n")], [flat(line) for line in shown.lines]
        places = [lines[place : place + len(told)] for place in range(len(lines) - len(told) + 1)]
        assert any(all(part in line for part, line in zip(told, place, strict=True)) for place in places)


def _same_citations(answer: Answer, plain: str, message: dict[str, Any], shown: Markdown) -> None:
    native = claims(message)
    sources = {int(n): found for found in _SOURCE.finditer(plain) for n in re.findall(r"\d+", found.group(1))}
    assert set(native) == set(sources) == marked(message) == {citation.n for citation in answer.citations_shown}
    assert ("entities" in message) == bool(answer.citations)
    line_of = {n: next(line for line in reversed(shown.lines) if f"[{n}]" in line) for n in native}
    for citation in answer.citations_shown:
        appearance, date = native[citation.n], written_date(citation.as_of, answer.language)
        assert citation.title in sources[citation.n].group(2)
        assert sources[citation.n].group(3).endswith(date)
        name = appearance["name"].removesuffix("…")
        assert name in f"{citation.title}, {citation.section}, {citation.title}"
        assert f"{date}: " in appearance["abstract"]
        _, _, excerpt = appearance["abstract"].removesuffix("…").partition(f"{date}: ")
        assert excerpt
        assert excerpt in flat(citation.excerpt)
        assert appearance.get("url") == citation.url
        assert citation.url is None or citation.url in plain
        labels = {norm.label for norm in citation.norms}
        assert set(appearance.get("keywords", [])) <= labels
        # A norm that is too long for a keyword stands in the text only.
        assert bool(appearance.get("keywords")) == any(len(label) <= 28 for label in labels)
        for norm in citation.norms:
            assert norm.label in (sources[citation.n].group(4) or "")
            assert norm.url is None or (norm.label, norm.url) in shown.links
        for part in (citation.title, citation.section, date, *labels):
            assert flat(part) in flat(line_of[citation.n])


def _same_choices(answer: Answer, plain: str, message: dict[str, Any]) -> None:
    _, heading, listed = plain.rpartition(
        f"{ASSISTANT.wordings.get(answer.language, ASSISTANT.wording).text['follow_ups']}:"
    )
    numbered = [label for _, label in _NUMBERED.findall(listed)] if heading else []
    assert numbered == [label for label, _ in choices(message)]
    assert choices(message) == [(item.label, item.payload) for item in answer.follow_ups]


def _well_formed(answer: Answer, message: dict[str, Any], shown: Markdown) -> None:
    assert (message["type"], message["textFormat"]) == ("message", "markdown")
    assert set(message) <= {"type", "textFormat", "text", "entities", "attachments", "channelData"}
    # A question back within a check says nothing that could be rated; only its result has a verdict.
    rated = answer.outcome in RATED and (answer.outcome != "check" or answer.verdict is not None)
    assert message.get("channelData") == ({"feedbackLoop": {"type": "default"}} if rated else None)
    assert shown.kinds <= KINDS
    assert all(url.startswith(("https://", "http://", "mailto:")) for _, url in shown.links)
    for claim in claims(message).values():
        assert 0 < len(claim["name"]) <= 80
        assert 0 < len(claim["abstract"]) <= 160
        assert len(claim.get("keywords", [])) <= 3
        assert all(len(keyword) <= 28 for keyword in claim.get("keywords", []))
    assert {element["type"] for element in cards(message)} <= ELEMENTS
    assert all(1 <= len(element["actions"]) <= 6 for element in cards(message) if element["type"] == "ActionSet")
    whole = json.dumps(message, ensure_ascii=False)
    assert len(whole.encode("utf-16-le")) < 28 * 1024
    # Payloads are for machines, and nothing is generated.
    assert "/ask_" not in message["text"]
    assert "None" not in message["text"]
    assert "AIGenerated" not in whole
    assert "notification" not in whole


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(ASSISTANT.guide.topics))
def test_every_answer_of_a_topic(topic: str, language: str) -> None:
    outcomes = set()
    for status in STATUSES:
        intent = f"ask_{topic}"
        asked = parse(intent, language, status=status) if status else parse(intent, language)
        first = ASSISTANT.turn(asked, memory(language), "teams")
        remembered = first.events[0]["value"]
        again = ASSISTANT.turn(parse("refine", language, status="beamte"), remembered, "teams")
        about = [ASSISTANT.turn(parse(intent, language), remembered, "teams") for intent in ABOUT]
        for turn in (first, again, *about):
            assert (turn.answer.language, turn.answer.topic) == (language, topic)
            compare(turn.answer)
            outcomes.add(turn.answer.outcome)
    assert outcomes == {"answered", "refined", "sources", "explained", "handed_over"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", ALONE)
def test_every_other_answer(intent: str, language: str) -> None:
    for unanswered in range(4):
        compare(ASSISTANT.turn(parse(intent, language), memory(language, unanswered=unanswered), "teams").answer)


def _others(language: str) -> list[Answer]:
    """Answers that a message of its own brings about."""
    unsure = parse("ask_blocking", language, 0.2)
    turns = [ASSISTANT.turn(unsure, memory(language, unanswered=count), "teams") for count in range(3)]
    turns += [ASSISTANT.turn(parsed(text="", problem=problem), memory(language), "teams") for problem in PROBLEMS]
    forget = parse("forget_me", language, 0.75)
    turns += [ASSISTANT.turn(forget, memory(language, topic="blocking"), "teams")]
    masked = parse("ask_blocking", language)
    masked["text"] = f"Darf ich {MASK} blockieren, wenn er mich anschreibt?"
    turns += [ASSISTANT.turn(masked, memory(language), "teams")]
    turns += [ASSISTANT.turn(picked_message("/forget_me", "forget_me"), memory(language), "teams")]
    return [turn.answer for turn in turns]


@pytest.mark.parametrize("language", LANGUAGES)
def test_being_unsure_and_what_could_not_be_read(language: str) -> None:
    for answer in _others(language):
        compare(answer)


@pytest.mark.parametrize("language", sorted(ASSISTANT.other_languages))
def test_languages_the_guide_does_not_speak(language: str) -> None:
    answer = Answer(outcome="refused", answer_id="a", language=language, short=ASSISTANT.other_languages[language])
    compare(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_masked_personal_data_is_among_what_is_compared(language: str) -> None:
    notices = [answer.notice or "" for answer in _others(language)]
    assert any(ASSISTANT.wordings[language].personal_data in notice for notice in notices)


def test_no_outcome_is_missing_here() -> None:
    seen = {answer.outcome for answer in _others("de")}
    for intent in [*ALONE, "ask_blocking"]:
        first = ASSISTANT.turn(parse(intent, "de"), None, "teams")
        seen.add(first.answer.outcome)
        for about in [*ABOUT, "refine"]:
            seen.add(ASSISTANT.turn(parse(about, "de"), first.events[0]["value"], "teams").answer.outcome)
    assert seen == set(get_args(Outcome))
