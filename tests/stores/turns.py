"""Turns of a conversation, stored as Rasa does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

KEY = b"k" * 32
NOW = 1_800_000_000.0
Make = Callable[[], ForgettingTrackerStore]


def say(store: ForgettingTrackerStore, text: str, sender: str = "someone", at: float = NOW) -> None:
    """One turn, stored as Rasa does; its message and its answer are named by the text."""
    tracker = asyncio.run(store.retrieve(sender)) or DialogueStateTracker(sender, store.domain.slots)
    payload = {"type": "guidance", "answer_id": f"answer to {text}", "follow_ups": []}
    for event in (
        UserUttered(text, message_id=text, timestamp=at),
        SlotSet("memory", {"last": text}, timestamp=at),
        BotUttered(f"Antwort auf {text}", {"custom": payload}, timestamp=at),
    ):
        tracker.update(event)
    asyncio.run(store.save(tracker))


def texts(store: ForgettingTrackerStore, sender: str = "someone") -> list[str]:
    return [event["text"] for event in store.messages(sender, 100) if event["event"] == "user"]
