"""A turn survives whatever Rasa hands it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotse.answering import Memory
from lotse.answering.question import ParsedMessage, Question
from lotse.conversation.assistant import Assistant
from tests.parsed_messages import parsed

ASSISTANT = Assistant.load(Path(__file__).parents[2] / "data")
INTENTS = [
    *["ask_blocking", "ask_gone", "out_of_scope", "greet", "affirm", "request_sources", "request_reason", "refine"],
    *["request_simpler", "request_example", "request_person", "correct_topic", "unclear", "forget_me", "start_check"],
]
ODD_MEMORIES: list[Any] = [
    *["x", 5, [1], [[1, 2]], True, {"topic": 5}, {"topic": "gone"}, {"alternatives": ["gone"]}, {"unanswered": -7}],
    *[{"unanswered": 10**9}, {"shown": ["gone.passage"]}, {"facets": {"status": "beamte"}}, {"facets": {"status": []}}],
    *[{"facets": {"status": ["klingone"]}}, {"facets": {"gone": ["x"]}}, {"listed": 50}, {"listed": -1}],
    *[{"offered": [{"label": 1}]}, {"offered": [{"label": "x", "payload": "/ask_gone"}], "listed": 1}],
    *[{"offered": [{"label": "x", "payload": ""}], "listed": 1}, {"earlier_topics": [None]}, {"more": "fields"}],
    *[{"topic": "blocking", "alternatives": ["gone", "blocking"], "shown": ["likes.gone"], "unanswered": 2}],
]


def parse(intent: str, text: str = "ein Satz") -> ParsedMessage:
    named = {"name": intent, "confidence": 0.95}
    return parsed(text=text, intent=named, intent_ranking=[named], entities=[], passages={})


@pytest.mark.parametrize("memory", ODD_MEMORIES, ids=str)
def test_an_odd_memory_never_ends_a_conversation(memory: Any) -> None:
    for intent in INTENTS:
        for text in ("ein Satz", f"/{intent}"):
            turn = ASSISTANT.turn(parse(intent, text), memory, "rest")
            assert turn.answer.short
            Memory.parse_obj(turn.events[0]["value"])


@pytest.mark.parametrize(
    "odd",
    [
        *[None, {}, {"text": None}, {"intent": None, "intent_ranking": None, "entities": None, "passages": None}],
        *[{"intent": {"name": None, "confidence": 0.0}}, {"text": "x", "intent_ranking": []}],
        {"text": "x", "intent": {"name": "ask_gone", "confidence": 1.0}, "passages": {"gone.passage": 0.9}},
        {**parse("ask_blocking"), "entities": [{"entity": "status", "value": "klingone"}, {"entity": "gone"}]},
        {**parse("ask_blocking"), "passages": {"blocking.gone": 0.9, "nodot": 0.1}},
        parse("ask_blocking", "²"),
        parse("ask_blocking", "…" * 5000),
    ],
    ids=str,
)
def test_an_odd_parse_is_answered(odd: ParsedMessage | None) -> None:
    turn = ASSISTANT.turn(odd, None, None)
    assert turn.answer.short
    assert turn.text


@settings(max_examples=60, deadline=None)
@given(
    intents=st.dictionaries(st.sampled_from(INTENTS), st.floats(0, 1), max_size=6),
    passages=st.dictionaries(st.sampled_from(sorted(ASSISTANT.guide.passages)), st.floats(-1, 1), max_size=6),
    memory=st.builds(
        Memory,
        topic=st.sampled_from([None, "blocking", "gone"]),
        unanswered=st.integers(0, 9),
        facets=st.dictionaries(st.sampled_from(["status", "person"]), st.lists(st.text(max_size=3), max_size=2)),
        noticed=st.booleans(),
    ),
)
def test_any_understanding_is_answered(intents: dict[str, float], passages: dict[str, float], memory: Memory) -> None:
    ranking = [{"name": name, "confidence": value} for name, value in intents.items()]
    turn = ASSISTANT.turn(parsed(text="ein Satz", intent_ranking=ranking, passages=passages), memory.dict(), "rest")
    assert turn.answer.short


def test_each_answer_has_its_own_id() -> None:
    ids = {ASSISTANT.turn(parse("greet"), None, "rest").answer.answer_id for _ in range(3)}
    assert len(ids) == 3
    assert all(ids)


def test_the_terminal_gets_text_only() -> None:
    assert ASSISTANT.turn(parse("ask_blocking"), None, "cmdline").payload is None
    turn = ASSISTANT.turn(parse("ask_blocking"), None, "rest")
    assert turn.payload == turn.answer.dict()


def test_facets_named_twice_count_once() -> None:
    entities = [{"entity": "status", "value": "beamte"}, {"entity": "status", "value": "beamte"}]
    question = Question.from_parse(parsed(**parse("refine") | {"entities": entities}), Memory())
    assert question.facets == {"status": ("beamte",)}
