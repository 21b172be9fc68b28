"""A Rasa server with one channel and its action server, for tests of that channel."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, Spec, action_server
from lotse.operations.temporary_servers import own_endpoints, write_endpoints
from lotse.operations.training import ensure_model
from lotse.rasa_adapter.stored_rows import unpacked
from tests.background import in_background


def kept(folder: Path) -> Iterator[str]:
    """What the databases of a folder hold, as text, also while a server writes to them; then every event, unpacked.

    A write-ahead log lives only as long as a connection. It is read before its database, so what a vanished one held is
    found there. This process must have no connection open: closing a file would take its locks away
    (https://sqlite.org/howtocorrupt.html, 2.2).

    Args:
        folder: with the databases.
    """
    for path in sorted(folder.glob("*.db*"), reverse=True):
        with suppress(FileNotFoundError):
            yield path.read_bytes().decode("utf-8", "replace")
    for path in folder.glob("conversations.db"):
        with closing(sqlite3.connect(path)) as database:
            yield from (str(unpacked(data)) for (data,) in database.execute("select data from events"))


class RealServers:
    """Both servers with a database of their own. Can be stopped and started again.

    Args:
        folder: for the database and the settings.
        credentials: settings of each channel, by its section.
        health: path that answers once the channel is ready.
        log: name of the log file.
    """

    def __init__(self, folder: Path, credentials: Mapping[str, Mapping[str, Any]], health: str, log: str) -> None:
        self.folder = folder
        self.port, self.action_port = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.model = ensure_model(Console(stderr=True))
        self.credentials = folder / "credentials.yml"
        sections = {section: dict(settings) for section, settings in credentials.items()}
        self.credentials.write_text(yaml.safe_dump(sections), encoding="utf-8")
        self._running = ExitStack()
        self._ready_at, self.log_file = f"{self.url}{health}", log

    def environment(self) -> dict[str, str]:
        """Variables for both servers beside the usual ones."""
        return {}

    def endpoints(self) -> dict[str, Any]:
        """What `endpoints.yml` says."""
        return own_endpoints(self.folder)

    def start(self) -> None:
        """Start both servers and wait until they answer."""
        self._running.enter_context(in_background(self._serve()))

    def stop(self) -> None:
        """Stop both servers; the database stays."""
        self._running.close()

    @asynccontextmanager
    async def _serve(self) -> AsyncIterator[None]:
        endpoints = write_endpoints(self.folder, self.endpoints(), self.action_port)
        files = ["--credentials", str(self.credentials), "--endpoints", str(endpoints), "--model", str(self.model)]
        command = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(self.port), *files]
        async with Servers({**child_environment(), **self.environment()}) as servers:
            await servers.start(action_server(self.action_port))
            await servers.start(Spec("Rasa-Server", command, self._ready_at, self.log_file))
            await servers.ready()
            yield
