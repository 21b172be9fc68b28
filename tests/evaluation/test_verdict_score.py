"""How verdicts are counted."""

from __future__ import annotations

import pytest

from lotse.evaluation.questions import VerdictQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.verdict_score import grade_verdict, score_verdicts

SELFIE = VerdictQuestion(text="?", ok=["not_allowed", "depends"], never=["allowed"])
DISMISSAL = VerdictQuestion(text="?", ok=["none", "info"], never=["allowed", "not_allowed"], lang="en")


@pytest.mark.parametrize(
    ("question", "reply", "result"),
    [
        (SELFIE, Reply("answered", verdict="depends"), "ok"),
        (SELFIE, Reply("refined", verdict="not_allowed"), "ok"),
        (SELFIE, Reply("answered", verdict="allowed"), "never"),
        (SELFIE, Reply("answered", verdict="info"), "other"),
        (SELFIE, Reply("choices"), "other"),
        (SELFIE, Reply("refused"), "other"),
        (SELFIE, Reply("lost"), "lost"),
        (SELFIE, Reply("error"), "lost"),
        (DISMISSAL, Reply("answered"), "ok"),
        (DISMISSAL, Reply("choices"), "ok"),
        (DISMISSAL, Reply("answered", verdict="not_allowed"), "never"),
    ],
)
def test_how_a_verdict_is_graded(question: VerdictQuestion, reply: Reply, result: str) -> None:
    assert grade_verdict(question, reply) == result


def test_green_is_counted_by_itself_and_the_dangerous_ones_come_first() -> None:
    questions = [SELFIE, SELFIE, DISMISSAL, DISMISSAL]
    replies = [
        Reply("refused"),
        Reply("answered", verdict="allowed"),
        Reply("answered", verdict="not_allowed"),
        Reply(""),
    ]
    score = score_verdicts(questions, replies)
    assert score.counts == {"other": 1, "never": 2, "ok": 1}
    assert score.never_green == 1
    assert score.by_language == {"de": (0, 2), "en": (1, 2)}
    assert [miss.result for miss in score.misses] == ["never", "never", "other"]
    assert score.share("ok") == 0.25


def test_nothing_to_count_is_no_error() -> None:
    assert score_verdicts([], []).share("ok") == 0.0
