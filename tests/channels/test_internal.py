"""Health tells the truth about every part, and neither it nor the metrics tell anything about a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port
from rasa.shared.core.domain import Domain

from lotse import metrics
from lotse.channels.internal import InternalInput, application, checks_of, states
from lotse.channels.internal_settings import InternalSettings, read_settings
from lotse.errors import SettingsError
from lotse.metrics import PORT_VARIABLE
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore


class Lock:
    """A lock store in Redis."""

    fails = False

    async def ping(self) -> None:
        if self.fails:
            raise OSError("secret host")


@pytest.fixture
async def actions() -> AsyncIterator[TestServer]:
    async def health(_: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response()

    app = aiohttp.web.Application()
    app.router.add_get("/health", health)
    server = TestServer(app)
    async with server:
        yield server


@pytest.fixture
async def agent(tmp_path: Path, actions: TestServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield SimpleNamespace(
        is_ready=lambda: True,
        tracker_store=store,
        lock_store=Lock(),
        action_endpoint=SimpleNamespace(url=str(actions.make_url("/webhook"))),
    )
    store.engine.dispose()


@pytest.fixture
async def served(agent: Any) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(application(lambda: agent))) as client:
        yield client


async def test_all_parts_answer(served: TestClient) -> None:
    answer = await served.get("/health/ready")
    assert answer.status == 200
    parts = {"model": True, "store": True, "lock": True, "actions": True}
    assert await answer.json() == {"ready": True, "parts": parts}
    assert answer.headers["cache-control"] == "no-store"


async def break_model(agent: Any, actions: TestServer) -> None:
    agent.is_ready = lambda: False


async def break_store(agent: Any, actions: TestServer) -> None:
    def fail() -> None:
        raise OSError("secret path")

    agent.tracker_store.ping = fail


async def break_lock(agent: Any, actions: TestServer) -> None:
    agent.lock_store.fails = True


async def break_actions(agent: Any, actions: TestServer) -> None:
    await actions.close()


@pytest.mark.parametrize("fault", [break_model, break_store, break_lock, break_actions])
async def test_a_part_that_fails_is_named_without_details_and_the_process_still_lives(
    served: TestClient, agent: Any, actions: TestServer, fault: Any
) -> None:
    await fault(agent, actions)
    answer = await served.get("/health/ready")
    assert answer.status == 503
    told = await answer.json()
    assert [part for part, well in told["parts"].items() if not well] == [fault.__name__.removeprefix("break_")]
    assert "secret" not in await answer.text()
    assert (await served.get("/health/live")).status == 200


async def test_a_database_that_cannot_be_written_to_is_not_ready(agent: Any) -> None:
    with agent.tracker_store.engine.connect() as other:
        other.exec_driver_sql("begin immediate")
        agent.tracker_store.engine.dispose()
        found = await states(checks_of(agent), seconds=0.1)
        other.exec_driver_sql("rollback")
    assert found == {"model": True, "store": False, "lock": True, "actions": True}


async def test_a_part_that_hangs_is_given_up() -> None:
    assert await states({"store": asyncio.Event().wait}, seconds=0) == {"store": False}  # type: ignore[dict-item]


async def test_without_a_model_nothing_is_ready() -> None:
    assert not any((await states(checks_of(None))).values())


async def test_metrics_are_numbers_of_ours(served: TestClient) -> None:
    metrics.TURNS.labels("web", "answered").inc()
    await served.get("/health/ready")
    answer = await served.get("/metrics")
    text = await answer.text()
    assert 'lotse_turns_total{channel="web",outcome="answered"}' in text
    assert 'lotse_ready{part="store"} 1.0' in text
    assert answer.headers["content-type"].startswith("text/plain")
    labels = {name for metric in metrics.REGISTRY.collect() for sample in metric.samples for name in sample.labels}
    assert labels <= {"channel", "outcome", "reason", "part", "le"}


async def test_who_only_collects_metrics_learns_what_does_not_answer(served: TestClient, agent: Any) -> None:
    await served.get("/metrics")
    assert metrics.REGISTRY.get_sample_value("lotse_ready", {"part": "lock"}) == 1
    agent.lock_store.fails = True
    assert 'lotse_ready{part="lock"} 0.0' in await (await served.get("/metrics")).text()


@pytest.mark.parametrize("path", ["/", "/health", "/health/ready/x", "/metrics/..%2f"])
async def test_there_is_nothing_else_on_the_port(served: TestClient, path: str) -> None:
    assert (await served.get(path)).status == 404
    assert (await served.post("/metrics")).status == 405


def test_the_port_of_the_start_counts_more_than_that_of_the_file() -> None:
    assert read_settings(None, {}) == InternalSettings(host="127.0.0.1", port=5095)
    assert read_settings({"port": 1}, {PORT_VARIABLE: "5195"}).port == 5195
    for wrong in ({"port": 0}, {"ports": 1}, {"host": None}):
        with pytest.raises(SettingsError, match="InternalInput"):
            read_settings(wrong, {})
    with pytest.raises(SettingsError, match="InternalInput"):
        read_settings("5095", {PORT_VARIABLE: "1"})  # type: ignore[arg-type]


async def test_a_taken_port_is_said_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    port = unused_port()
    first, second = (InternalInput(InternalSettings(port=port)) for _ in range(2))
    await first.open()
    await second.open()
    assert f":{port}" in caplog.text
    await second.close()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/health/live") as answer:
        assert answer.status == 200
    await first.close()
