"""What Microsoft's software is given to read; that software itself is installed apart and run by hand."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any, get_args

import pytest

from lotse.answering.answer import Outcome
from lotse.channels.teams.rendering import answer_message, cards
from lotse.conversation.assistant import Assistant
from tools.fake_azure.rules import objections as refusals
from tools.oracles.__main__ import app_files, schema_objections
from tools.oracles.examples import cards_of, every_activity, every_answer
from tools.oracles.read_activities import lost, objections

Named = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    yield Assistant.load()


@pytest.fixture(scope="module")
def activities(assistant: Assistant) -> Iterator[Named]:
    yield list(every_activity(assistant))


def test_every_kind_of_activity_is_given_in_every_language(assistant: Assistant, activities: Named) -> None:
    names = {name for name, _ in activities}
    moves = {name.split(", ")[1] for name in names if ", " in name}
    assert {"request_example", "request_person", "request_simpler", "request_more"} <= moves
    for language in assistant.wordings:
        beside = ("form", "office", "help", "welcome, a group", "refused, for one person")
        assert {f"{language} {kind}" for kind in (*beside, *assistant.guide.topics)} <= names
    kinds = {"entities", "channelData", "attachments", "suggestedActions", "recipient"}
    assert kinds <= {key for _, activity in activities for key in activity}


def public_functions(module: ModuleType) -> set[str]:
    return {name for name, _ in inspect.getmembers(module, inspect.isfunction) if not name.startswith("_")}


def test_every_outcome_and_every_part_of_an_answer_occurs(assistant: Assistant) -> None:
    answers = [answer for _, answer in every_answer(assistant)]
    assert {answer.outcome for answer in answers} == set(get_args(Outcome))
    for part in ("help", "assumed", "steps", "documents", "contacts", "handover", "notice", "follow_ups", "citations"):
        assert any(getattr(answer, part) for answer in answers), part
    assert {answer.help.kind for answer in answers if answer.help} >= set(assistant.guide.help)


def test_every_function_that_makes_a_message_or_a_card_is_called(assistant: Assistant) -> None:
    called: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add((frame.f_code.co_filename, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        assert len(list(every_activity(assistant))) > 100
    finally:
        sys.setprofile(before)
    for module in (answer_message, cards):
        own = {name for name in public_functions(module) if inspect.getmodule(getattr(module, name)) is module}
        assert own <= {name for path, name in called if path == module.__file__}


def test_the_fake_takes_every_one_of_them(activities: Named) -> None:
    """What Microsoft's software reads is what the tests let the fake take."""
    assert [(name, refusals(activity)) for name, activity in activities if refusals(activity)] == []


def test_a_card_that_does_not_match_the_schema_is_named(activities: Named) -> None:
    cards = [card for name, activity in activities for card in cards_of(name, activity)]
    schema = {"type": "object", "properties": {"version": {"enum": ["1.5"]}, "msteams": {"enum": []}}}
    assert cards and schema_objections(cards, schema) == []
    assert schema_objections([("old", {"version": "1.0"})], schema) == ["old: version: not valid"]


def test_what_a_model_loses_or_changes_is_named() -> None:
    given = {"a": 1, "b": [{"c": 2, "d": 3}], "e": "x"}
    assert list(lost(given, json.loads(json.dumps(given)))) == []
    assert list(lost(given, {"a": 1, "b": [{"d": 4}]})) == ["b[].c: lost", "b[].d: changed", "e: lost"]
    assert list(lost({"b": [1]}, {"b": []})) == ["b: changed"]


def test_what_a_model_refuses_is_named() -> None:
    def refuse(_: dict[str, Any]) -> Any:
        raise ValueError("no")

    assert list(objections(refuse, {})) == ["ValueError: no"]


def test_the_app_package_is_complete(assistant: Assistant) -> None:
    files = app_files(assistant)
    assert {"manifest.json", "color.png", "outline.png"} < set(files)
    assert b"${" not in files["manifest.json"]
