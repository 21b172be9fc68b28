"""The tracker store on a real PostgreSQL: kept, read, deleted by age and by wish, and honest when it fails."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.rasa_adapter import connections
from lotse.rasa_adapter.connections import IDLE_SECONDS
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.schema_version import VERSION, NewerDatabaseError, migrate
from lotse.rasa_adapter.store_threads import StoreThreads, StoreTimeoutError
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from tests.stores.processes import PostgreSQL
from tests.stores.turns import KEY, NOW, Make, say, texts

SECRET = "Zimmer 4711"
DAY = 86_400.0
OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"


def comments(store: ForgettingTrackerStore) -> list[str | None]:
    with store.session_scope() as session:
        return list(session.execute(select(ratings.c.comment)).scalars())


# --- kept and read ----------------------------------------------------------------------------------------------------


def test_a_conversation_is_stored_whole_and_read_in_part(store: ForgettingTrackerStore) -> None:
    for number in range(20):
        say(store, f"Frage {number} ü 👍 \N{COMBINING ACUTE ACCENT}")
    assert texts(store) == [f"Frage {number} ü 👍 \N{COMBINING ACUTE ACCENT}" for number in range(20)]
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    assert len(tracker.events) == store.loaded_events
    assert tracker.get_slot("memory") == {"last": texts(store)[-1]}


def test_a_message_is_found_by_its_name_in_its_own_conversation_only(store: ForgettingTrackerStore) -> None:
    for text, sender in (("Frage 1", "someone"), ("Frage 2", "someone"), ("Frage 1", "else")):
        say(store, text, sender)
    assert [event["text"] for event in store.before_turn("someone", "Frage 1").turn] == [
        "Frage 1",
        "Antwort auf Frage 1",
    ]
    assert store.before_turn("else", "Frage 2").turn == []
    [event] = store.answers_holding("someone", "answer_id", "answer to Frage 2")
    assert event["text"] == "Antwort auf Frage 2"
    assert list(store.answers_holding("else", "answer_id", "answer to Frage 2")) == []


def test_a_second_rating_replaces_the_first(store: ForgettingTrackerStore) -> None:
    feedback = FeedbackStore(lambda: store, KEY)
    for comment in ("unklar", "doch klar"):
        feedback.add(Feedback("answer", "down", comment), {})
    assert comments(store) == ["doch klar"]


def test_servers_that_start_at_once_make_the_tables_once(make: Make) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: make(), range(4)))
    for number, store in enumerate(stores):
        say(store, f"Frage {number}")
    assert texts(stores[0]) == [f"Frage {number}" for number in range(4)]


@pytest.mark.parametrize("name", ["a\0b", "x" * 300], ids=["nul", "long"])
def test_a_name_that_postgresql_cannot_keep_is_an_error_and_no_end(store: ForgettingTrackerStore, name: str) -> None:
    """Rasa ends the process for the first, and loses the second without a word."""
    with pytest.raises((ValueError, SQLAlchemyError)):
        say(store, "Frage", name)
    say(store, "Frage")
    assert texts(store) == ["Frage"]


def test_a_nul_in_a_message_is_stored_as_it_is(store: ForgettingTrackerStore) -> None:
    say(store, "Frage\0")
    assert texts(store) == ["Frage\0"]


# --- deleted ----------------------------------------------------------------------------------------------------------


def forget(store: ForgettingTrackerStore) -> None:
    """A turn that ends in “forget me”."""
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    tracker.update(SlotSet("erase", True))
    asyncio.run(store.save(tracker))


@pytest.mark.parametrize("erase", [forget, lambda store: store.delete("someone")], ids=["word", "button"])
def test_erasing_takes_every_row_and_the_comments_of_one_person_only(
    store: ForgettingTrackerStore, erase: Callable[[ForgettingTrackerStore], None]
) -> None:
    say(store, "Frage 1")
    say(store, "Frage 2", sender="else")
    feedback = FeedbackStore(lambda: store, KEY)
    for answer in ("answer to Frage 1", "answer to Frage 2"):
        feedback.add(Feedback(answer, "down", f"zur {answer}"), {})
    erase(store)
    assert not store.exists("someone")
    assert store.before_turn("someone", "Frage 1").turn == []
    assert texts(store, "else") == ["Frage 2"]
    assert set(comments(store)) == {None, "zur answer to Frage 2"}


def test_if_anything_cannot_be_deleted_nothing_is(
    store: ForgettingTrackerStore, postgresql: PostgreSQL, database: dict[str, Any]
) -> None:
    say(store, "Frage 1")
    FeedbackStore(lambda: store, KEY).add(Feedback("answer to Frage 1", "down", "unklar"), {})
    refuse = "create function refuse() returns trigger as $$ begin raise 'refused'; end $$ language plpgsql"
    trigger = "create trigger refuse before delete on messages execute function refuse()"
    for statement in (refuse, trigger):
        postgresql.query(statement, database=database["db"])
    for erase in (forget, lambda store: store.delete("someone")):
        with pytest.raises(SQLAlchemyError, match="refused"):
            erase(store)
    assert (texts(store), comments(store)) == (["Frage 1"], ["unklar"])


def test_what_is_old_goes_also_from_a_conversation_that_goes_on(store: ForgettingTrackerStore) -> None:
    for number, days in enumerate((40, 31, 29, 0)):
        say(store, f"Frage {number}", at=NOW - days * DAY)
    assert store.purge(30, NOW).events == 6
    assert texts(store) == ["Frage 2", "Frage 3"]
    assert store.before_turn("someone", "Frage 0").turn == []
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None and tracker.get_slot("memory") == {"last": "Frage 3"}


def test_what_was_deleted_is_in_no_table_after_rewriting_and_in_no_log_after_its_end(
    store: ForgettingTrackerStore, postgresql: PostgreSQL, database: dict[str, Any]
) -> None:
    """What docs/operations.md tells operators to do, with the log's settings that it names."""
    name = database["db"]
    say(store, SECRET)
    FeedbackStore(lambda: store, KEY).add(Feedback(f"answer to {SECRET}", "down", f"wie in {SECRET}"), {})
    store.delete("someone")
    postgresql.query("checkpoint", database=name)
    assert postgresql.holds(SECRET, "base") and postgresql.holds(SECRET, "pg_wal")
    [statement] = re.findall(r"`(vacuum full [^`]+)`", OPERATIONS.read_text(encoding="utf-8"))
    postgresql.query(statement, database=name)
    postgresql.query("checkpoint", database=name)
    assert not postgresql.holds(SECRET, "base")
    for _ in range(2):
        postgresql.query("select pg_switch_wal()", database=name)
        postgresql.query("checkpoint", database=name)
    assert not postgresql.holds(SECRET, "pg_wal")


