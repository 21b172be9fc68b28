"""A tracker store that really forgets, and that stays as fast in a long conversation as in a short one.

Rasa's SQL store has no way to delete a conversation; a slot reset leaves every message in the database. When the person
asks to be forgotten, this store deletes the rows instead of adding to them.

It also reads every event of a conversation back on each turn, which made the 150th turn three times as slow as the
first. Ours depend on the last turn and its slots only, so this store reads the last few events and the last slot set;
all stay stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func, or_, text

from lotse.rasa_names import ERASE_SLOT

_STORED = "lotse_stored_events"
# Messages of one turn: one question, hardly more than one answer.
_LONGEST_TURN = 20


class ForgettingTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store, plus erasure, reading only what a turn needs.

    Settings (`endpoints.yml`): as for Rasa's `SQL` store, with this class as `type`, and
        loaded_events: how many of a conversation's last events a turn sees; a turn adds about six.
    """

    def __init__(self, *args: Any, loaded_events: int = 12, **kwargs: Any) -> None:
        self.loaded_events = int(loaded_events)
        database = kwargs.get("db")
        if kwargs.get("dialect", "sqlite") == "sqlite" and database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(*args, **kwargs)
        # An error of the database is logged by Rasa as it is, and would quote the message that could not be stored.
        self.engine.hide_parameters = True

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store new events, or delete the conversation if it asked for that in its last turn."""
        if wants_erasure(tracker):
            self.delete(tracker.sender_id)
            return
        await super().save(tracker)
        setattr(tracker, _STORED, len(tracker.events))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation with its last events."""
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            # What is new at the next save cannot be counted in the database any more: it holds more than was read.
            setattr(tracker, _STORED, len(tracker.events))
        return tracker

    def _event_query(self, session: Any, sender_id: str, fetch_events_from_all_sessions: bool) -> Any:
        query = super()._event_query(session, sender_id, fetch_events_from_all_sessions)
        if fetch_events_from_all_sessions:
            return query
        number = self.SQLEvent.id
        unordered = query.order_by(None)
        newest = unordered.with_entities(number).order_by(number.desc()).limit(self.loaded_events).subquery()
        first = session.query(func.min(newest.c.id)).scalar_subquery()
        # The memory is set in every turn that does not fail; after many that do it stands further back.
        slots = unordered.filter(self.SQLEvent.type_name == SlotSet.type_name)
        memory = slots.with_entities(number).order_by(number.desc()).limit(1).subquery()
        last = session.query(memory.c.id).scalar_subquery()
        return unordered.filter(or_(number >= first, number == last)).order_by(number)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        stored = getattr(tracker, _STORED, None)
        if stored is None:
            return super()._additional_events(session, tracker)
        return islice(tracker.events, stored, len(tracker.events))

    def delete(self, sender_id: str) -> None:
        """Delete every event of a conversation."""
        with self.session_scope() as session:
            if self.engine.dialect.name == "sqlite":
                # Otherwise the text stays readable in the file until something else is written over it.
                session.execute(text("PRAGMA secure_delete = ON"))
            session.query(self.SQLEvent).filter_by(sender_id=sender_id).delete()
            session.commit()

    def exists(self, sender_id: str) -> bool:
        """Whether anything of a conversation is stored."""
        with self.session_scope() as session:
            return session.query(self.SQLEvent.id).filter_by(sender_id=sender_id).first() is not None

    def said(self, sender_id: str, newest: int) -> list[dict[str, Any]]:
        """What was said in a conversation, across Rasa's sessions, as events in their order.

        Reads the messages only: rebuilding a tracker from all events takes many times longer.

        Args:
            newest: how many messages at most, counted from the end.
        """
        with self.session_scope() as session:
            rows = self._messages(session, sender_id).order_by(self.SQLEvent.id.desc()).limit(newest).all()
        return [json.loads(data) for (data,) in reversed(rows)]

    def turn(self, sender_id: str, message_id: str) -> list[dict[str, Any]]:
        """One message and what was said after it, up to the next message; empty if there is no such message.

        Args:
            message_id: as the channel gave it; must hold no wildcard of SQL.
        """
        table = self.SQLEvent
        with self.session_scope() as session:
            like = f'%"message_id": "{message_id}"%'
            asked = self._messages(session, sender_id).filter(table.type_name == "user", table.data.like(like))
            first = asked.with_entities(table.id).order_by(table.id).first()
            if first is None:
                return []
            later = self._messages(session, sender_id).filter(table.id >= first[0]).order_by(table.id)
            events = [json.loads(data) for (data,) in later.limit(_LONGEST_TURN).all()]
        end = next((n for n, event in enumerate(events) if n and event["event"] == "user"), len(events))
        return events[:end]

    def _messages(self, session: Any, sender_id: str) -> Any:
        table = self.SQLEvent
        return session.query(table.data).filter(table.sender_id == sender_id, table.type_name.in_(("user", "bot")))


def wants_erasure(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn ended in “forget me”."""
    last: Any = next((event for event in reversed(tracker.events) if isinstance(event, SlotSet)), None)
    return bool(last is not None and last.key == ERASE_SLOT and last.value)
