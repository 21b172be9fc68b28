"""A follow-up question that asks something new gets the passage that answers it, not the topic's text again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lotse.evaluation.goals import follow_up_aims
from lotse.evaluation.questions import Dialogue
from lotse.evaluation.rest_client import Reply, RestClient, open_session
from lotse.evaluation.score import grade_turn, score_follow_ups
from tests.e2e.measuring import GOALS, missed, questions_of

# Fragments by a writer who wrote none of those that the ranking learns from: an expected passage first, and among two.
FRAGMENTS_FIRST, FRAGMENTS_AMONG_TWO = 0.7, 0.75


def hold(base_url: str, dialogues: Sequence[Dialogue]) -> list[Sequence[Reply]]:
    async def holding() -> list[Sequence[Reply]]:
        async with open_session(seconds=60) as session:
            return await RestClient(base_url, session).hold(dialogues)

    return asyncio.run(holding())


def test_follow_up_questions_are_answered_with_what_they_ask_anew(base_url: str) -> None:
    dialogues = questions_of("follow_ups").dialogues
    held = hold(base_url, dialogues)
    listing = "\n".join(
        f"{turn.text} ({turn.expect.topic} {turn.expect.passages}; {reply.outcome} {reply.topic} {reply.passages[:2]})"
        for dialogue, replies in zip(dialogues, held, strict=True)
        for turn, reply in list(zip(dialogue.turns, replies, strict=True))[1:]
        if not grade_turn(turn, reply) or not set(turn.expect.passages or reply.passages) & set(reply.passages[:2])
    )
    assert missed(follow_up_aims(score_follow_ups(dialogues, held), GOALS.follow_ups.accepted)) == [], listing


def test_fragments_find_the_passage_that_answers_them(base_url: str) -> None:
    dialogues = questions_of("fragments").dialogues
    turns = [
        (dialogue.turns[-1], replies[-1])
        for dialogue, replies in zip(dialogues, hold(base_url, dialogues), strict=True)
    ]
    wrong = [
        f"{turn.text} ({turn.expect.passages}; {reply.outcome} {reply.passages[:2]})"
        for turn, reply in turns
        if not set(turn.expect.passages or ()) & set(reply.passages[:2])
    ]
    first = sum(bool(reply.passages) and reply.passages[0] in (turn.expect.passages or ()) for turn, reply in turns)
    assert first / len(turns) >= FRAGMENTS_FIRST and 1 - len(wrong) / len(turns) >= FRAGMENTS_AMONG_TWO, "\n".join(
        wrong
    )
