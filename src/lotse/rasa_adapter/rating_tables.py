"""What the channels keep beside the conversations, as tables of the tracker store's database.

So all servers share it, and a conversation and everything about it are deleted in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Session

from lotse.secret_key import keyed_hash

metadata = MetaData()

ratings = Table(
    "ratings",
    metadata,
    # Keyed hash of the answer's id: a second rating replaces the first.
    Column("answer", String(64), primary_key=True),
    # Not the minute, which would lead to the conversation.
    Column("day", String(10), nullable=False),
    Column("rating", String(4), CheckConstraint("rating in ('up', 'down')"), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("topic", String(255)),
    Column("language", String(16), nullable=False),
    # Ids, separated by blanks.
    Column("passages", Text, nullable=False),
    Column("comment", Text),
)

# Beside the ratings, because tables of earlier versions get no new columns.
rating_reasons = Table(
    "rating_reasons",
    metadata,
    # As in `ratings`.
    Column("answer", String(64), primary_key=True),
    # Name of a button, never words of a person.
    Column("reason", String(32), primary_key=True),
)

sent_answers = Table(
    "sent_answers",
    metadata,
    # In the order of sending.
    Column("number", Integer, primary_key=True, autoincrement=True),
    # Keyed hash of conversation and message.
    Column("message", String(64), nullable=False, unique=True),
    # Keyed hash of the sender id.
    Column("sender", String(64), nullable=False, index=True),
    # Days since 1970.
    Column("day", Integer, nullable=False, index=True),
    # Id of the answer.
    Column("answer", String(255), nullable=False),
    # What a rating keeps of it, as JSON.
    Column("guidance", Text, nullable=False),
)

comment_authors = Table(
    "comment_authors",
    metadata,
    # What the rating is kept under, before it is hashed.
    Column("rating", String(255), primary_key=True),
    # Keyed hash of the sender id of whoever wrote the comment.
    Column("sender", String(64), nullable=False, index=True),
)


class Database(Protocol):
    """The tracker store, as far as these tables need it."""

    def session_scope(self) -> AbstractContextManager[Session]:
        """A session; the tables are there. What is not committed is rolled back."""
        ...


def keep_rating(session: Session, row: dict[str, Any], reasons: Iterable[str]) -> None:
    """Keep a rating with its reasons, in the place of an earlier one of the same answer.

    Args:
        session: whoever opened it commits.
        row: of `ratings`.
        reasons: names of buttons, each once.
    """
    replace(session, ratings, row)
    session.execute(delete(rating_reasons).where(rating_reasons.c.answer == row["answer"]))
    for reason in reasons:
        session.execute(rating_reasons.insert().values(answer=row["answer"], reason=reason))


def replace(session: Session, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, in the place of the one with the same primary key if there is one.

    Args:
        session: whoever opened it commits.
        table: one of this module with a primary key of one column.
        row: values by column.
    """
    insert = dialect_insert(session)(table).values(row)
    [key] = table.primary_key.columns
    session.execute(insert.on_conflict_do_update(index_elements=[key], set_=row))


def dialect_insert(session: Session) -> Any:
    """The `insert` of the session's database that knows what to do about a row that is there already.

    Raises:
        NotImplementedError: the database is neither SQLite nor PostgreSQL.
    """
    name = session.get_bind().dialect.name
    if name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    elif name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        raise NotImplementedError(f"Ratings need SQLite or PostgreSQL; endpoints.yml names {name}.")
    return insert


def sender_name(key: bytes, sender: str) -> str:
    """What a sender is called beside the ratings.

    Args:
        key: of this installation.
        sender: name of the conversation in the tracker store.
    """
    return keyed_hash(key, "teams-sender", sender)


def forget_comments(session: Session, key: bytes, sender: str, answer_ids: Iterable[str]) -> None:
    """Delete what a sender wrote about answers, and what leads to it; the bare ratings stay and lead to nobody.

    Args:
        session: whoever opened it commits.
        key: of this installation.
        sender: name of the conversation in the tracker store.
        answer_ids: of the answers in it.
    """
    name = sender_name(key, sender)
    sent = select(sent_answers.c.answer).where(sent_answers.c.sender == name)
    commented = select(comment_authors.c.rating).where(comment_authors.c.sender == name)
    kept_under = {*answer_ids, *session.execute(sent).scalars(), *session.execute(commented).scalars()}
    if kept_under:
        clear = update(ratings).where(ratings.c.answer == bindparam("name")).values(comment=None)
        session.execute(clear, [{"name": rating_name(key, answer)} for answer in sorted(kept_under)])
    for table in (sent_answers, comment_authors):
        session.execute(delete(table).where(table.c.sender == name))


def rating_name(key: bytes, answer_id: str) -> str:
    """What a rating is kept under, in place of the answer's id."""
    return keyed_hash(key, "feedback", answer_id)
