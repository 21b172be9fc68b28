"""What was said in a conversation, as a channel shows it: pure functions over the events of Rasa's tracker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from lotse.answering.answer import Answer
from lotse.conversation.message import Message
from lotse.rasa_adapter.stored_messages import Event, answer_id, guidance_of
from lotse.secret_key import keyed_hash


def iso(seconds: float) -> str:
    """A time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


Item = dict[str, Any]

NEWEST = 200
# Our part of the metadata of a message in the tracker.
MARK = "lotse"


def metadata_of(message: Message, label: str | None, key: bytes) -> dict[str, Any]:
    """What is kept with a message, to know a retry from another message and to show a picked choice by its label.

    Args:
        label: of the choice, if one was picked.
        key: the text itself may hold personal data, so only its keyed hash is kept.
    """
    mark: dict[str, Any] = {"body": keyed_hash(key, "message", message.body)}
    return {MARK: {**mark, "label": label} if label else mark}


def is_retry(event: Event, message: Message, key: bytes) -> bool:
    """Whether a message with the same id, found in the tracker, is the same message."""
    mark = (event.get("metadata") or {}).get(MARK) or {}
    return bool(mark.get("body") == keyed_hash(key, "message", message.body))


def transcript(events: Iterable[Event]) -> list[Item]:
    """Everything said, oldest first, the newest `NEWEST` of it.

    Args:
        events: messages of both sides in their order.
    """
    items: list[Item] = []
    labels: dict[str, str] = {}
    turn, position = "", 0
    for event in events:
        if event.get("event") == "user":
            item = user_item(event, labels)
            turn, position = item["id"], 0
            items.append(item)
        elif event.get("event") == "bot":
            item = assistant_item(event, turn, position)
            labels |= {offer["payload"]: offer["label"] for offer in item["guidance"]["follow_ups"]}
            position += 1
            items.append(item)
    return items[-NEWEST:]


def answers(events: Iterable[Event]) -> list[Item]:
    """What the assistant said in one turn.

    Args:
        events: the message, and what was said after it.
    """
    question, *said = events
    turn = str(question.get("message_id") or "")
    replies = [event for event in said if event.get("event") == "bot"]
    return [assistant_item(event, turn, position) for position, event in enumerate(replies)]


def offers(events: Iterable[Event]) -> dict[str, str]:
    """Every choice offered, payload to label."""
    return {
        str(offer.get("payload")): str(offer.get("label"))
        for event in events
        if event.get("event") == "bot"
        for offer in (guidance_of(event).get("follow_ups") or [])
    }


def offered_offices(items: Iterable[Item]) -> dict[str, str]:
    """Every office that a question could be handed over to, id to label.

    Args:
        items: a transcript.
    """
    return {
        str(office.get("id")): str(office.get("label"))
        for item in items
        if item["from"] == "assistant"
        for office in (item["guidance"].get("handover") or {}).get("offices") or []
    }


def user_item(event: Event, labels: Mapping[str, str]) -> Item:
    """One message of the person; a picked choice as the label it had."""
    text = str(event.get("text") or "")
    mark = (event.get("metadata") or {}).get(MARK) or {}
    if text.startswith("/"):
        text = str(mark.get("label") or labels.get(text) or text)
    return {"id": str(event.get("message_id") or ""), "from": "user", "at": _at(event), "text": text}


def assistant_item(event: Event, turn: str, position: int) -> Item:
    """One message of the assistant.

    Args:
        turn: id of the message it answers; empty for the greeting.
        position: how many answers that message had before.
    """
    text = str(event.get("text") or "")
    identity = answer_id(event, turn, position)
    guidance = {**(guidance_of(event) or Answer(outcome="error", short=text).payload()), "answer_id": identity}
    return {"id": identity, "from": "assistant", "at": _at(event), "text": text, "guidance": guidance}


def spoken_item(text: str, guidance: Mapping[str, Any], turn: str, now: float, position: int = 0) -> Item:
    """An answer that is not in the tracker: the conversation was erased, or the turn failed."""
    event = {"event": "bot", "text": text, "timestamp": now, "data": {"custom": dict(guidance)}}
    return assistant_item(event, turn, position)


def _at(event: Event) -> str:
    return iso(float(event.get("timestamp") or 0))
