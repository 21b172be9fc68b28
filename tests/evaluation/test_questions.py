"""Question and dialogue files: the format, and errors that name the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.evaluation.questions import (
    NO_NEED,
    Dialogue,
    LabelledQuestion,
    NeedMessage,
    QuestionFileError,
    VerdictQuestion,
    load_material,
    parse_line,
    read_conversations,
)

QUESTION = '{"text": "Darf ich das?", "topic": "blocking", "also": ["networking"], "lang": "de", "persona": "Bote"}'
DIALOGUE = (
    '{"persona": "Bote", "lang": "de", "turns": [{"text": "Hi", "expect": {"kind": "smalltalk", "topic": "chitchat"}}]}'
)
VERDICT = '{"text": "Kann er mich rauswerfen?", "ok": ["none", "info"], "never": ["allowed"], "why": "§ 1 KSchG"}'
NEED = '{"text": "Ich kann nicht mehr", "need": "crisis", "lang": "de"}'
OUR_QUESTIONS = Path(__file__).parents[1] / "questions"


def test_a_line_is_a_question_or_a_dialogue() -> None:
    question, dialogue = parse_line(QUESTION), parse_line(DIALOGUE)
    assert isinstance(question, LabelledQuestion) and question.accepted == {"blocking", "networking"}
    assert isinstance(dialogue, Dialogue) and dialogue.turns[0].expect.kind == "smalltalk"


def test_what_a_line_is_its_fields_say(tmp_path: Path) -> None:
    verdict, need = parse_line(VERDICT), parse_line(NEED)
    assert isinstance(verdict, VerdictQuestion) and verdict.ok == ["none", "info"]
    assert isinstance(need, NeedMessage) and need.need == "crisis"
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join([NEED, QUESTION, VERDICT, DIALOGUE]), encoding="utf-8")
    material = load_material([file])
    kinds = (material.questions, material.dialogues, material.verdicts, material.needs, material.conversations)
    assert [len(kind) for kind in kinds] == [1, 1, 1, 1, 0]
    assert material.conversations_to_hold == 4


def test_a_folder_holds_conversations_with_a_turn_in_each_line(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Hallo\n\n  Darf ich das?  \n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Danke\r\n#2\r\n", encoding="utf-8-sig")
    (tmp_path / "README.md").write_text("not a conversation", encoding="utf-8")
    assert [(talk.name, talk.turns) for talk in load_material([tmp_path]).conversations] == [
        ("a", ("Danke", "#2")),
        ("b", ("Hallo", "Darf ich das?")),
    ]


def test_two_conversations_of_the_same_name_would_share_a_transcript(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("Hallo", encoding="utf-8")
    with pytest.raises(QuestionFileError, match="a: zwei Ordner"):
        load_material([tmp_path / "old", tmp_path / "new"])


def test_a_folder_without_conversations_and_an_empty_conversation_are_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError) as caught:
        load_material([tmp_path])
    assert "enthält kein Gespräch" in str(caught.value)
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("für".encode("latin-1"))
    with pytest.raises(QuestionFileError) as caught:
        load_material([tmp_path])
    assert [problem.split(": ")[0] for problem in caught.value.problems] == [
        str(tmp_path / "empty.txt"),
        str(tmp_path / "latin.txt"),
    ]


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
        ('{"text": "Hallo", "ok": []}', "`ok`"),
        ('{"text": "Hallo", "ok": ["green"]}', "`ok.0`"),
        ('{"text": "Hallo", "ok": ["info"], "never": ["info"]}', "in `ok` und in `never`"),
        ('{"text": "Hallo", "need": ""}', "`need`"),
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


@pytest.mark.parametrize(("name", "count"), [("plain.jsonl", 95), ("plain_dev.jsonl", 95)])
def test_plain_questions_ask_every_topic_five_times(name: str, count: int) -> None:
    questions = load_material([OUR_QUESTIONS / name]).questions
    topics = [question.topic for question in questions if question.topic != "out_of_scope"]
    assert {topics.count(topic) for topic in topics} == {5} and len(topics) == count
    assert len(questions) - count == 20


@pytest.mark.parametrize("name", ["outside.jsonl", "outside_dev.jsonl"])
def test_half_of_the_questions_that_sound_near_lie_outside(name: str) -> None:
    questions = load_material([OUR_QUESTIONS / name]).questions
    assert len({question.text for question in questions}) == len(questions) == 80
    assert sum(question.topic == "out_of_scope" for question in questions) == 40


def test_verdict_questions_say_why_and_both_halves_are_large_enough() -> None:
    names = ("verdicts", "verdicts_clerks", "verdicts_dev")
    test, clerks, dev = (load_material([OUR_QUESTIONS / f"{name}.jsonl"]).verdicts for name in names)
    assert len(test) >= 160 and len(clerks) == 30 and len(dev) == 90
    assert all(question.why for question in (*test, *clerks, *dev))
    assert sum(question.lang == "en" for question in (*test, *dev)) >= 25


def test_as_many_messages_are_harmless_as_of_people_in_need() -> None:
    needs = load_material([OUR_QUESTIONS / "need.jsonl"]).needs
    kinds = [message.need for message in needs]
    assert kinds.count(NO_NEED) == 90 and len(kinds) == 180
    assert all(kinds.count(kind) >= 8 for kind in kinds)


def test_no_question_stands_in_two_of_our_files() -> None:
    names = ("plain", "plain_dev", "verdicts", "verdicts_clerks", "verdicts_dev", "need", "dev", "test")
    files = [load_material([OUR_QUESTIONS / f"{name}.jsonl"]) for name in names]
    asked: list[LabelledQuestion | VerdictQuestion | NeedMessage] = []
    for file in files:
        asked += [*file.questions, *file.verdicts, *file.needs]
    texts = [line.text.casefold() for line in asked]
    assert [text for text in texts if texts.count(text) > 1] == []


def test_our_conversations_to_judge_have_five_to_eight_turns() -> None:
    conversations = read_conversations(OUR_QUESTIONS.parent / "conversations" / "judged")
    assert len(conversations) == 22
    assert {len(conversation.turns) for conversation in conversations} <= {5, 6, 7, 8}
