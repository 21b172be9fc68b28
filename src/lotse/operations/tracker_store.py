"""A tracker store that really forgets.

Rasa's SQL store has no way to delete a conversation; a slot reset leaves every message in the database. When the person
asks to be forgotten, this store deletes the rows instead of adding to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

ERASE_SLOT = "erase"


class ForgettingTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store, plus erasure.

    Settings (`endpoints.yml`): as for Rasa's `SQL` store, with this class as `type`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        database = kwargs.get("db")
        if kwargs.get("dialect", "sqlite") == "sqlite" and database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(*args, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store new events, or delete the conversation if it asked for that in its last turn."""
        if wants_erasure(tracker):
            self.delete(tracker.sender_id)
            return
        await super().save(tracker)

    def delete(self, sender_id: str) -> None:
        """Delete every event of a conversation."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter_by(sender_id=sender_id).delete()
            session.commit()


def wants_erasure(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn ended in “forget me”."""
    last: Any = next((event for event in reversed(tracker.events) if isinstance(event, SlotSet)), None)
    return bool(last is not None and last.key == ERASE_SLOT and last.value)
