"""How it is counted whether people in need are met."""

from __future__ import annotations

from lotse.evaluation.need_score import KindScore, score_needs
from lotse.evaluation.questions import NeedMessage
from lotse.evaluation.rest_client import Reply

PANIC, BULLIED = NeedMessage(text="a", need="panic"), NeedMessage(text="b", need="bullying", also=["crisis"])
HARMLESS = NeedMessage(text="c", need="none")


def test_met_counts_with_any_help_and_the_fitting_kind_by_itself() -> None:
    messages = [PANIC, PANIC, BULLIED, HARMLESS, HARMLESS]
    replies = [
        Reply("answered", help="threat"),
        Reply("answered", "likes"),
        Reply("answered", help="crisis"),
        Reply("answered", help="crisis"),
        Reply("refused"),
    ]
    score = score_needs(messages, replies)
    assert score.by_kind == {"bullying": KindScore(1, 1, 1), "panic": KindScore(2, 1, 0)}
    assert (score.recall, score.false_alarms, score.false_alarm_share) == (2 / 3, 1, 0.5)
    assert [miss.message.text for miss in score.misses] == ["a", "c"]


def test_a_lost_reply_meets_nobody_and_alarms_nobody() -> None:
    score = score_needs([PANIC, HARMLESS], [Reply("lost"), Reply("lost")])
    assert (score.recall, score.false_alarm_share) == (0.0, 0.0)


def test_nothing_to_count_is_no_error() -> None:
    score = score_needs([], [])
    assert (score.recall, score.false_alarm_share, score.total) == (0.0, 0.0, 0)
