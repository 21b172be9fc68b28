"""What goes out for each activity recorded from a real client is what went out before: address and message.

The turns are a stand-in's, which says what it was asked; the answers of the assistant are in other snapshots.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.channels.teams.stand_in_turns import Bot
from tests.conftest import Snapshot
from tools.fake_azure.server import FakeAzure

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_activity_gets_what_it_got(
    recorded: Path, bot: Bot, azure: FakeAzure, snapshot: Snapshot
) -> None:
    activity = azure.adopt(json.loads(recorded.read_text(encoding="utf-8")))
    reply = await bot.endpoint.receive(azure.signer.header(), json.dumps(activity).encode())
    await bot.finish()
    out = [{"method": item.method, "to": item.conversation, **item.activity} for item in azure.connector.arrived]
    kept = json.dumps({"status": reply.status, "out": out}, ensure_ascii=False, indent=1)
    snapshot(f"teams_recorded/{recorded.stem}.json", kept + "\n")
