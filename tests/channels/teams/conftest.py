"""A real Rasa server with the Teams channel, between a fake Microsoft and its own action server."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from lotse.channels.teams.activities import parse_activity
from lotse.channels.teams.activities.events import sender_id
from lotse.channels.teams.settings import SECTION
from lotse.conversation.assistant import Assistant
from lotse.operations.environment import logs
from tests.channels.real_servers import RealServers
from tests.channels.teams.stand_in_turns import KEY, Bot
from tools.fake_azure.connector import Arrived
from tools.fake_azure.server import FakeAzure, Fault

LOG = "rasa-teams-tests.log"


class Server(RealServers):
    """Both servers with a database of their own. Can be stopped and started again."""

    key = "a key that only the tests of the Teams channel use"

    def __init__(self, folder: Path, azure: FakeAzure) -> None:
        super().__init__(folder, {SECTION: {}}, "/teams/health", LOG)
        self.azure = azure
        self._places = count(1)

    def environment(self) -> dict[str, str]:
        """Microsoft is the fake."""
        return {**self.azure.environment(), "LOTSE_SECRET_KEY": self.key}

    # --- talking to it ----------------------------------------------------------------------------------------------

    def place(self) -> str:
        """A personal chat that no other test uses."""
        return f"a:chat-{next(self._places)}"

    def deliver(self, activity: Mapping[str, Any], authorization: str | None = "") -> requests.Response:
        """Deliver an activity as the Connector does, or with another ``Authorization`` header or none."""
        header = self.azure.signer.header() if authorization == "" else authorization
        headers = {"Authorization": header} if header is not None else {}
        return requests.post(f"{self.url}/teams/messages", json=activity, headers=headers, timeout=30)

    def deliver_all(self, activities: list[dict[str, Any]]) -> list[int]:
        """Deliver many at once; the statuses."""
        with ThreadPoolExecutor(20) as pool:
            return [response.status_code for response in pool.map(self.deliver, activities)]

    def say(self, text: str, place: str, **fields: Any) -> Arrived:
        """Write something in a chat and wait for the next message of the bot there."""
        return self.act(self.azure.message(text, place, **fields))

    def act(self, activity: dict[str, Any]) -> Arrived:
        """Deliver an activity and wait for the next message of the bot in its conversation."""
        place = activity["conversation"]["id"]
        before = len(self.azure.sent(place))
        response = self.deliver(activity)
        assert response.status_code == 200, response.status_code
        return self.azure.wait_for(before + 1, place)[before]

    def fail(self, *faults: Fault) -> None:
        """Let the next requests to the Connector fail, once nothing of earlier tests is under way."""
        for _ in range(10_000):
            if not self.health()["messages"]["waiting"]:
                break
        else:
            pytest.fail("The server does not come to rest.")
        self.azure.fail("connector", *faults)

    def health(self) -> dict[str, Any]:
        """The health report."""
        report: dict[str, Any] = requests.get(f"{self.url}/teams/health", timeout=30).json()
        return report

    # --- what it keeps ----------------------------------------------------------------------------------------------

    def sender(self, activity: Mapping[str, Any]) -> str:
        """How the tracker store calls the conversation of an activity."""
        return sender_id(self.key.encode(), parse_activity.read(activity).envelope)

    def rows(self, activity: Mapping[str, Any]) -> int:
        """Events stored of the conversation of an activity."""
        [(number,)] = self._query("conversations.db", "select count(*) from events where sender_id = ?", activity)
        return int(number)

    def ratings(self) -> list[tuple[Any, ...]]:
        """Ratings and comments."""
        return self._query("conversations.db", "select rating, topic, comment from ratings")

    def log(self) -> str:
        """What the server has logged since it was started last."""
        return (logs() / LOG).read_text(encoding="utf-8", errors="replace")

    def _query(self, name: str, query: str, activity: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        values = (self.sender(activity),) if activity is not None else ()
        with closing(sqlite3.connect(self.folder / name)) as database:
            return database.execute(query, values).fetchall()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with FakeAzure() as azure:
        running = Server(tmp_path_factory.mktemp("teams"), azure)
        running.start()
        # Nobody has written yet, so Microsoft was not asked for anything: the server starts without a network.
        assert dict(azure.asked) == {}
        yield running
        running.stop()


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant.load()


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    with FakeAzure() as fake:
        yield fake


@pytest.fixture
async def bot(
    azure: FakeAzure, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    made = Bot(azure.settings(), assistant, tmp_path)
    yield made
    await made.finish()
