"""Which row of the tracker store holds which message: a table of ours beside Rasa's events.

A channel names each message, and sends it again under the same name if it got no answer. Rasa keeps the name inside the
event's JSON only, where finding it means reading every message of the conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, delete, select
from sqlalchemy.orm import Session

from lotse.rasa_adapter.rating_tables import dialect_insert

metadata = MetaData()

# No name of our channels is longer. What only another channel can give is never known again: a longer name, or one with
# characters that a database does not take.
_LONGEST_ID = 255

messages = Table(
    "messages",
    metadata,
    # Name of the conversation, as in Rasa's table "events".
    Column("sender", String(255), primary_key=True),
    # Name of the message, as the channel gave it.
    Column("message", String(_LONGEST_ID), primary_key=True),
    # Number of its row in "events".
    Column("event", Integer, nullable=False),
)


def note_messages(session: Session, sender: str, stored: Iterable[tuple[str, int]]) -> None:
    """Remember where messages are; a name that is known already leads to the newest row.

    Args:
        session: that stores the messages; whoever opened it commits.
        sender: name of the conversation.
        stored: name and row number of each message.
    """
    for name, number in stored:
        if _is_usable(name):
            row = {"sender": sender, "message": name, "event": number}
            insert = dialect_insert(session)(messages).values(row)
            session.execute(insert.on_conflict_do_update(index_elements=list(messages.primary_key.columns), set_=row))


def query_of_message(sender: str, name: str) -> Any:
    """A query of the number of a message's row; None if there can be no such message.

    Args:
        sender: name of the conversation.
        name: of the message.
    """
    if not _is_usable(name):
        return None
    columns = messages.c
    return select(columns.event).where(columns.sender == sender, columns.message == name)


def forget_messages(session: Session, sender: str) -> None:
    """Delete every name of a conversation's messages.

    Args:
        session: whoever opened it commits.
        sender: name of the conversation.
    """
    session.execute(delete(messages).where(messages.c.sender == sender))


def _is_usable(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_ID and name.isprintable()
