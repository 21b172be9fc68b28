"""Where a message to Teams goes, and how it is written down. Decisions only; nothing here sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lotse.conversation.handover import Undelivered

# Teams takes about 100 KB, counted in UTF-16 with everything around the text.
LARGEST_BYTES = 80 * 1024
Activity = Mapping[str, Any]
Path = tuple[str, ...]
CONVERSATIONS: Path = ("v3", "conversations")


@dataclass(frozen=True)
class Reference:
    """Where an answer goes. Only ever made of a message that `Inbound` has checked.

    Attributes:
        service_url: the message's.
        conversation_id: the message's, with the thread in it.
        activity_id: of the message that is answered.
        bot_id: how the conversation calls the bot: the message's recipient.
    """

    service_url: str
    conversation_id: str
    activity_id: str | None = None
    bot_id: str | None = None


def activities(reference: Reference) -> Path:
    """The path of a conversation's messages."""
    return (*CONVERSATIONS, reference.conversation_id, "activities")


def url(service_url: str, path: Path) -> str:
    """The address of a path; every part is quoted, so that none can lead elsewhere.

    Raises:
        Undelivered: a part is empty or made of dots, which no quoting helps.
    """
    if any(part.strip(".") == "" for part in path):
        raise Undelivered("The message that is answered names no conversation.")
    return "/".join([service_url.rstrip("/"), *(quote(part, safe="", errors="replace") for part in path)])


def addressed(reference: Reference, activity: Activity) -> dict[str, Any]:
    """A message with its conversation and with what it answers."""
    addressing: dict[str, Any] = {"conversation": {"id": reference.conversation_id}}
    if reference.activity_id is not None:
        addressing["replyToId"] = reference.activity_id
    if reference.bot_id is not None:
        addressing["from"] = {"id": reference.bot_id}
    return {**activity, **addressing}


def encoded(body: Activity) -> bytes:
    """A message as it goes over the wire.

    Raises:
        Undelivered: it is too large for Teams.
    """
    text = json.dumps(body, ensure_ascii=False)
    if size(text) > LARGEST_BYTES:
        raise Undelivered(f"It has {size(text)} bytes in UTF-16; {LARGEST_BYTES} are allowed.")
    # Half a character, which JSON can carry and UTF-8 cannot, must not stop an answer.
    return text.encode("utf-8", "replace")


def size(text: str) -> int:
    """How large Teams takes a text to be: bytes of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass"))
