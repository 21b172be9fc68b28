"""No green light where the law allows none, and mostly the right one: questions by an author who read no passage."""

from __future__ import annotations

import pytest

from lotse.evaluation.goals import verdict_aims
from lotse.evaluation.verdict_score import light_of, score_verdicts
from tests.e2e.measuring import GOALS, ask, missed, questions_of


@pytest.mark.parametrize("name", ["verdicts", "verdicts_clerks"])
def test_no_verdict_is_dangerous_and_most_are_right(base_url: str, name: str) -> None:
    questions = questions_of(name).verdicts
    score = score_verdicts(questions, ask(base_url, questions))
    green = [
        f"{miss.question.text} ({miss.reply.topic})"
        for miss in score.misses
        if miss.result == "never" and light_of(miss.reply) == "allowed"
    ]
    assert missed(verdict_aims(score, GOALS.verdicts.accepted)) == [], "\n".join(green)
    assert score.counts.get("lost", 0) == 0
