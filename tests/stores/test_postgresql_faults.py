"""A PostgreSQL that is slow, silent, full or restarted: who waits is told in time, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from lotse.rasa_adapter.store_threads import StoreThreads, StoreTimeoutError, in_one_turn
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from tests.stores.processes import PostgreSQL
from tests.stores.proxy import Proxy
from tests.stores.turns import KEY, Make, say, texts


@pytest.fixture
def line(database: dict[str, Any]) -> Iterator[Proxy]:
    """The line that the store of a test uses."""
    with Proxy(database["port"]) as line:
        database["port"] = line.port
        yield line


@pytest.fixture
def remote(line: Proxy, make: Make) -> ForgettingTrackerStore:
    store = make()
    say(store, "Frage 1")
    return store


async def turn(store: ForgettingTrackerStore, text: str) -> None:
    """What a channel and Rasa ask of the database in a turn, within its time."""
    with in_one_turn():
        await store.in_thread(store.before_turn, "someone", text)
        tracker = await store.retrieve("someone")
        assert tracker is not None
        tracker.update(UserUttered(text, message_id=text))
        await store.save(tracker)


def test_a_turn_over_a_slow_line_is_answered_in_time(line: Proxy, remote: ForgettingTrackerStore) -> None:
    line.delay = 0.2
    before = line.round_trips
    asyncio.run(turn(remote, "Frage 2"))
    line.delay = 0
    # With 22 questions a turn, as there were, this took longer than anybody is let wait.
    assert line.round_trips - before <= 8
    assert texts(remote) == ["Frage 1", "Frage 2"]


async def test_over_a_line_that_swallows_everything_who_waits_is_told(
    line: Proxy, remote: ForgettingTrackerStore
) -> None:
    remote.threads = StoreThreads(seconds=0.3)
    with line.swallowing(), pytest.raises(StoreTimeoutError):
        await turn(remote, "Frage 2")
    remote.threads.close()
    remote.threads = StoreThreads()
    await turn(remote, "Frage 3")
    assert texts(remote) == ["Frage 1", "Frage 3"]


def test_a_restart_during_a_turn_loses_nothing(
    make: Make, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    store = make()
    say(store, "Frage 1")

    async def restarted() -> None:
        tracker = await store.retrieve("someone")
        assert tracker is not None
        postgresql.stop()
        postgresql.start()
        tracker.update(UserUttered("Frage 2", message_id="Frage 2"))
        await store.save(tracker)

    asyncio.run(restarted())
    say(store, "Frage 3")
    assert texts(store) == ["Frage 1", "Frage 2", "Frage 3"]
    assert [event["text"] for event in store.before_turn("someone", "Frage 2").turn] == ["Frage 2"]


def test_without_a_free_connection_every_turn_is_an_error_and_then_goes_on(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits do not hold for superusers, which the account of the other tests is."""
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    postgresql.query("create role limited login password 'limited'", database="postgres")
    postgresql.query("create database limited owner limited", database="postgres")
    account: dict[str, Any] = {"dialect": "postgresql", "host": "127.0.0.1", "port": postgresql.port, "db": "limited"}
    store = ForgettingTrackerStore(Domain.empty(), **account, username="limited", password="limited")
    say(store, "Frage 1")
    store.engine.dispose()
    postgresql.query("alter role limited connection limit 0", database="postgres")
    with pytest.raises(OperationalError, match="limited"):
        store.exists("someone")
    tracker = DialogueStateTracker("someone", [])
    tracker.update(UserUttered("Frage 2"))
    with pytest.raises(OperationalError, match="limited"):
        asyncio.run(store.save(tracker))
    postgresql.query("alter role limited connection limit -1", database="postgres")
    say(store, "Frage 3")
    assert texts(store) == ["Frage 1", "Frage 3"]
    store.engine.dispose()
