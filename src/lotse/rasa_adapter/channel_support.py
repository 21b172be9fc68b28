"""What Rasa wants from a channel, and what it hides from one."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

TRACKER_STORE = "lotse.rasa_adapter.tracker_store.ForgettingTrackerStore"


class TurnOutput(CollectingOutputChannel):
    """Collects the messages of one turn, text and payload together. A channel's own output adds its name."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the parts of a response together; Rasa's own channels send them as separate messages."""
        if message.get("text") or message.get("custom"):
            self.messages.append({"text": message.get("text") or "", "custom": message.get("custom") or {}})


def store_of(agent: Any) -> Any:
    """Our tracker store itself; Rasa wraps it in another one that knows nothing of what ours can do."""
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store
