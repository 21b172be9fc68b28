"""The web chat in two ways: with a stand-in for Rasa, and as a real server."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from lotse import paths
from lotse.channels.web import session_tokens
from lotse.channels.web.settings import SECTION
from tests.channels.real_servers import RealServers

REST = "lotse.channels.rest.RestInput"


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
        }
        super().__init__(folder, {SECTION: settings, REST: {}}, "/chat/health", "rasa-web-tests.log")

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

    def rest(self, sender: str, text: str) -> dict[str, Any]:
        """The payload of the one answer of the REST channel."""
        body = {"sender": sender, "message": text}
        [message] = requests.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=60).json()
        payload: dict[str, Any] = message["custom"]
        return payload

    def rows(self, token: str) -> int:
        """Events stored of a session's conversation."""
        return self.rows_of(self.sender(token))

    def rows_of(self, sender: str) -> int:
        """Events stored of a conversation."""
        [(count,)] = self.database("select count(*) from events where sender_id = ?", sender)
        return int(count)

    def sender(self, token: str) -> str:
        """How the tracker store calls a session's conversation."""
        return session_tokens.read(token, self.key.encode(), time.time()).sender

    def database(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Carry out one statement in the database."""
        with closing(sqlite3.connect(self.folder / "conversations.db")) as database, database:
            return database.execute(statement, values).fetchall()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let the database refuse every change of a conversation."""
        changes = ("insert", "delete")
        for change in changes:
            refuse = "begin select raise(abort, 'attempt to write a readonly database'); end"
            self.database(f"create trigger no_{change} before {change} on events {refuse}")
        try:
            yield
        finally:
            for change in changes:
                self.database(f"drop trigger no_{change}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert paths.home()
    running = Server(tmp_path_factory.mktemp("web"))
    running.start()
    yield running
    running.stop()
