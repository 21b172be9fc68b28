"""The file of an SQLite database: for its owner only, not blocked by readers, without remains of what was deleted.

A write-ahead log (`journal_mode = wal`, https://sqlite.org/wal.html) lets others read while a turn is stored. What is
deleted can still stand in that log, so it is emptied afterwards (`wal_checkpoint(truncate)`).
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from lotse import paths
from lotse.private_files import make_file, make_folder, narrow

logger = logging.getLogger(__name__)

# How long a turn waits for somebody else who writes. The whole turn is to end within five seconds.
BUSY_SECONDS = 3.0
_CHECKPOINT_MILLISECONDS = 500
_BESIDE = ("-wal", "-shm", "-journal")


class SqliteFile:
    """The file behind an engine.

    Args:
        path: of the database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # A server that was killed may have left a log.
        self._log_may_hold_deleted = True

    def attach(self, engine: Any) -> None:
        """Prepare every connection of an engine."""
        event.listen(engine, "do_connect", self._before_connecting)
        event.listen(engine, "connect", self._after_connecting)

    def make_folder(self) -> None:
        """Make the folder if it is missing. One that somebody made elsewhere keeps its mode: others may need it."""
        folder = self.path.parent.absolute()
        if not folder.exists() or paths.PRIVATE in folder.parts:
            make_folder(folder)

    def is_empty(self) -> bool:
        """Whether the database has gone, or was emptied."""
        try:
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True

    def empty_log(self, engine: Any, wait: bool = True) -> None:
        """Take deleted text out of the write-ahead log. If a reader stands in the way, it is tried again later.

        Args:
            engine: of the database, without an open session of ours.
            wait: half a second for a reader.
        """
        self._log_may_hold_deleted = True
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"pragma busy_timeout = {_CHECKPOINT_MILLISECONDS if wait else 0}")
                busy = connection.exec_driver_sql("pragma wal_checkpoint(truncate)").first()[0]
        except SQLAlchemyError as error:
            busy, why = 1, str(error)
        else:
            why = "somebody is reading it"
        self._log_may_hold_deleted = bool(busy)
        if busy and wait:
            logger.warning("Deleted rows may still be read in %s-wal (%s). It is emptied later.", self.path, why)

    def catch_up(self, engine: Any) -> None:
        """Empty the log if that did not work before."""
        if self._log_may_hold_deleted and not self.is_empty():
            self.empty_log(engine, wait=False)

    def _before_connecting(self, *_: Any) -> None:
        make_file(self.path)
        for ending in _BESIDE:
            narrow(self.path.with_name(self.path.name + ending))

    def _after_connecting(self, connection: sqlite3.Connection, _: Any) -> None:
        # Otherwise deleted text stays readable in the file until something else is written over it.
        connection.execute("pragma secure_delete = on")
        try:
            connection.execute("pragma journal_mode = wal").fetchone()
        except sqlite3.OperationalError as error:
            # What follows says whether the database can be used. The next connection tries again.
            logger.warning("%s has no write-ahead log yet: %s", self.path, error)
