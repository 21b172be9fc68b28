"""What was said in a conversation, as typed items: pure functions over the events of Rasa's tracker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lotse.answering.answer import Answer
from lotse.conversation.message import Message
from lotse.rasa_adapter.stored_messages import Event, answer_id, bot_event, guidance_of
from lotse.secret_key import keyed_hash

NEWEST = 200
# Our part of the metadata of a message in the tracker.
MARK = "lotse"


@dataclass(frozen=True)
class UserItem:
    """Something the person said.

    Attributes:
        id: of the message.
        at: seconds since 1970.
        text: as typed, personal data masked; a picked choice as the label it had.
    """

    id: str
    at: float
    text: str


@dataclass(frozen=True)
class AssistantItem:
    """Something the assistant said.

    Attributes:
        at: seconds since 1970.
        text: the answer as plain text.
        answer: the same in its parts, with its id.
    """

    at: float
    text: str
    answer: Answer

    @property
    def id(self) -> str:
        """Of the answer."""
        return self.answer.answer_id


TranscriptItem = UserItem | AssistantItem


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


def transcript(events: Iterable[Event]) -> list[TranscriptItem]:
    """Everything said, oldest first, the newest `NEWEST` of it.

    Args:
        events: messages of both sides in their order.
    """
    items: list[TranscriptItem] = []
    labels: dict[str, str] = {}
    turn, position = "", 0
    for event in events:
        if event.get("event") == "user":
            asked = user_item(event, labels)
            turn, position = asked.id, 0
            items.append(asked)
        elif event.get("event") == "bot":
            said = assistant_item(event, turn, position)
            labels |= {offer.payload: offer.label for offer in said.answer.follow_ups}
            position += 1
            items.append(said)
    return items[-NEWEST:]


def assistant_items(events: Iterable[Event]) -> list[AssistantItem]:
    """What the assistant said in some turns.

    Args:
        events: messages of both sides in their order.
    """
    return [item for item in transcript(events) if isinstance(item, AssistantItem)]


def offers(items: Iterable[TranscriptItem]) -> dict[str, str]:
    """Every choice offered, payload to label."""
    said = (item for item in items if isinstance(item, AssistantItem))
    return {offer.payload: offer.label for item in said for offer in item.answer.follow_ups}


def offered_offices(items: Iterable[TranscriptItem]) -> dict[str, str]:
    """Every office that a question could be handed over to, id to label."""
    drafts = (item.answer.handover for item in items if isinstance(item, AssistantItem))
    return {office.id: office.label for draft in drafts if draft is not None for office in draft.offices}


def user_item(event: Event, labels: Mapping[str, str]) -> UserItem:
    """One message of the person; a picked choice as the label it had."""
    text = str(event.get("text") or "")
    mark = (event.get("metadata") or {}).get(MARK) or {}
    if text.startswith("/"):
        text = str(mark.get("label") or labels.get(text) or text)
    return UserItem(str(event.get("message_id") or ""), _at(event), text)


def assistant_item(event: Event, turn: str, position: int) -> AssistantItem:
    """One message of the assistant. What was said without a readable payload keeps its text.

    Args:
        turn: id of the message it answers; empty for the greeting.
        position: how many answers that message had before.
    """
    text = str(event.get("text") or "")
    answer = _answer(event) or Answer(outcome="error", short=text)
    return AssistantItem(_at(event), text, answer.copy(update={"answer_id": answer_id(event, turn, position)}))


def unstored_item(answer: Answer, turn: str, now: float) -> AssistantItem:
    """An answer that is not in the tracker, because the turn failed. Its text is its one sentence.

    Args:
        answer: what is said.
        turn: id of the message it answers.
        now: seconds since 1970.
    """
    return assistant_item(bot_event(answer.short, answer.payload(), now), turn, 0)


def _answer(event: Event) -> Answer | None:
    """None if there is no payload, or one of a version whose answers had another shape."""
    guidance = guidance_of(event)
    try:
        return Answer.parse_obj(guidance) if guidance else None
    except ValidationError:
        return None


def _at(event: Event) -> float:
    return float(event.get("timestamp") or 0)
