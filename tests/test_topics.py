"""Every topic is complete: adding one touches ``data/`` only, and this says what is still missing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

HOME = Path(__file__).parents[1]
TOPICS = sorted(path.stem for path in (HOME / "data/guide/de").glob("*.yml"))
MIN_EXAMPLES, MIN_AUTHORS, MIN_OUTSIDE, MIN_QUESTIONS = 60, 3, 300, 2
NEAR_COPY, SHORT = 0.8, 5
# Stricter for questions that measure: one misspelt word must not hide a copy.
NEAR_QUESTION = 0.7
# Questions that measure and may not be training messages.
UNSEEN = ["dev.jsonl", "test.jsonl", "later.jsonl", "outside.jsonl", "outside_dev.jsonl"]
# A greeting of one or two words belongs to everyone.
COMMON_PHRASE = 2
WORD = re.compile(r"\w+")


class Example(NamedTuple):
    """One training message."""

    file: str
    intent: str
    author: str
    text: str


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


@cache
def examples() -> tuple[Example, ...]:
    return tuple(_examples())


def _examples() -> Iterator[Example]:
    for path in sorted((HOME / "data/nlu").glob("*.yml")):
        for block in read(path)["nlu"]:
            # Rasa only warns, and goes on without the intent.
            assert block.get("examples", "").strip(), f"{path.name}: {block['intent']} without messages"
            for line in block["examples"].splitlines():
                if line.strip():
                    assert line.startswith("- "), f"{path.name}: {line}"
                    yield Example(path.name, block["intent"], block["metadata"]["author"], line[2:].strip())


@cache
def questions(name: str) -> tuple[dict[str, Any], ...]:
    lines = (HOME / "tests/questions" / name).read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


def words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.casefold()))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_complete(topic: str) -> None:
    intent = f"ask_{topic}"
    own = [example for example in examples() if example.intent == intent]
    assert {example.file for example in own} == {f"{topic}.yml"}
    assert len(own) >= MIN_EXAMPLES
    assert len({example.author for example in own}) >= MIN_AUTHORS
    rules = [
        rule
        for path in (HOME / "data/rules").glob("*.yml")
        for rule in read(path)["rules"]
        if {"intent": intent} in rule["steps"]
    ]
    assert [rule["steps"][-1] for rule in rules] == [{"action": "action_guidance"}]
    assert sum(question["topic"] == topic for question in questions("test.jsonl")) >= MIN_QUESTIONS


def test_files_of_training_messages_belong_to_topics() -> None:
    files = {path.stem for path in (HOME / "data/nlu").glob("*.yml")}
    assert files == {*TOPICS, "dialogue", "out_of_scope"}
    assert {example.intent for example in examples() if example.intent.startswith("ask_")} == {
        f"ask_{topic}" for topic in TOPICS
    }


def test_every_intent_has_a_rule() -> None:
    steps = [
        step["intent"]
        for path in (HOME / "data/rules").glob("*.yml")
        for rule in read(path)["rules"]
        for step in rule["steps"]
        if "intent" in step
    ]
    assert [intent for intent, count in Counter(steps).items() if count > 1] == []
    assert {example.intent for example in examples()} - set(steps) == set()


def test_what_lies_outside_has_many_examples() -> None:
    outside = [example for example in examples() if example.intent == "out_of_scope"]
    assert len(outside) >= MIN_OUTSIDE
    assert len({example.author for example in outside}) >= MIN_AUTHORS


def test_questions_ask_for_topics_that_exist() -> None:
    for name in ("dev.jsonl", "test.jsonl", "outside.jsonl", "outside_dev.jsonl"):
        asked = {topic for question in questions(name) for topic in (question["topic"], *question["also"])}
        assert asked - {*TOPICS, "out_of_scope", "chitchat"} == set(), name


def test_no_training_message_is_a_near_copy_of_another() -> None:
    by_intent: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for example in examples():
        if len(example.text.split()) >= SHORT:
            by_intent.setdefault(example.intent, []).append((example.text, words(example.text)))
    copies = [
        f"{intent}: “{one}” / “{other}”"
        for intent, texts in by_intent.items()
        for (one, first), (other, second) in combinations(texts, 2)
        if len(first & second) > NEAR_COPY * len(first | second)
    ]
    assert copies == []


def test_no_training_message_serves_two_intents() -> None:
    intents: dict[str, set[str]] = {}
    for example in examples():
        intents.setdefault(" ".join(WORD.findall(example.text.casefold())) or example.text, set()).add(example.intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", UNSEEN)
def test_no_question_is_also_training_data(name: str) -> None:
    messages = [" ".join(WORD.findall(example.text.casefold())) for example in examples()]
    exact, everything = set(messages), "\n".join(messages)
    known = []
    for question in questions(name):
        text = " ".join(WORD.findall(question["text"].casefold()))
        length = len(text.split())
        if length > COMMON_PHRASE and (text in exact or (length >= SHORT and text in everything)):
            known.append(question["text"])
    assert known == []


@pytest.mark.parametrize("name", UNSEEN)
def test_no_question_is_a_near_copy_of_training_data(name: str) -> None:
    messages = [(example.text, words(example.text)) for example in examples()]
    copies = []
    for question in questions(name):
        asked = words(question["text"])
        if len(asked) >= SHORT:
            copies += [
                f"“{question['text']}” / “{text}”"
                for text, known in messages
                if len(asked & known) > NEAR_QUESTION * len(asked | known)
            ]
    assert copies == []


def test_no_question_is_kept_in_both_sets() -> None:
    dev, test = ({question["text"].casefold() for question in questions(name)} for name in ("dev.jsonl", "test.jsonl"))
    assert dev & test == set()
