"""Every topic and every outcome says what it said before: payload, plain text and message to Teams.

The understanding is made up here, so no trained model is needed. See tests/snapshots/README.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from lotse.answering import Answer
from lotse.answering.answer import Outcome
from lotse.answering.personal_data import MASK
from lotse.answering.question import InputProblem, ParsedMessage
from lotse.channels.teams.rendering.answer_message import render_help, render_teams, render_welcome
from lotse.conversation.assistant import Assistant, Turn
from lotse.render.text import render_text
from tests.conftest import Snapshot

ROOT = Path(__file__).parents[2]
ASSISTANT = Assistant.load(ROOT / "data")
LANGUAGES = sorted(ASSISTANT.guides)
TOPICS = sorted(ASSISTANT.guide.topics)
STATUSES = list(ASSISTANT.guide.facets["status"].values)
# No review is overdue on this day.
TODAY = date(2026, 11, 24)
SENTENCE = "ein Satz, der lang genug ist, um für sich zu stehen, ohne den davor"
ABOUT = ["request_sources", "request_reason", "request_simpler", "request_example", "request_person"]
SMALLTALK = ["greet", "goodbye", "thank", "deny", "affirm", "bot_challenge", "capabilities", "smalltalk"]
UNSURE = {"ask_blocking": 0.2, "ask_likes": 0.1}


def turn(
    intents: str | Mapping[str, float],
    language: str,
    *,
    after: Turn | None = None,
    text: str = SENTENCE,
    passages: Mapping[str, float] | None = None,
    problem: InputProblem | None = None,
    facets: Mapping[str, str] | None = None,
) -> Turn:
    """One turn, understood as given, at the beginning of a conversation or after another turn."""
    ranking = {intents: 0.95} if isinstance(intents, str) else intents
    parse: ParsedMessage = {
        "text": text,
        "intent_ranking": [{"name": name, "confidence": value} for name, value in ranking.items()],
        "entities": [{"entity": facet, "value": value} for facet, value in (facets or {}).items()],
        "passages": dict(passages or {}),
        "language": {"code": language, "certainty": 0.5},
        "problem": problem,
    }
    memory = after.events[0]["value"] if after else {"language": language, "language_chosen": True}
    return ASSISTANT.turn(parse, memory, "rest", TODAY)


def shown(answer: Answer) -> dict[str, Any]:
    """An answer as each client gets it, texts as lists of lines, with an id that does not change."""
    answer = answer.copy(update={"answer_id": "answer"})
    wording = ASSISTANT.wordings.get(answer.language, ASSISTANT.wording)
    return {
        "payload": answer.payload(),
        "text": render_text(answer, wording).split("\n"),
        "teams": in_lines(render_teams(answer, wording)),
    }


def in_lines(message: dict[str, Any]) -> dict[str, Any]:
    """A message to Teams with its text as a list of lines."""
    return {**message, "text": message["text"].split("\n")}


def compared(answer: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """What is not as usual in an answer's payload, citations by their passages; and a hash of all its parts in full.

    Written in full as well, they would make the files three times as large and show little more.
    """
    payload = {name: value for name, value in answer["payload"].items() if value != usual["payload"][name]}
    if "citations" in payload:
        payload["citations"] = [citation["passage"] for citation in payload["citations"]]
    full = json.dumps(answer, ensure_ascii=False).encode()
    return {"payload": payload, "sha256": hashlib.sha256(full).hexdigest()}


def written(data: object) -> str:
    """JSON that is easy to compare line by line; what holds nothing but short values takes one line."""
    return _written(data, "") + "\n"


def _written(data: object, indent: str) -> str:
    short = json.dumps(data, ensure_ascii=False)
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    if not any(isinstance(item, (dict, list)) and item for item in inner) and len(indent + short) <= 150:
        return short
    deeper = indent + " "
    if isinstance(data, dict):
        lines = [f"{json.dumps(name)}: {_written(value, deeper)}" for name, value in data.items()]
        return "{\n" + ",\n".join(deeper + line for line in lines) + f"\n{indent}}}"
    if isinstance(data, list):
        return "[\n" + ",\n".join(deeper + _written(value, deeper) for value in data) + f"\n{indent}]"
    return short


def topic_answers(topic: str, language: str) -> dict[str, Any]:
    """Every answer of a topic."""
    intent = f"ask_{topic}"
    first = turn(intent, language)
    answers = {"answered": shown(first.answer)}
    answers |= {about: shown(turn(about, language, after=first).answer) for about in ABOUT}
    refined = turn("refine", language, after=first, facets={"status": STATUSES[0]})
    answers["refined"] = compared(shown(refined.answer), answers["answered"])
    for status in STATUSES:
        other = shown(turn(intent, language, facets={"status": status}).answer)
        if other["text"] != answers["answered"]["text"]:
            answers[f"answered, {status}"] = compared(other, answers["answered"])
    answers["passages"] = {
        passage.id: _led_by(turn(intent, language, passages={passage.id: 0.9}).answer)
        for passage in ASSISTANT.guides[language].of_topic[topic]
    }
    return answers


def _led_by(answer: Answer) -> list[Any]:
    """The answer where one passage fits best: verdict, short answer, and the passages behind it in their order."""
    passages = list(dict.fromkeys(citation.passage for citation in answer.citations))
    return [answer.verdict, answer.short, answer.short_cites, passages]


def other_answers(language: str) -> dict[str, Answer]:
    """Answers that are not the guidance of a topic, and those to messages that go on with one."""
    first = turn("ask_blocking", language)
    unsure = turn(UNSURE, language, text="hm")
    twice = turn(UNSURE, language, text="hm", after=unsure)
    refused = turn("out_of_scope", language)
    again = turn("out_of_scope", language, after=refused)
    turns = {intent: turn(intent, language) for intent in SMALLTALK}
    turns |= {
        "unsure": unsure,
        "unsure, with what is near": turn(UNSURE, language, passages={"blocking.critics": 0.6, "likes.basic": 0.58}),
        "unsure, again": twice,
        "unsure, a third time": turn(UNSURE, language, text="hm", after=twice),
        "yes after choices": turn("affirm", language, text="ja", after=unsure),
        "outside": refused,
        "outside, again": again,
        "outside, a third time": turn("out_of_scope", language, after=again),
        "forget": turn("forget_me", language),
        "forgotten": turn("forget_me", language, text="/forget_me"),
        "forget, uncertain": turn({"forget_me": 0.75}, language, after=first),
        "check": turn("start_check", language),
        "person, without a question": turn("request_person", language),
        "sources, without a question": turn("request_sources", language),
        "status, without a question": turn("refine", language, facets={"status": STATUSES[0]}),
        "unclear": turn("unclear", language, after=first),
        "corrected": turn({"correct_topic": 0.9, "ask_likes": 0.1}, language, after=first),
        "corrected, without another topic": turn({"correct_topic": 0.95}, language, after=first),
        "second topic": turn({"ask_blocking": 0.6, "ask_likes": 0.3}, language),
        "masked": turn("ask_blocking", language, text=f"Darf ich {MASK} blockieren, wenn er mich anschreibt?"),
        "language changed": turn("switch_language", language, facets={"language": "de" if language == "en" else "en"}),
    }
    turns |= {problem: turn({}, language, text="", problem=problem) for problem in ("empty", "too_long", "command")}
    return {name: each.answer for name, each in turns.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_says_what_it_said(topic: str, language: str, snapshot: Snapshot) -> None:
    snapshot(f"topics/{topic}.{language}.json", written(topic_answers(topic, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_answer_says_what_it_said(language: str, snapshot: Snapshot) -> None:
    answers = {name: shown(answer) for name, answer in other_answers(language).items()}
    snapshot(f"outcomes.{language}.json", written(answers))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_teams_says_is_what_it_said(language: str, snapshot: Snapshot) -> None:
    wording, greeting = ASSISTANT.wordings[language], turn("greet", language).answer
    messages = {
        "help": render_help(wording),
        "welcome": render_welcome(greeting, wording, personal=True),
        "welcome in a team": render_welcome(greeting, wording, personal=False),
    }
    snapshot(f"teams.{language}.json", written({name: in_lines(message) for name, message in messages.items()}))


def test_no_outcome_is_missing_from_the_snapshots() -> None:
    seen = {answer.outcome for answer in other_answers("de").values()}
    seen |= {
        answers["payload"]["outcome"] for name, answers in topic_answers("blocking", "de").items() if name in ABOUT
    }
    seen |= {turn("refine", "de", after=turn("ask_blocking", "de"), facets={"status": STATUSES[0]}).answer.outcome}
    assert seen == set(get_args(Outcome))


def test_no_snapshot_is_of_a_topic_that_is_gone() -> None:
    kept = {path.name for path in (ROOT / "tests" / "snapshots" / "topics").iterdir()}
    assert kept == {f"{topic}.{language}.json" for topic in TOPICS for language in LANGUAGES}
