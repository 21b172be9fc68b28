"""The web chat in two ways: with a stand-in for Rasa, and as a real server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from real_servers import RealServers

from lotse import project
from lotse.channels.web.settings import SECTION


class Server(RealServers):
    """A Rasa server with the web chat, its action server and a database of its own. Can be stopped and started."""

    key = "a key that only the tests of the web chat use"
    origin = "http://intranet.example:8080"
    messages_a_minute = 40

    def __init__(self, folder: Path) -> None:
        settings = {
            "allowed_origins": [self.origin],
            "requests_per_address": "1000000/minute",
            "sessions_per_address": "1000000/minute",
            "handovers_per_session": "1000000/hour",
            "handovers_per_address": "1000000/hour",
            "messages_per_session": f"{self.messages_a_minute}/minute",
            "feedback_file": str(folder / "feedback.db"),
        }
        super().__init__(folder, {SECTION: settings}, "/chat/health", "rasa-web-tests.log")

    def environment(self) -> dict[str, str]:
        """A key that sessions of other servers are not signed with."""
        return {"LOTSE_SECRET_KEY": self.key}

    # --- talking to it ----------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> requests.Response:
        """One request below ``/chat/``."""
        headers = more.pop("headers", {})
        if token:
            headers = {"Authorization": f"Bearer {token}", **headers}
        return requests.request(method, f"{self.url}/chat/{path}", headers=headers, timeout=60, **more)

    def begin(self, language: str | None = "de") -> str:
        """The token of a new session."""
        response = self.call("POST", "session", json={"language": language})
        assert response.status_code == 201, response.text
        token: str = response.json()["token"]
        return token

    def say(self, token: str, text: str | None = None, identity: str | None = None, **body: str) -> requests.Response:
        """Send a message."""
        said = {"text": text} if text is not None else body
        return self.call("POST", "messages", token, json={"id": identity or str(uuid4()), **said})

    def rows(self, token: str) -> int:
        """Events stored of a session's conversation."""
        with sqlite3.connect(self.folder / "conversations.db") as database:
            query = "select count(*) from events where sender_id = ?"
            count: int = database.execute(query, (f"web-{token.split('.')[1]}",)).fetchone()[0]
        return count


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert project.home()
    running = Server(tmp_path_factory.mktemp("web"))
    running.start()
    yield running
    running.stop()
