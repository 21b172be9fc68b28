"""Deletes what is older than the operator keeps: events, names of messages, comments, what leads to an answer, and
what is kept to improve the guide.

Done in small pieces, each in a transaction of its own, so that nobody who asks in the meantime has to wait.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Protocol

from rasa.shared.exceptions import RasaException
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lotse import paths
from lotse.content.improvement import load_improvement
from lotse.rasa_adapter.improvement_tables import purge_improvement
from lotse.rasa_adapter.message_index import messages
from lotse.rasa_adapter.rating_tables import comment_authors, rating_name, ratings, sent_answers

logger = logging.getLogger(__name__)

DEFAULT_DAYS = 30
ROWS_AT_ONCE = 500
_EVERY_SECONDS = 3600.0
_FIRST_SECONDS = 300.0
_EPOCH = date(1970, 1, 1)


class Store(Protocol):
    """The tracker store, as far as it is needed here."""

    SQLEvent: Any
    retention_days: int

    def session_scope(self) -> AbstractContextManager[Session]:
        """A session of the database."""
        ...

    def purge(self, days: int, now: float | None = None) -> Purged:
        """Delete what is older than so many days."""
        ...


@dataclass(frozen=True)
class Purged:
    """What was deleted.

    Attributes:
        events: rows of conversations.
        comments: comments on answers.
        questions: that people gave to improve the guide.
    """

    events: int
    comments: int
    questions: int = 0


def checked_days(given: object) -> int:
    """The setting of `endpoints.yml`.

    Raises:
        RasaException: it is no whole number of days.
    """
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise RasaException(
            f"endpoints.yml, tracker_store: retention_days is {given!r} and must be a whole number of days, at least 1."
        )
    return given


def purge(store: Store, key: bytes, days: int, now: float) -> Purged:
    """Delete what is older than so many days, conversations that are still under way included.

    Given questions and counts have days of their own, in ``data/improvement.yml``.

    Args:
        store: the tracker store.
        key: of this installation.
        days: at least 1.
        now: seconds since 1970.

    Raises:
        SQLAlchemyError: the database cannot be used; what was deleted before stays deleted.
        ContentError: ``data/improvement.yml`` cannot be read; what comes before it is deleted.
    """
    before = now - days * 86_400
    events = 0
    while count := _delete_some_events(store, before):
        events += count
    first_day = datetime.fromtimestamp(now, timezone.utc).date() - timedelta(days=days)
    comments = _delete_comments(store, key, first_day)
    with store.session_scope() as session:
        questions = purge_improvement(
            session, load_improvement(paths.data()), datetime.fromtimestamp(now, timezone.utc).date()
        )
        session.commit()
    return Purged(events, comments, questions)


def _delete_some_events(store: Store, before: float) -> int:
    table = store.SQLEvent
    with store.session_scope() as session:
        oldest = session.query(table.id).filter(table.timestamp < before).order_by(table.id).limit(ROWS_AT_ONCE)
        numbers = [number for (number,) in oldest]
        if numbers:
            session.execute(delete(messages).where(messages.c.event.in_(numbers)))
            session.query(table).filter(table.id.in_(numbers)).delete(synchronize_session=False)
            session.commit()
    return len(numbers)


def _delete_comments(store: Store, key: bytes, first_day: date) -> int:
    """Comments given before a day, and what leads from an answer or a comment of that time to a conversation."""
    with store.session_scope() as session:
        old = (ratings.c.day < first_day.isoformat()) & ratings.c.comment.is_not(None)
        count = int(session.execute(update(ratings).where(old).values(comment=None)).rowcount)
        session.execute(delete(sent_answers).where(sent_answers.c.day < (first_day - _EPOCH).days))
        commented = set(session.execute(select(ratings.c.answer).where(ratings.c.comment.is_not(None))).scalars())
        known = session.execute(select(comment_authors.c.rating)).scalars()
        leads_nowhere = [name for name in known if rating_name(key, name) not in commented]
        for start in range(0, len(leads_nowhere), ROWS_AT_ONCE):
            some = leads_nowhere[start : start + ROWS_AT_ONCE]
            session.execute(delete(comment_authors).where(comment_authors.c.rating.in_(some)))
        session.commit()
    return count


def keep_purging(
    store: Store, first: float = _FIRST_SECONDS, every: float = _EVERY_SECONDS, clock: Callable[[], float] = time.time
) -> threading.Thread:
    """Delete what is too old now and again, as long as the store is used, in a thread that ends with the process.

    Args:
        store: the tracker store.
        first: seconds until the first time, so that a start is not slowed down.
        every: seconds between two times.
        clock: seconds since 1970.
    """
    known, pause = weakref.ref(store), threading.Event()

    def work() -> None:
        seconds = first
        while not pause.wait(seconds) and purge_once(known, clock):
            seconds = every

    thread = threading.Thread(target=work, name="retention", daemon=True)
    thread.start()
    return thread


def purge_once(known: weakref.ref[Store], clock: Callable[[], float]) -> bool:
    """Whether to go on: the store is still there."""
    store = known()
    if store is None:
        return False
    try:
        purged = store.purge(store.retention_days, clock())
    except Exception as error:
        logger.error("What is older than %d days was not deleted (%s). Tried again later.", store.retention_days, error)
        return True
    if purged.events or purged.comments:
        text = "Deleted after %d days: %d events, %d comments."
        logger.info(text, store.retention_days, purged.events, purged.comments)
    if purged.questions:
        logger.info("Deleted because of their age: %d questions that people gave.", purged.questions)
    return True
