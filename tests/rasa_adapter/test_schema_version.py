"""Tables of an earlier version are brought to this one in one step, and those of a later version are left alone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from lotse.rasa_adapter import schema_version
from lotse.rasa_adapter.schema_version import VERSION, NewerDatabaseError, migrate
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

Make = Callable[[], ForgettingTrackerStore]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def make(path: Path) -> Iterator[Make]:
    made: list[ForgettingTrackerStore] = []

    def make() -> ForgettingTrackerStore:
        made.append(ForgettingTrackerStore(Domain.empty(), dialect="sqlite", db=str(path)))
        return made[-1]

    yield make
    for store in made:
        store.engine.dispose()


def ask(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def add_column(session: Session) -> None:
    session.execute(text("alter table ratings add column colour text"))


def fill_column(session: Session) -> None:
    session.execute(text("update ratings set colour = 'red'"))


def fail(session: Session) -> None:
    session.execute(text("select * from nowhere"))


class Watched:
    """A lock that tells when somebody else than the first wants it."""

    def __init__(self, lock: AbstractContextManager[object], wanted: threading.Event) -> None:
        self._lock, self._wanted, self._count = lock, wanted, 0

    def __enter__(self) -> None:
        self._count += 1
        if self._count > 1:
            self._wanted.set()
        self._lock.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._lock.__exit__(*error)


def test_nobody_uses_the_tables_before_they_have_their_version(
    make: Make, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = threading.Event(), threading.Event()
    order: list[str] = []

    def migrate_slowly(sessions: Callable[[], AbstractContextManager[Session]]) -> None:
        begun.set()
        assert goes_on.wait(60)
        migrate(sessions)
        order.append("migrated")

    store = make()
    store.engine.dispose()
    path.unlink()
    monkeypatch.setattr(store, "preparing", Watched(store.preparing, goes_on))
    monkeypatch.setattr(schema_version, "migrate", migrate_slowly)

    def ask_in_between() -> None:
        assert not store.exists("someone")
        order.append("asked")
        goes_on.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.exists, "someone")
        assert begun.wait(60)
        pool.submit(ask_in_between).result(60)
        assert not first.result(60)
    assert order == ["migrated", "asked"]
    assert ask(path, "select version from lotse_schema") == [(VERSION,)]


def test_a_new_database_has_the_version_of_this_program(make: Make, path: Path) -> None:
    make()
    assert ask(path, "select version from lotse_schema") == [(VERSION,)]
    make()
    assert ask(path, "select version from lotse_schema") == [(VERSION,)]


def test_a_database_from_before_the_row_is_brought_up_step_by_step(make: Make, path: Path) -> None:
    store = make()
    ask(path, "drop table lotse_schema")
    ask(path, "insert into ratings values ('a', '2026-11-01', 'up', 'answered', null, 'de', '', null)")
    schema_version.metadata.create_all(store.engine)
    migrate(store.session_scope, 3, {2: add_column, 3: fill_column})
    assert ask(path, "select colour from ratings") == [("red",)]
    assert ask(path, "select version from lotse_schema") == [(3,)]
    # The second server finds it done.
    migrate(store.session_scope, 3, {2: fail, 3: fail})


def test_a_step_that_fails_changes_nothing(make: Make, path: Path) -> None:
    store = make()
    with pytest.raises(SQLAlchemyError, match="nowhere"):
        migrate(store.session_scope, VERSION + 2, {VERSION + 1: add_column, VERSION + 2: fail})
    assert ask(path, "select version from lotse_schema") == [(VERSION,)]
    with pytest.raises(sqlite3.OperationalError, match="colour"):
        ask(path, "select colour from ratings")


def test_a_database_of_a_later_version_is_refused_and_left_alone(make: Make, path: Path) -> None:
    make()
    ask(path, f"update lotse_schema set version = {VERSION + 1}")
    before = ask(path, "select * from sqlite_master")
    with pytest.raises(NewerDatabaseError, match=rf"version {VERSION + 1}.*operations\.md"):
        make()
    assert ask(path, "select * from sqlite_master") == before


def test_one_that_becomes_a_later_version_meanwhile_is_an_error_at_the_next_preparation(make: Make, path: Path) -> None:
    store = make()
    ask(path, f"update lotse_schema set version = {VERSION + 1}")
    store.engine.execute("drop table ratings")
    with pytest.raises(OperationalError), store.session_scope() as session:
        session.execute(text("select * from ratings"))
    with pytest.raises(NewerDatabaseError):
        store.exists("someone")


def test_every_version_has_its_step() -> None:
    assert list(schema_version.MIGRATIONS) == list(range(2, VERSION + 1))