def test_a_backup_by_its_own_tools_brings_everything_back(
    make: Make, postgresql: PostgreSQL, database: dict[str, Any]
) -> None:
    """The commands that docs/operations.md names."""
    assert "`pg_dump -Fc` and `pg_restore`" in OPERATIONS.read_text(encoding="utf-8")
    store, name = make(), database["db"]
    for number in range(3):
        say(store, f"Frage {number} ü 👍")
    FeedbackStore(lambda: store, KEY).add(Feedback("answer to Frage 1 ü 👍", "down", "unklar"), {})
    before = store.messages("someone", 100), comments(store)
    dump = postgresql.dump(name)
    store.engine.dispose()
    postgresql.query(f'drop database "{name}"', database="postgres")
    with pytest.raises(OperationalError):
        store.exists("someone")
    postgresql.query(f'create database "{name}"', database="postgres")
    postgresql.restore(name, dump)
    later = make()
    assert (later.messages("someone", 100), comments(later)) == before
    say(later, "Frage 3")
    assert texts(later)[-1] == "Frage 3"


# --- failing and coming back ------------------------------------------------------------------------------------------


def test_while_it_is_stopped_every_turn_is_an_error_and_then_goes_on(
    store: ForgettingTrackerStore, postgresql: PostgreSQL
) -> None:
    say(store, "Frage 1")
    postgresql.stop()
    changes: list[Callable[[], object]] = [lambda: say(store, "Frage 2"), lambda: store.delete("someone"), store.ping]
    try:
        for fails in changes:
            with pytest.raises(OperationalError):
                fails()
    finally:
        postgresql.start()
    say(store, "Frage 3")
    assert texts(store) == ["Frage 1", "Frage 3"]


