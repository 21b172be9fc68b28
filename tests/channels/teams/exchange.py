"""Giving activities to the bot without a web server, and what it keeps of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from tests.channels.teams.stand_in_turns import OFFICE, Bot
from tools.fake_azure.server import FakeAzure


async def give(bot: Bot, azure: FakeAzure, *activities: Mapping[str, Any]) -> list[int]:
    """Deliver activities one after the other; the statuses. What follows from them may still wait."""
    header = azure.signer.header()
    return [(await bot.endpoint.receive(header, json.dumps(item).encode())).status for item in activities]


async def done(bot: Bot) -> None:
    """Wait until nothing waits any more."""
    while bot.work.waiting:
        await bot.work.settled()


async def give_all(bot: Bot, azure: FakeAzure, *activities: Mapping[str, Any]) -> list[int]:
    """Deliver activities, and wait until everything that follows from them is done."""
    statuses = await give(bot, azure, *activities)
    await done(bot)
    return statuses


def handed_in(azure: FakeAzure, inputs: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The filled-in form for asking an office, handed in.

    Args:
        azure: delivers it.
        inputs: of the form, in place of the right ones.
        fields: of the activity.
    """
    form = {"office": OFFICE.id, "question": "Darf ich bloggen?", "name": "", "consent": "true"}
    return azure.pressed({"lotse": {"handover": True}, **form, **(inputs or {})}, **fields)


def ratings(bot: Bot) -> list[tuple[str, str | None]]:
    """Ratings and comments kept, sorted."""
    with closing(sqlite3.connect(bot.path)) as database:
        return sorted(database.execute("select rating, comment from ratings").fetchall())
