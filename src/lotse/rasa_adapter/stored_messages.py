"""Messages as they are stored: functions over the events of Rasa's tracker; what cannot be read is logged."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

logger = logging.getLogger(__name__)

# As Rasa's `Event.as_dict` writes it: `event` is "user" or "bot", with `text`, `timestamp` and `metadata`; a message of
# the person has a `message_id`, one of the assistant the payload of its answer under `data.custom`.
Event = Mapping[str, Any]


def is_message(event: Any) -> bool:
    """Whether something from a database has the shape that the functions here expect of an event."""
    if not isinstance(event, dict) or event.get("event") not in ("user", "bot"):
        return False
    parts = (event.get("metadata"), event.get("data"))
    when = event.get("timestamp")
    return all(part is None or isinstance(part, dict) for part in parts) and isinstance(when, int | float | None)


def bot_event(text: str, payload: Mapping[str, Any], at: float) -> Event:
    """A message of the assistant, as Rasa stores it.

    Args:
        text: as plain text.
        payload: of the answer.
        at: seconds since 1970.
    """
    return {"event": "bot", "text": text, "timestamp": at, "data": {"custom": payload}}


def guidance_of(event: Event) -> dict[str, Any]:
    """The payload of an answer; empty if the assistant said something else, or nothing readable."""
    custom = (event.get("data") or {}).get("custom")
    return custom if isinstance(custom, dict) and custom.get("type") == "guidance" else {}


def answer_id(event: Event, turn: str, position: int) -> str:
    """The id of an answer: its own, else one that is the same every time the same event is shown.

    Args:
        turn: id of the message it answers; empty for the greeting.
        position: how many answers that message had before.
    """
    own = str(guidance_of(event).get("answer_id") or "")
    seed = f"{turn}\0{position}\0{event.get('timestamp')}"
    return own or hashlib.sha256(seed.encode()).hexdigest()[:32]


def answer_ids(events: Iterable[Event]) -> list[str]:
    """The ids of all answers.

    Args:
        events: messages of both sides in their order.
    """
    found = []
    turn, position = "", 0
    for event in events:
        if event.get("event") == "user":
            turn, position = str(event.get("message_id") or ""), 0
        else:
            found.append(answer_id(event, turn, position))
            position += 1
    return found
