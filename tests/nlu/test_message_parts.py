"""Longer messages are taken apart into their questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lotse.answering.phrases import load_words
from lotse.answering.question import PARTS, PASSAGES
from lotse.nlu.message_parts import MOST_PARTS, MessageParts, questions_of, report_parts, sentence_splitter, with_parts

WORDS = load_words(Path(__file__).parents[2] / "data").parts
SPLITTER = sentence_splitter()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Darf ich den Flur filmen?", []),
        ("darf ich den flur filmen", []),
        ("Ich filme gern und schneide viel.", []),
        ("Danke!", []),
        ("vielen dank für alles", []),
        ("Danke! Und darf ich den Flur filmen?", ["Und darf ich den Flur filmen?"]),
        ("toll, danke 🎉 und im Treppenhaus?", ["und im Treppenhaus?"]),
        ("Guten Tag, darf ich den Flur filmen?", ["darf ich den Flur filmen?"]),
        ("Vielen Dank, aber das bringt mir nichts", ["aber das bringt mir nichts"]),
        ("thanks but that is not it", ["but that is not it"]),
        ("Ich war gestern im Kino. Es lief ein Film. Darf ich ihn bewerten?", ["Darf ich ihn bewerten?"]),
        (
            "Darf ich den Flur filmen und muss ich meine Leiterin dafür fragen?",
            ["Darf ich den Flur filmen", "muss ich meine Leiterin dafür fragen?"],
        ),
        ("May I film the corridor, and do I have to ask her?", ["May I film the corridor", "do I have to ask her?"]),
        ("Darf ich filmen? Was kostet das?", ["Darf ich filmen?", "Was kostet das?"]),
        ("Darf ich Tante und Onkel z.B. auf Fotos zeigen?", []),
        ("", []),
        ("👍", []),
        ("??", []),
    ],
)
def test_the_questions_of_a_message(text: str, parts: list[str]) -> None:
    assert questions_of(text, SPLITTER, WORDS) == parts


def test_a_flood_of_questions_is_cut_off() -> None:
    assert len(questions_of("Darf ich das? " * 40, SPLITTER, WORDS)) == MOST_PARTS


def test_parts_are_processed_with_their_message_and_reported() -> None:
    message = MessageParts().process([Message({TEXT: "Darf ich filmen? Was kostet das?"})])[0]
    plain = MessageParts().process([Message({TEXT: "Darf ich filmen?"})])[0]
    every = with_parts([message, plain])
    assert [one.get(TEXT) for one in every] == [
        "Darf ich filmen? Was kostet das?",
        "Darf ich filmen?",
        "Was kostet das?",
        "Darf ich filmen?",
    ]
    for one in every:
        one.set(PASSAGES, {"a.b": 0.5})
    report_parts([message, plain])
    assert message.as_dict(only_output_properties=True)[PARTS] == [
        {TEXT: "Darf ich filmen?", PASSAGES: {"a.b": 0.5}},
        {TEXT: "Was kostet das?", PASSAGES: {"a.b": 0.5}},
    ]
    assert PARTS not in plain.as_dict(only_output_properties=True)
