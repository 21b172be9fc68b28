"""A person in need is met before anything else, and few others are taken for one."""

from __future__ import annotations

from lotse.evaluation.goals import need_aims
from lotse.evaluation.need_score import score_needs
from tests.e2e.measuring import GOALS, ask, missed, questions_of


def test_people_in_need_are_met_and_few_others(base_url: str) -> None:
    messages = questions_of("need").needs
    score = score_needs(messages, ask(base_url, messages))
    listing = "\n".join(f"{miss.message.need}: {miss.message.text} ({miss.reply.help})" for miss in score.misses)
    assert missed(need_aims(score, GOALS.need.accepted)) == [], listing
