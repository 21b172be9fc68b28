"""How replies are counted."""

from __future__ import annotations

import pytest

from lotse.evaluation.questions import Dialogue, DialogueTurn, LabelledQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.score import (
    Share,
    calibration,
    coverage_curve,
    grade_question,
    grade_turn,
    passage_recall,
    percentile,
    score_dialogues,
    score_follow_ups,
    score_questions,
)

BLOCKING = LabelledQuestion(text="?", topic="blocking", also=["networking"])
OUTSIDE = LabelledQuestion(text="?", topic="out_of_scope")
CHITCHAT = LabelledQuestion(text="?", topic="chitchat")


@pytest.mark.parametrize(
    ("question", "reply", "result"),
    [
        (BLOCKING, Reply("answered", "blocking"), "right"),
        (BLOCKING, Reply("refined", "networking"), "right"),
        (BLOCKING, Reply("answered", "likes"), "wrong"),
        (BLOCKING, Reply("choices", offered=("likes", "networking")), "offered"),
        (BLOCKING, Reply("choices", offered=("likes",)), "missed"),
        (BLOCKING, Reply("smalltalk"), "missed"),
        (BLOCKING, Reply("refused"), "refused"),
        (BLOCKING, Reply("handed_over"), "refused"),
        (BLOCKING, Reply("error"), "lost"),
        (BLOCKING, Reply("lost"), "lost"),
        (OUTSIDE, Reply("refused"), "right"),
        (OUTSIDE, Reply("handed_over"), "right"),
        (OUTSIDE, Reply("answered", "likes"), "outside_answered"),
        (OUTSIDE, Reply("choices", offered=("likes",)), "unsure"),
        (OUTSIDE, Reply("smalltalk"), "unsure"),
        (CHITCHAT, Reply("smalltalk"), "right"),
        (CHITCHAT, Reply("refused"), "refused"),
        (CHITCHAT, Reply("handed_over"), "refused"),
        (CHITCHAT, Reply("answered", "likes"), "wrong"),
        (LabelledQuestion(text="?", topic="out_of_scope", also=["likes"]), Reply("answered", "likes"), "right"),
        (LabelledQuestion(text="?", topic="likes", also=["out_of_scope"]), Reply("refused"), "right"),
    ],
)
def test_how_a_question_is_graded(question: LabelledQuestion, reply: Reply, result: str) -> None:
    assert grade_question(question, reply) == result


@pytest.mark.parametrize(
    ("kind", "topic", "reply", "right"),
    [
        ("answer", "likes", Reply("answered", "likes"), True),
        ("answer", "likes", Reply("answered", "blocking"), False),
        ("switch", "likes", Reply("refined", "likes"), True),
        ("refined", "likes", Reply("answered", "likes"), True),
        ("refined", "likes", Reply("choices", offered=("likes",)), False),
        ("explain", "likes", Reply("explained", "likes"), True),
        ("explain", "likes", Reply("explained", "blocking"), False),
        ("sources", "likes", Reply("sources", "likes"), True),
        ("contact", "likes", Reply("handed_over"), True),
        ("clarify", "likes", Reply("choices", offered=("likes",)), True),
        ("clarify", "likes", Reply("choices", offered=("blocking",)), False),
        ("refuse", "out_of_scope", Reply("refused"), True),
        ("smalltalk", "chitchat", Reply("smalltalk"), True),
        ("check", None, Reply("check"), True),
        ("forget", "likes", Reply("forgotten"), True),
        ("forget", None, Reply("choices", payloads=("/forget_me", "/keep_conversation")), True),
        ("forget", None, Reply("choices", offered=("likes",), payloads=("/ask_likes",)), False),
        ("forget", "likes", Reply("lost"), False),
    ],
)
def test_verdict_on_a_turn(kind: str, topic: str | None, reply: Reply, right: bool) -> None:
    turn = DialogueTurn.parse_obj({"text": "?", "expect": {"kind": kind, "topic": topic}})
    assert grade_turn(turn, reply) is right


def test_another_right_topic_counts_in_a_dialogue_too() -> None:
    expect = {"kind": "answer", "topic": "likes", "also": ["reposts"], "platform": "instagram"}
    turn = DialogueTurn.parse_obj({"text": "?", "expect": expect})
    assert grade_turn(turn, Reply("answered", "reposts"))


def test_shares_groups_confusion_and_latency() -> None:
    questions = [BLOCKING, BLOCKING.copy(update={"lang": "en"}), OUTSIDE, CHITCHAT]
    replies = [
        Reply("answered", "blocking", milliseconds=10),
        Reply("answered", "likes", milliseconds=20),
        Reply("refused", milliseconds=30),
        Reply("smalltalk", milliseconds=40),
    ]
    score = score_questions(questions, replies)
    assert score.inside.total == 2 and score.inside.share("right") == 0.5 and score.inside.share("wrong") == 0.5
    assert score.outside.share("right") == score.chitchat.share("right") == 1.0
    assert score.everything.share("right") == 0.75
    assert score.by_topic["blocking"].counts == {"right": 1, "wrong": 1}
    assert score.by_language["en"].counts == {"wrong": 1}
    assert score.confusion["blocking"] == {"blocking": 1, "likes": 1}
    assert score.confusion["out_of_scope"] == {"out_of_scope": 1} and score.confusion["chitchat"] == {"chitchat": 1}
    assert (score.p50, score.p95) == (20, 40)


