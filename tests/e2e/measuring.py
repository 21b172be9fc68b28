"""Asks a running server as `./lotse evaluate` does, or the model without servers; says what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from lotse.evaluation.goals import Aim, load_goals
from lotse.evaluation.questions import Material, load_material
from lotse.evaluation.rest_client import Asked, Reply, RestClient, open_session, reply_of
from lotse.operations.local_assistant import LocalAssistant

HOME = Path(__file__).parents[2]
GOALS = load_goals(HOME / "data")


def questions_of(name: str) -> Material:
    """The lines of one of our own files of questions."""
    return load_material([HOME / "tests" / "questions" / f"{name}.jsonl"])


def ask(base_url: str, questions: Sequence[Asked]) -> list[Reply]:
    """Ask each question in a conversation of its own."""

    async def asking() -> list[Reply]:
        async with open_session(seconds=60) as session:
            return await RestClient(base_url, session).ask(questions)

    return asyncio.run(asking())


def ask_without_servers(local: LocalAssistant, questions: Sequence[Asked]) -> list[Reply]:
    """Ask each question in a conversation of its own, in this process: half the time for thousands of questions."""

    async def asking() -> list[Reply]:
        answers = [await local.ask(question.text) for question in questions]
        return [reply_of([{"custom": answer.payload()}], milliseconds=0) for answer in answers]

    return asyncio.run(asking())


def missed(aims: Iterable[Aim]) -> list[str]:
    """The aims that were not met, each with its bound and what was measured."""
    return [f"{aim.label}: {aim.value:.1%} of {aim.questions}, bound {aim.bound:.1%}" for aim in aims if not aim.met]
