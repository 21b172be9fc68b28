"""Connections to the database of the tracker store, with few questions beside those that are asked.

Asking PostgreSQL whether a connection still works before each session, and opening and ending a transaction around a
single `select`, makes four questions of one. Over a line of 20 ms a turn of three sessions would wait a quarter of a
second for that alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy
from rasa.core.constants import POSTGRESQL_SCHEMA
from rasa.core.tracker_store import create_engine_kwargs, ensure_schema_exists
from rasa.shared.exceptions import RasaException
from sqlalchemy import exc
from sqlalchemy.engine import URL, Engine
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from lotse.rasa_adapter.sqlite_file import BUSY_SECONDS, SqliteFile

# A firewall forgets a connection after minutes at the earliest; a database that was restarted is noticed by reading.
IDLE_SECONDS = 30.0

_USED = "lotse_used"


def connect_lazily(url: URL) -> tuple[Engine, SqliteFile | None]:
    """The engine of a database, and its file if it is one of SQLite. Nothing is opened yet.

    Args:
        url: of the database.
    """
    # An error of the database is logged as it is, and would quote the message that could not be stored.
    settings: dict[str, Any] = {"hide_parameters": True, **create_engine_kwargs(url)}
    if url.get_backend_name() != "sqlite":
        # The connection that was used last is used next, so few of them grow old.
        engine = sqlalchemy.create_engine(url, pool_use_lifo=True, **settings)
        listen(engine, "checkin", _note_use)
        listen(engine, "checkout", lambda *arguments: _ask_if_idle(engine, *arguments))
        return engine, None
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **settings)
    if url.database in (None, "", ":memory:"):
        return engine, None
    file = SqliteFile(Path(str(url.database)))
    file.attach(engine)
    return engine, file


def check_schema(session: Session) -> None:
    """See to it that the schema named in the environment is there, if one is.

    Raises:
        RasaException: it is not.
    """
    try:
        ensure_schema_exists(session)
    except ValueError as error:
        raise RasaException(
            f"PostgreSQL has no schema “{error}”. Create it, or unset the variable {POSTGRESQL_SCHEMA}."
        ) from None


@contextmanager
def without_transaction(session: Session) -> Iterator[None]:
    """Let the `select`s of a session stand for themselves, without `begin` and `rollback` around them.

    Args:
        session: that has asked nothing yet. SQLite needs no question for a transaction and keeps it.

    Raises:
        OperationalError: the connection had been cut, and is thrown away.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    # What was asked before, such as for a schema, has begun a transaction.
    session.rollback()
    held = session.connection()
    connection = held.connection.dbapi_connection
    error_of_driver = session.get_bind().dialect.dbapi.Error
    try:
        connection.autocommit = True
    except error_of_driver as error:
        # The driver raises it past SQLAlchemy, which would have thrown the connection away.
        held.invalidate(error)
        raise exc.OperationalError(
            "set autocommit", {}, error, hide_parameters=True, connection_invalidated=True
        ) from None
    try:
        yield
    finally:
        # A connection that has broken is thrown away; it needs no mode.
        with suppress(error_of_driver):
            connection.autocommit = False


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _ask_if_idle(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection whether it works that nobody used for long; the pool opens others if it does not."""
    used = record.info.get(_USED)
    if used is None or time.monotonic() - used < IDLE_SECONDS:
        return
    try:
        # False for a connection that was cut; an error for whatever else is wrong with it.
        works = engine.dialect.do_ping(connection)
    except engine.dialect.dbapi.Error:
        works = False
    if not works:
        raise exc.InvalidatePoolError
