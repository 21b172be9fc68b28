"""A database that does not answer stops nobody but who waits for it, and stores nothing that was called not stored."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.event import listen

from lotse.rasa_adapter.store_threads import StoreThreads, StoreTimeoutError, in_one_turn
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

# Only a test that fails waits so long.
PATIENCE = 20


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    made = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield made
    made.engine.dispose()


@pytest.fixture
def thawed(store: ForgettingTrackerStore) -> Iterator[threading.Event]:
    """The database is frozen until this is set."""
    thawed = threading.Event()
    listen(store.engine, "before_cursor_execute", lambda *_: thawed.wait(PATIENCE))
    yield thawed
    thawed.set()


def turn() -> DialogueStateTracker:
    tracker = DialogueStateTracker("someone", [])
    tracker.update(UserUttered("Frage", message_id="1"))
    return tracker


async def test_while_a_database_is_frozen_others_go_on(store: ForgettingTrackerStore, thawed: threading.Event) -> None:
    async def another() -> None:
        # Reached only if the event loop runs while the store waits.
        thawed.set()

    await asyncio.gather(store.save(turn()), another())
    assert [event["text"] for event in store.messages("someone", 10)] == ["Frage"]


async def test_who_waits_is_told_and_nothing_is_stored_afterwards(
    store: ForgettingTrackerStore, thawed: threading.Event
) -> None:
    store.threads = StoreThreads(seconds=0.01)
    with pytest.raises(StoreTimeoutError):
        await store.save(turn())
    with pytest.raises(StoreTimeoutError):
        await store.retrieve("someone")
    thawed.set()
    store.threads.close()
    assert store.messages("someone", 10) == []
    store.threads = StoreThreads()
    await store.save(turn())
    assert [event["text"] for event in store.messages("someone", 10)] == ["Frage"]


async def test_work_that_found_no_thread_in_time_is_not_begun() -> None:
    threads, thawed = StoreThreads(seconds=0.01, threads=1), threading.Event()
    done: list[int] = []

    def work() -> None:
        thawed.wait(PATIENCE)
        done.append(1)

    for _ in range(2):
        with pytest.raises(StoreTimeoutError):
            await threads.run(work)
    thawed.set()
    threads.close()
    assert done == [1]


async def test_what_work_raises_and_returns_is_passed_on() -> None:
    threads = StoreThreads()
    assert await threads.run(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 7, 0)
    threads.close()


async def test_the_steps_of_a_turn_share_its_time() -> None:
    threads, frozen = StoreThreads(), threading.Event()
    begun: list[str] = []
    with in_one_turn(seconds=0.01):
        with pytest.raises(StoreTimeoutError):
            await threads.run(frozen.wait, PATIENCE)
        # Also in what only belongs to it, such as the sentence about the error.
        with in_one_turn(seconds=PATIENCE), pytest.raises(StoreTimeoutError):
            await threads.run(begun.append, "too late")
    assert begun == []
    await threads.run(begun.append, "the next turn")
    assert begun == ["the next turn"]
    frozen.set()
    threads.close()