def cut_connections(postgresql: PostgreSQL, database: dict[str, Any]) -> None:
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
    assert postgresql.query(cut, database["db"], database=database["db"])


def test_connections_that_were_cut_while_nobody_asked_cost_no_turn(
    store: ForgettingTrackerStore, postgresql: PostgreSQL, database: dict[str, Any]
) -> None:
    say(store, "Frage 1")
    cut_connections(postgresql, database)
    say(store, "Frage 2")
    assert texts(store) == ["Frage 1", "Frage 2"]


@pytest.mark.parametrize("idle", [0.0, 2 * IDLE_SECONDS], ids=["used just now", "idle"])
def test_reading_after_the_connections_were_cut_opens_another(
    store: ForgettingTrackerStore,
    postgresql: PostgreSQL,
    database: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    idle: float,
) -> None:
    say(store, "Frage 1")
    cut_connections(postgresql, database)
    later = time.monotonic() + idle
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: later))
    assert texts(store) == ["Frage 1"]


def test_an_idle_connection_that_was_cut_is_replaced_before_anything_is_asked(
    store: ForgettingTrackerStore, postgresql: PostgreSQL, database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, "Frage 1")
    cut_connections(postgresql, database)
    later = time.monotonic() + 2 * IDLE_SECONDS
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: later))
    # Without `read`, which would ask again.
    with store.session_scope() as session:
        assert session.execute("select 1").scalar() == 1


def test_a_connection_that_the_driver_has_closed_is_replaced(store: ForgettingTrackerStore) -> None:
    say(store, "Frage 1")
    held = store.engine.raw_connection()
    connection = held.dbapi_connection
    held.close()
    connection.close()
    assert texts(store) == ["Frage 1"]


def test_a_start_while_it_is_stopped_needs_no_second_start(
    make: Make, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    postgresql.stop()
    try:
        store = make()
    finally:
        postgresql.start()
    assert "endpoints.yml" in caplog.text
    say(store, "Frage")
    assert texts(store) == ["Frage"]


async def test_while_it_is_frozen_whoever_asks_is_told_and_others_go_on(make: Make, postgresql: PostgreSQL) -> None:
    store = make()
    store.threads = StoreThreads(seconds=0.3)
    await store.in_thread(store.exists, "someone")
    with postgresql.frozen():
        waiting = asyncio.ensure_future(store.in_thread(store.exists, "someone"))
        looked = 0
        while not waiting.done():
            looked += 1
            await asyncio.sleep(0)
        assert looked > 100
        with pytest.raises(StoreTimeoutError):
            await waiting
        tracker = DialogueStateTracker("someone", store.domain.slots)
        tracker.update(UserUttered("Frage", timestamp=time.time()))
        with pytest.raises(StoreTimeoutError):
            await store.save(tracker)
    store.threads.close()
    # Nobody waited for it any more, so nothing was stored.
    assert not store.exists("someone")


def test_the_limits_of_the_documentation_reach_the_server(store: ForgettingTrackerStore) -> None:
    with store.session_scope() as session:
        assert session.execute("show statement_timeout").scalar() == "5s"


def add_column(session: Session) -> None:
    session.execute(sql("alter table ratings add column colour text"))


def test_servers_that_start_at_once_bring_the_tables_to_a_new_version_once(
    make: Make, postgresql: PostgreSQL, database: dict[str, Any]
) -> None:
    stores = [make() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda store: migrate(store.session_scope, VERSION + 1, {VERSION + 1: add_column}), stores))
    assert postgresql.query("select version from lotse_schema", database=database["db"]) == [(VERSION + 1,)]
    with pytest.raises(NewerDatabaseError):
        make()
