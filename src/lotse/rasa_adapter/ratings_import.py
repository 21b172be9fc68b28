"""Earlier versions kept the ratings in an SQLite file of their own. They are taken over once, and the file goes.

Left in the file, comments would outlast “Vergiss alles”.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from lotse.rasa_adapter import rating_tables
from lotse.rasa_adapter.rating_tables import Database, dialect_insert

logger = logging.getLogger(__name__)

FILE = "feedback.db"
# Table and columns there, table here. The columns have the same names.
_TABLES = (
    ("feedback", rating_tables.ratings, "answer, day, rating, outcome, topic, language, passages, comment"),
    ("sent", rating_tables.sent_answers, "message, sender, day, answer, guidance"),
    ("commented", rating_tables.comment_authors, "rating, sender"),
)


def import_ratings(database: Database, path: Path) -> None:
    """Take over the ratings of a file and delete it. What is in the database already stays as it is.

    If that fails, the file stays, a log line says why, and the next start tries again.

    Args:
        database: the tracker store.
        path: of the file; may be missing.
    """
    if not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path)) as file, database.session_scope() as session:
            file.row_factory = sqlite3.Row
            for name, table, columns in _TABLES:
                for row in _rows(file, name, columns):
                    session.execute(dialect_insert(session)(table).values(row).on_conflict_do_nothing())
            session.commit()
        path.unlink()
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        logger.error("The ratings in %s could not be taken over: %s. The next start tries again.", path, error)
        return
    logger.warning("The ratings in %s are in the tracker store's database now; the file is deleted.", path)


def _rows(file: sqlite3.Connection, name: str, columns: str) -> list[dict[str, Any]]:
    """All rows in their order; none if the file has no such table, as without Teams."""
    if not file.execute("select 1 from sqlite_master where type = 'table' and name = ?", (name,)).fetchone():
        return []
    return [dict(row) for row in file.execute(f"select {columns} from {name} order by rowid")]
