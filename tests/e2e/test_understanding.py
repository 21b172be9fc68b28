"""Understanding must not get worse: our own held-out questions, by an author who wrote no training message."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lotse.evaluation.goals import aims, load_goals
from lotse.evaluation.questions import CHITCHAT, load_material
from lotse.evaluation.rest_client import RestClient, open_session
from lotse.evaluation.score import QuestionScore, score_questions

HOME = Path(__file__).parents[2]


async def measured(base_url: str) -> QuestionScore:
    """The questions as `./lotse evaluate` asks and scores them, without small talk."""
    material = load_material([HOME / "tests" / "questions" / "test.jsonl"])
    questions = [question for question in material.questions if question.topic != CHITCHAT]
    async with open_session(seconds=60) as session:
        return score_questions(questions, await RestClient(base_url, session).ask(questions))


def test_our_held_out_questions(base_url: str) -> None:
    score = asyncio.run(measured(base_url))
    found = aims(score, load_goals(HOME / "data").accepted)
    assert all(aim.questions for aim in found)
    assert [aim for aim in found if not aim.met] == []
    assert score.everything.counts.get("lost", 0) == 0
