"""The web chat in two ways: with a stand-in for Rasa, and as a real server."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import yaml
from rich.console import Console

from lotse import project
from lotse.channels.web.settings import SECTION
from lotse.evaluation.servers import own_endpoints, write_endpoints
from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, Spec, action_server
from lotse.operations.training import ensure_model


class Server:
    """A Rasa server with the web chat, its action server and a database of its own. Can be stopped and started."""

    key = "a key that only the tests of the web chat use"
    origin = "http://intranet.example:8080"
    messages_a_minute = 40

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.action_port = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.model = ensure_model(Console(stderr=True))
        settings = {
            "allowed_origins": [self.origin],
            "requests_per_address": "1000000/minute",
            "sessions_per_address": "1000000/minute",
            "handovers_per_session": "1000000/hour",
            "handovers_per_address": "1000000/hour",
            "messages_per_session": f"{self.messages_a_minute}/minute",
            "feedback_file": str(folder / "feedback.db"),
        }
        self.credentials = folder / "credentials.yml"
        self.credentials.write_text(yaml.safe_dump({SECTION: settings}), encoding="utf-8")

    def start(self) -> None:
        """Start both servers and wait until they answer."""
        ready, self._stop = threading.Event(), threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                asyncio.run(self._serve(ready))
            except BaseException as error:
                failed.append(error)
                ready.set()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait()
        if failed:
            pytest.fail(f"The servers did not start: {failed[0]}")

    def stop(self) -> None:
        """Stop both servers; the database stays."""
        self._stop.set()
        self._thread.join()

    async def _serve(self, ready: threading.Event) -> None:
        endpoints = write_endpoints(self.folder, own_endpoints(self.folder), self.action_port)
        files = ["--credentials", str(self.credentials), "--endpoints", str(endpoints), "--model", str(self.model)]
        command = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(self.port), *files]
        async with Servers({**child_environment(), "LOTSE_SECRET_KEY": self.key}) as servers:
            await servers.start(action_server(self.action_port))
            await servers.start(Spec("Rasa-Server", command, f"{self.url}/chat/health", "rasa-web-tests.log"))
            await servers.ready()
            ready.set()
            await asyncio.to_thread(self._stop.wait)

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
