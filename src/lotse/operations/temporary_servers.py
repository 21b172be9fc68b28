"""Temporary servers for evaluations, benchmarks and tests: the newest model, other ports, an empty database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from rich.console import Console

from lotse.operations.endpoints import read_endpoints
from lotse.operations.environment import HOST, action_url, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, action_server, rasa_server
from lotse.operations.training import ensure_model


@asynccontextmanager
async def running_servers(port: int) -> AsyncIterator[str]:
    """Action server and Rasa server for the time of a block; yields the Rasa server's base URL.

    Args:
        port: of the Rasa server; the action server takes any free one.

    Raises:
        OperationError: training or start failed; with the end of the log.
    """
    model = ensure_model(Console(stderr=True))
    action_port = free_port()
    with TemporaryDirectory(prefix="lotse-evaluation-") as name:
        endpoints = write_endpoints(Path(name), own_endpoints(Path(name)), action_port)
        async with Servers(child_environment()) as servers:
            await servers.start(action_server(action_port))
            await servers.start(rasa_server(port, model, endpoints))
            await servers.ready()
            yield f"http://{HOST}:{port}"


def own_endpoints(folder: Path) -> dict[str, Any]:
    """The project's endpoints with an empty database, so that measurements are not mixed with conversations.

    Args:
        folder: the folder of the database.

    Raises:
        OperationError: as for `read_endpoints`.
    """
    endpoints: dict[str, Any] = yaml.safe_load(read_endpoints()[0])
    store = {**endpoints.get("tracker_store", {}), "dialect": "sqlite", "db": str(folder / "conversations.db")}
    kept = {"type", "dialect", "db"}
    return {
        "action_endpoint": dict(endpoints["action_endpoint"]),
        "tracker_store": {key: value for key, value in store.items() if key in kept},
    }


def write_endpoints(folder: Path, endpoints: dict[str, Any], action_port: int) -> Path:
    """Write an endpoints file that points to an action server on this machine."""
    path = folder / f"endpoints-{action_port}.yml"
    action = {**endpoints["action_endpoint"], "url": action_url(action_port)}
    path.write_text(yaml.safe_dump({**endpoints, "action_endpoint": action}), encoding="utf-8")
    return path
