"""What Rasa wants from a channel, and what it hides from one."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel

from lotse.rasa_adapter import patches
from lotse.rasa_adapter.stored_messages import Event, bot_event
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

TRACKER_STORE = f"{ForgettingTrackerStore.__module__}.{ForgettingTrackerStore.__qualname__}"


class UnsuitableStoreError(RuntimeError):
    """The tracker store of ``endpoints.yml`` is not ours."""

    def __init__(self) -> None:
        super().__init__(f"The channels need tracker_store: type: {TRACKER_STORE} in endpoints.yml.")


class ServedChannel(InputChannel):
    """A channel of Rasa's server that hands messages to the agent itself. Making one applies the patches.

    Attributes:
        app: the Sanic application; None before the server has started.
    """

    def __init__(self) -> None:
        patches.apply()
        self.app: Any = None

    def agent(self) -> Any:
        """Rasa's agent; None while no model is loaded."""
        return getattr(self.app.ctx, "agent", None) if self.app is not None else None


class TurnOutput(OutputChannel):
    """Collects what the assistant says in one turn, text and payload together.

    Args:
        channel: its name in the tracker.

    Attributes:
        said: the messages as they are stored.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.said: list[Event] = []

    def name(self) -> str:
        """Name in the tracker. Rasa's own channels have one for the class; it asks the object."""
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the parts of a response together; Rasa's own channels send them as separate messages."""
        text, payload = message.get("text") or "", message.get("custom") or {}
        if text or payload:
            self.said.append(bot_event(text, payload, float(message.get("timestamp") or 0)))


def store_of(agent: Any) -> ForgettingTrackerStore:
    """Our tracker store itself; Rasa wraps it in another one that knows nothing of what ours can do.

    Raises:
        UnsuitableStoreError: `endpoints.yml` names another one.
    """
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    if not isinstance(store, ForgettingTrackerStore):
        raise UnsuitableStoreError
    return store
