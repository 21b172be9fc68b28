"""Question and dialogue files: the format, and errors that name the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.evaluation.questions import Dialogue, LabelledQuestion, QuestionFileError, load_material, parse_line

QUESTION = '{"text": "Darf ich das?", "topic": "blocking", "also": ["networking"], "lang": "de", "persona": "Bote"}'
DIALOGUE = (
    '{"persona": "Bote", "lang": "de", "turns": [{"text": "Hi", "expect": {"kind": "smalltalk", "topic": "chitchat"}}]}'
)
OUR_QUESTIONS = Path(__file__).parents[1] / "questions"


def test_a_line_is_a_question_or_a_dialogue() -> None:
    question, dialogue = parse_line(QUESTION), parse_line(DIALOGUE)
    assert isinstance(question, LabelledQuestion) and question.accepted == {"blocking", "networking"}
    assert isinstance(dialogue, Dialogue) and dialogue.turns[0].expect.kind == "smalltalk"


def test_a_file_may_hold_both_and_empty_lines(tmp_path: Path) -> None:
    file = tmp_path / "both.jsonl"
    file.write_text(f"{QUESTION}\n\n{DIALOGUE}\n", encoding="utf-8")
    material = load_material([file])
    assert (len(material.questions), len(material.dialogues)) == (1, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "kein gültiges JSON"),
        ("[]", "kein JSON-Objekt"),
        ('{"text": "Hallo"}', "`topic`"),
        ('{"text": "", "topic": "likes"}', "`text`"),
        ('{"text": "Hallo", "topic": "likes", "topics": []}', "`topics`"),
        ('{"turns": []}', "`turns`"),
        ('{"turns": [{"text": "Hallo", "expect": {"kind": "guess"}}]}', "`turns.0.expect.kind`"),
    ],
)
def test_a_bad_line_is_named_with_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{QUESTION}\n{line}\n", encoding="utf-8")
    with pytest.raises(QuestionFileError) as caught:
        load_material([file])
    assert f"{file}:2: " in str(caught.value) and said in str(caught.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("{\n{\n", encoding="utf-8")
    with pytest.raises(QuestionFileError) as caught:
        load_material([file, tmp_path / "missing.jsonl"])
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("name", ["dev.jsonl", "test.jsonl"])
def test_our_own_questions_fit_the_format(name: str) -> None:
    questions = load_material([OUR_QUESTIONS / name]).questions
    assert len({question.text for question in questions}) == len(questions) > 200


def test_dev_and_test_share_no_question() -> None:
    dev, test = (
        {question.text.casefold() for question in load_material([OUR_QUESTIONS / name]).questions}
        for name in ("dev.jsonl", "test.jsonl")
    )
    assert not dev & test
