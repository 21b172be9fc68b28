"""A tracker store that really forgets, raises when it fails, and stays fast in a long conversation.

Rasa's SQL store has no way to delete a conversation; a slot reset leaves every message in the database. When the person
asks to be forgotten, this store deletes the rows, and what was said about them, instead of adding to them.

It also reads every event of a conversation back on each turn, which made the 150th turn three times as slow as the
first. Ours depend on the last turn and its slots only, so this store reads the last few events and the last slot set;
all stay stored.

What cannot be read or stored raises an error: a turn must not be answered from nothing, and nothing that is still there
may be called deleted. A row that cannot be read is left out.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore, validate_port
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from lotse import paths
from lotse.metrics import store_work
from lotse.rasa_adapter import (
    connections,
    improvement_tables,
    message_index,
    patches,
    rating_tables,
    schema_version,
    stored_queries,
)
from lotse.rasa_adapter.names import ERASE_SLOT
from lotse.rasa_adapter.ratings_import import FILE, import_ratings
from lotse.rasa_adapter.retention import DEFAULT_DAYS, Purged, checked_days, keep_purging, purge
from lotse.rasa_adapter.store_threads import StoreThreads, commit_nothing_given_up
from lotse.rasa_adapter.stored_messages import answer_ids
from lotse.rasa_adapter.stored_rows import event_of, readable, row_of
from lotse.secret_key import secret_key

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_STORED = "lotse_stored_events"


class ForgettingTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store, plus erasure, reading only what a turn needs. For SQLite and PostgreSQL.

    Settings (`endpoints.yml`): as for Rasa's `SQL` store, with this class as `type`, and
        loaded_events: how many of a conversation's last events a turn sees; a turn adds about six.
        retention_days: what is older is deleted by the server itself, every hour; at least 1.

    Attributes:
        preparing: held while the tables are made and brought to the version of this program; nobody uses them before.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        dialect: str = "sqlite",
        host: str | None = None,
        port: int | None = None,
        db: str = "rasa.db",
        username: str | None = None,
        password: str | None = None,
        event_broker: EventBroker | None = None,
        login_db: str | None = None,
        query: dict[str, Any] | None = None,
        loaded_events: int = 12,
        retention_days: int = DEFAULT_DAYS,
        **kwargs: Any,
    ) -> None:
        # `rasa shell` has no channel of ours; whatever stores conversations masks messages first.
        patches.apply()
        self.loaded_events = int(loaded_events)
        self.retention_days = checked_days(retention_days)
        address = self.get_db_url(dialect, host, validate_port(port), db, username, password, None, query)
        self._url = make_url(address)
        self._login_db = login_db
        # Read once, as the channels do: comments are kept under names made with it.
        self._key = secret_key(paths.private_folder())
        self._is_prepared, self.preparing = False, threading.RLock()
        # Not SQLTrackerStore's own: it waits for ever, or never makes the tables again.
        TrackerStore.__init__(self, domain, event_broker, **kwargs)
        self.engine, self._file = connections.connect_lazily(self._url)
        self.sessionmaker = sessionmaker(bind=self.engine)
        listen(self.sessionmaker, "before_commit", commit_nothing_given_up)
        # A database in memory belongs to one thread.
        self.threads = StoreThreads() if self._file is not None or dialect != "sqlite" else None
        try:
            self._prepare()
        except (SQLAlchemyError, OSError) as error:
            logger.error(
                "The tracker store of endpoints.yml cannot be used: %s. Every message is answered with an error until "
                "it can; a new start is not needed.",
                error,
            )
        keep_purging(self)

    def _prepare(self) -> None:
        """Make what is missing: folder, database, tables. Takes over what earlier versions left."""
        self._is_prepared = False
        if self._file is not None:
            self._file.make_folder()
        if self._login_db is not None and self._url.get_backend_name() == "postgresql":
            login = sqlalchemy.create_engine(self._url.set(database=self._login_db))
            self._create_database(login, self._url.database)
            login.dispose()
        for metadata in (module.metadata for module in (self.Base, rating_tables, message_index, schema_version)):
            try:
                metadata.create_all(self.engine)
            except DBAPIError:
                # Another server may have made them in the same moment.
                metadata.create_all(self.engine)
        schema_version.migrate(self._session)
        # Not before: other threads go on as soon as it is set.
        self._is_prepared = True
        import_ratings(self, (self._file.path.parent if self._file is not None else paths.private_folder()) / FILE)

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session; tables that have gone are made again before it. What is not committed is rolled back.

        Raises:
            SQLAlchemyError: the database cannot be used.
            RasaException: the schema named in the environment does not exist.
        """
        if self._is_missing():
            with self.preparing:
                if self._is_missing():
                    self._prepare()
        with self._session() as session:
            yield session

    def _is_missing(self) -> bool:
        return not self._is_prepared or (self._file is not None and self._file.is_empty())

    @contextmanager
    def _session(self) -> Iterator[Session]:
        session = self.sessionmaker()
        try:
            connections.check_schema(session)
            yield session
        except SQLAlchemyError:
            # Perhaps because a table has gone: the next session looks.
            self._is_prepared = False
            raise
        finally:
            session.close()

    def read(self, work: Callable[[Session], Result]) -> Result:
        """What `work` reads; once more if the connection had been cut while nobody used it.

        Raises:
            SQLAlchemyError: the database cannot be used.
        """
        try:
            return self._read_once(work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._read_once(work)

    def write(self, work: Callable[[Session], None], again: bool = True) -> None:
        """Store what `work` changes, in one transaction; once more if the connection had been cut before its end.

        Raises:
            SQLAlchemyError: nothing is stored, or it is not known whether the end of the transaction arrived.
        """
        ending = False
        try:
            with self.session_scope() as session:
                work(session)
                ending = True
                session.commit()
                return
        except DBAPIError as error:
            if ending or not again or not error.connection_invalidated:
                raise
        self.write(work, again=False)

    def _read_once(self, work: Callable[[Session], Result]) -> Result:
        with self.session_scope() as session, connections.without_transaction(session):
            return work(session)

    async def in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What a function of this store returns, without stopping the event loop meanwhile.

        Args:
            work: such as `exists`; reads or stores, and returns nothing that reads later.
            arguments: of `work`.

        Raises:
            StoreTimeoutError: the database does not answer.
            Exception: whatever `work` raises.
        """
        with store_work():
            return work(*arguments) if self.threads is None else await self.threads.run(work, *arguments)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store new events, or delete the conversation if it asked for that in its last turn."""
        if wants_erasure(tracker):
            await self.in_thread(self.delete, tracker.sender_id)
            return
        await self.stream_events(tracker)
        await self.in_thread(self._store_new, tracker)

    def _store_new(self, tracker: DialogueStateTracker) -> None:
        # Not SQLTrackerStore's own: it commits before the rows of the messages can be noted.
        def add(session: Session) -> None:
            events = list(self._additional_events(session, tracker))
            rows = [self._row(tracker.sender_id, event) for event in events]
            session.add_all([row for row, _ in rows])
            session.flush()
            named = [(message_id, int(row.id)) for row, message_id in rows if message_id is not None]
            message_index.note_messages(session, tracker.sender_id, named)
            improvement_tables.keep(session, self._key, tracker.sender_id, [event.as_dict() for event in events])

        self.write(add)
        setattr(tracker, _STORED, len(tracker.events))
        if self._file is not None:
            self._file.catch_up(self.engine)

    def _row(self, sender_id: str, event: Event) -> tuple[Any, str | None]:
        """The row of an event in Rasa's table, and the name of the message if it is one of the person."""
        data = event.as_dict()
        row = self.SQLEvent(
            sender_id=sender_id,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=row_of(data),
        )
        message_id = data.get("message_id") if isinstance(event, UserUttered) else None
        return row, message_id if isinstance(message_id, str) else None

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation with its last events."""
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            # What is new at the next save cannot be counted in the database any more: it holds more than was read.
            setattr(tracker, _STORED, len(tracker.events))
        return tracker

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        return await self.in_thread(self._read, sender_id, fetch_events_from_all_sessions)

    def _read(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        def rows_of(session: Session) -> Any:
            query = self._event_query(session, sender_id, fetch_events_from_all_sessions)
            return query.with_entities(self.SQLEvent.id, self.SQLEvent.data).all()

        rows = self.read(rows_of)
        events = [event for number, data in rows if (event := event_of(number, data)) is not None]
        if rows and not events:
            raise RasaException("No event of a conversation can be read; the lines above name the rows.")
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots) if events else None

    def _event_query(self, session: Any, sender_id: str, fetch_events_from_all_sessions: bool) -> Any:
        if fetch_events_from_all_sessions:
            return session.query(self.SQLEvent).filter_by(sender_id=sender_id).order_by(self.SQLEvent.id)
        return stored_queries.of_last_turns(session, self.SQLEvent, sender_id, self.loaded_events)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        stored = getattr(tracker, _STORED, None)
        if stored is None:
            return super()._additional_events(session, tracker)
        return islice(tracker.events, stored, len(tracker.events))

    def delete(self, sender_id: str) -> None:
        """Delete a conversation and what was said about its answers, in one transaction.

        Raises:
            SQLAlchemyError: nothing was deleted.
        """

        def forget(session: Session) -> None:
            rows = stored_queries.messages_of(session, self.SQLEvent, sender_id).order_by(self.SQLEvent.id).all()
            rating_tables.forget_comments(session, self._key, sender_id, answer_ids(readable(rows)))
            improvement_tables.forget_questions(session, self._key, sender_id)
            session.query(self.SQLEvent).filter_by(sender_id=sender_id).delete(synchronize_session=False)
            message_index.forget_messages(session, sender_id)

        self.write(forget)
        if self._file is not None:
            self._file.empty_log(self.engine)

    def ping(self) -> None:
        """Ask the database for an answer, and SQLite whether it could be written to.

        Raises:
            SQLAlchemyError: it cannot be used.
        """
        with self.session_scope() as session:
            if self._file is not None:
                session.execute(text("begin immediate"))
            session.execute(text("select 1"))

    def check(self) -> None:
        """Let SQLite look through its file for damage; takes as long as reading it.

        Raises:
            SQLAlchemyError: the file is damaged, or cannot be read.
        """
        if self._file is None:
            return
        with self.session_scope() as session:
            found = session.execute(text("pragma quick_check(1)")).scalar()
        if found != "ok":
            raise OperationalError("pragma quick_check", {}, Exception(f"malformed: {found}"), hide_parameters=True)

    def purge(self, days: int, now: float | None = None) -> Purged:
        """Delete what is older than so many days.

        Raises:
            SQLAlchemyError: the database cannot be used; what was deleted before stays deleted.
        """
        purged = purge(self, self._key, days, time.time() if now is None else now)
        if self._file is not None and (purged.events or purged.comments or purged.questions):
            self._file.empty_log(self.engine)
        return purged

    def exists(self, sender_id: str) -> bool:
        """Whether anything of a conversation is stored."""
        return (
            self.read(lambda session: session.query(self.SQLEvent.id).filter_by(sender_id=sender_id).first())
            is not None
        )

    def messages(self, sender_id: str, newest: int) -> list[dict[str, Any]]:
        """What was said in a conversation, across Rasa's sessions, as events in their order.

        Reads the messages only: rebuilding a tracker from all events takes many times longer.

        Args:
            newest: how many messages at most, counted from the end.
        """

        def latest(session: Session) -> Any:
            said = stored_queries.messages_of(session, self.SQLEvent, sender_id)
            return said.order_by(self.SQLEvent.id.desc()).limit(newest).all()

        return list(readable(reversed(self.read(latest))))

    def before_turn(self, sender_id: str, message_id: str) -> stored_queries.BeforeTurn:
        """What a channel has to know before a message is worked on, in one question to the database.

        Args:
            message_id: as the channel gave it.
        """
        return self.read(lambda session: stored_queries.before_turn(session, self.SQLEvent, sender_id, message_id))

    def answers_holding(self, sender_id: str, name: str, value: str) -> Iterator[dict[str, Any]]:
        """What the assistant said in a conversation that holds a field with a value somewhere, the newest first.

        Reads the conversation's answers, and no other: it is called for a rating or a handover, not in a turn, and an
        index of answers would add a row to every turn.

        Args:
            name: of the field in the payload, such as ``answer_id``.
            value: of the field; may come from anybody.
        """
        # As `json.dumps` writes it.
        field = f"{json.dumps(name)}: {json.dumps(value)}"

        def said(session: Session) -> Any:
            found = stored_queries.messages_of(session, self.SQLEvent, sender_id)
            return found.filter(self.SQLEvent.type_name == "bot").order_by(self.SQLEvent.id.desc()).all()

        return (event for event in readable(self.read(said)) if field in json.dumps(event))


def wants_erasure(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn ended in “forget me”."""
    last: Any = next((event for event in reversed(tracker.events) if isinstance(event, SlotSet)), None)
    return bool(last is not None and last.key == ERASE_SLOT and last.value)
