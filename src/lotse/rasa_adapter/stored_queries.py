"""Questions to Rasa's table of events that ours ask instead of Rasa's own, each a single one to the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import SessionStarted, SlotSet
from sqlalchemy import func, literal, or_, select, true
from sqlalchemy.orm import Session

from lotse.rasa_adapter.message_index import query_of_message
from lotse.rasa_adapter.stored_rows import readable

_SPOKEN = ("user", "bot")
# Messages of one turn: one question, hardly more than one answer.
_LONGEST_TURN = 20


@dataclass(frozen=True)
class BeforeTurn:
    """What is stored of a conversation when a message comes.

    Attributes:
        begun: whether anything is.
        turn: the message and what was said to it, if it came before; empty if not.
        last: the last message of either side; None if there is none that can be read.
    """

    begun: bool
    turn: list[dict[str, Any]]
    last: dict[str, Any] | None


def before_turn(session: Session, table: Any, sender_id: str, message_id: str) -> BeforeTurn:
    """What is stored of a conversation when a message comes. Only a message that came before needs a second question.

    Args:
        table: Rasa's, of events.
        message_id: as the channel gave it; one that version 0.1.0 stored counts as unknown.
    """
    of_sender = table.sender_id == sender_id
    anything = select(table.id).where(of_sender).limit(1).scalar_subquery()
    spoken = select(table.id, table.data).where(of_sender, table.type_name.in_(_SPOKEN))
    last = spoken.order_by(table.id.desc()).limit(1).subquery()
    known = query_of_message(sender_id, message_id)
    first = literal(None) if known is None else known.scalar_subquery()
    # One row, also where nothing has been said.
    one = select(literal(1)).subquery().outerjoin(last, true())
    columns = (anything, last.c.id, last.c.data, first)
    begun, number, newest, row = session.execute(select(*columns).select_from(one)).one()
    said = [] if newest is None else list(readable([(number, newest)]))
    turn = [] if row is None else _turn(session, table, sender_id, message_id, int(row))
    return BeforeTurn(begun is not None, turn, said[0] if said else None)


def _turn(session: Session, table: Any, sender_id: str, message_id: str, first: int) -> list[dict[str, Any]]:
    later = messages_of(session, table, sender_id).filter(table.id >= first).order_by(table.id)
    events = list(readable(later.limit(_LONGEST_TURN).all()))
    if not events or events[0].get("message_id") != message_id:
        return []
    end = next((n for n, event in enumerate(events) if n and event["event"] == "user"), len(events))
    return events[:end]


def messages_of(session: Session, table: Any, sender_id: str) -> Any:
    """Number and data of what was said in a conversation, in no order."""
    messages = session.query(table.id, table.data)
    return messages.filter(table.sender_id == sender_id, table.type_name.in_(_SPOKEN))


def of_last_turns(session: Session, table: Any, sender_id: str, loaded_events: int) -> Any:
    """The last events of Rasa's last session, and the last slot set, wherever it is.

    Args:
        loaded_events: how many.
    """
    number = table.id
    everything = session.query(table).filter(table.sender_id == sender_id)
    # Rasa compares times instead of numbers: after the clock has been set back, it leaves out what was said last.
    starts = session.query(func.max(number)).filter(
        table.sender_id == sender_id, table.type_name == SessionStarted.type_name
    )
    unordered = everything.filter(number >= func.coalesce(starts.scalar_subquery(), 0))
    newest = unordered.with_entities(number).order_by(number.desc()).limit(loaded_events).subquery()
    first = session.query(func.min(newest.c.id)).scalar_subquery()
    # The memory is set in every turn that does not fail; after many that do it stands further back.
    slots = unordered.filter(table.type_name == SlotSet.type_name)
    memory = slots.with_entities(number).order_by(number.desc()).limit(1).subquery()
    last = session.query(memory.c.id).scalar_subquery()
    return unordered.filter(or_(number >= first, number == last)).order_by(number)
