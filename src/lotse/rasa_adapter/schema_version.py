"""Which version the tables of the database have, and how those of an earlier version become those of this one.

One row says it. Version 1 is what every database has that was made before the row was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from rasa.shared.exceptions import RasaException
from sqlalchemy import Column, Integer, MetaData, Table, select, text, update
from sqlalchemy.orm import Session

from lotse.rasa_adapter.rating_tables import dialect_insert

logger = logging.getLogger(__name__)

metadata = MetaData()
schema_version = Table(
    "lotse_schema",
    metadata,
    # Always 1: there is one row.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

VERSION = 2
Migration = Callable[[Session], None]


def _packed_rows(_: Session) -> None:
    """Version 2 packs what it stores (`stored_rows`) and reads what was stored before; an earlier program would not."""


# By the version that a step leads to. A step changes tables and commits nothing; new tables are made before it.
MIGRATIONS: Mapping[int, Migration] = {2: _packed_rows}


class NewerDatabaseError(RasaException):
    """The database was changed by a later version of this program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The database of endpoints.yml has version {found}, and this program knows versions up to {known}. "
            "Install the later version of the program again, or restore a backup of the time before: "
            "docs/operations.md, “Update, and go back”."
        )


def migrate(
    sessions: Callable[[], AbstractContextManager[Session]],
    version: int | None = None,
    migrations: Mapping[int, Migration] | None = None,
) -> None:
    """Bring the tables to the version of this program, in one transaction; a second server waits for it.

    Args:
        sessions: opens a session; all tables are there.
        version: to reach; that of this program if not given.
        migrations: by the version that each leads to; those of this program if not given.

    Raises:
        NewerDatabaseError: the tables are of a later version. Nothing was changed.
        SQLAlchemyError: a step failed. Nothing was changed.
    """
    wanted = VERSION if version is None else version
    steps = MIGRATIONS if migrations is None else migrations
    with sessions() as session:
        found = _locked_version(session, wanted)
        if found > wanted:
            raise NewerDatabaseError(found, wanted)
        for step in range(found + 1, wanted + 1):
            steps[step](session)
            logger.info("The tables were brought to version %d.", step)
        if found < wanted:
            session.execute(update(schema_version).values(version=wanted))
        session.commit()


def _locked_version(session: Session, wanted: int) -> int:
    """The version of the tables; if it is an earlier one, nobody else can change them until the session commits."""
    known = select(schema_version.c.version)
    if session.get_bind().dialect.name == "sqlite":
        found = session.execute(known).scalar()
        if found is not None and found >= wanted:
            # Nothing will be written, so nobody has to wait for a writer.
            return int(found)
        session.rollback()
        session.execute(text("begin immediate"))
    first = dialect_insert(session)(schema_version).values(id=1, version=1)
    session.execute(first.on_conflict_do_nothing())
    return int(session.execute(known.with_for_update()).scalar())