def test_nothing_asked_gives_zeros() -> None:
    score = score_questions([], [])
    assert score.inside.share("right") == 0.0 and score.p50 == 0.0 and score.curve == []


def test_coverage_curve_takes_the_surest_first() -> None:
    replies = [
        Reply("answered", "likes", probability=0.5),
        Reply("answered", "blocking", probability=0.9),
        Reply("choices", offered=("networking", "likes"), probability=0.3),
        Reply("refused", offered=("likes",), probability=0.1),
        Reply("smalltalk", offered=("likes",), probability=0.1),
    ]
    points = coverage_curve([BLOCKING] * 5, replies)
    assert [(point.coverage, round(point.error, 2)) for point in points] == [(0.2, 0.0), (0.4, 0.5), (0.6, 0.33)]


def test_no_curve_without_probabilities() -> None:
    assert coverage_curve([BLOCKING], [Reply("answered", "blocking")]) == []


def test_dialogues_count_turns_and_whole_conversations() -> None:
    turns = [
        {"text": "a", "expect": {"kind": "answer", "topic": "likes"}},
        {"text": "b", "expect": {"kind": "sources", "topic": "likes"}},
    ]
    dialogue = Dialogue.parse_obj({"turns": turns})
    good = [Reply("answered", "likes"), Reply("sources", "likes")]
    score = score_dialogues([dialogue, dialogue], [good, [good[0], Reply("refused")]])
    assert (score.turns_right, score.turns, score.dialogues_right, score.dialogues) == (3, 4, 1, 2)
    assert score.by_kind == {"answer": (2, 2), "sources": (1, 2)}
    assert score.misses == [{"text": "b", "expected": "sources likes", "got": "refused", "offered": []}]


def test_checks_count_as_started_when_wanted_or_unasked_outside_of_one() -> None:
    kinds = ["answer", "check", "refined", "check", "answer", "smalltalk"]
    outcomes = ["check", "check", "check", "answered", "check", "smalltalk"]
    dialogue = Dialogue.parse_obj({"turns": [{"text": "a", "expect": {"kind": kind}} for kind in kinds]})
    score = score_dialogues([dialogue], [[Reply(outcome) for outcome in outcomes]])
    # The third turn and the last follow within a check that is under way.
    assert (score.checks_wanted, score.checks_unasked) == (Share(2, 1), Share(2, 2))


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (100, 10), (1, 1)])
def test_percentiles(percent: float, value: float) -> None:
    assert percentile(range(1, 11), percent) == value


def test_calibration_compares_what_was_said_with_what_was_right() -> None:
    questions = [LabelledQuestion(text=str(number), topic="blocking") for number in range(4)]
    replies = [
        Reply("answered", "blocking", probability=0.95),
        Reply("answered", "likes", probability=0.91),
        Reply("choices", None, ("blocking", "likes"), probability=0.4),
        Reply("refused", None, probability=0.9),
    ]
    low, high = calibration(questions, replies)
    assert (low.said, low.right, low.count) == (0.4, 1.0, 1)
    assert (high.said, high.right, high.count) == (0.93, 0.5, 2)


def test_passage_recall_counts_the_first_points_of_guiding_answers() -> None:
    asked = LabelledQuestion(text="?", topic="blocking", passage="blocking.press", also_passages=["blocking.critics"])
    questions = [asked] * 3 + [LabelledQuestion(text="x", topic="likes")]
    replies = [
        Reply("answered", "blocking", passages=("blocking.a", "blocking.b", "blocking.critics")),
        Reply("answered", "blocking", passages=("blocking.a", "blocking.b", "blocking.c", "blocking.press")),
        Reply("choices", None, passages=("blocking.press",)),
        Reply("answered", "likes"),
    ]
    share = passage_recall(questions, replies)
    assert (share.total, share.right) == (3, 1)


def test_follow_ups_count_the_turns_after_the_first_and_the_passages_shown_first() -> None:
    turns = [
        ("answer", "likes", []),
        ("refined", "likes", ["likes.anonymous"]),
        ("refined", "likes", ["likes.politics"]),
        ("switch", "blocking", []),
    ]
    expected = [{"kind": kind, "topic": topic, "passages": passages} for kind, topic, passages in turns]
    dialogue = Dialogue.parse_obj({"turns": [{"text": "?", "expect": expect} for expect in expected]})
    replies = [
        Reply("answered", "blocking"),
        Reply("refined", "likes", passages=("likes.basic", "likes.anonymous")),
        Reply("refined", "likes", passages=("likes.basic", "likes.copyright", "likes.politics")),
        Reply("answered", "blocking"),
    ]
    score = score_follow_ups([dialogue], [replies])
    assert (score.topics.right, score.topics.total) == (3, 3)
    assert (score.passages.right, score.passages.total) == (1, 2)
