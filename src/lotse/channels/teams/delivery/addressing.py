"""Address and encoding of messages to Teams. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lotse.channels.teams.delivery.send_errors import MessageRefused
from lotse.conversation.handover import Undelivered

# Teams accepts about 100 KB, counted in UTF-16 and including everything around the text.
LARGEST_BYTES = 80 * 1024
Activity = Mapping[str, Any]
Path = tuple[str, ...]
CONVERSATIONS: Path = ("v3", "conversations")


@dataclass(frozen=True)
class Reference:
    """The address of an answer. Made only from messages that `RequestVerifier` has verified.

    Attributes:
        service_url: of the message.
        conversation_id: of the message, including the thread.
        activity_id: of the message that is answered.
        bot_id: the bot's id in the conversation: the recipient of the message.
    """

    service_url: str
    conversation_id: str
    activity_id: str | None = None
    bot_id: str | None = None


def activities(reference: Reference) -> Path:
    """The path of a conversation's messages in the Connector's API, not yet quoted."""
    return (*CONVERSATIONS, reference.conversation_id, "activities")


def url(service_url: str, path: Path) -> str:
    """The address of a path; every part is quoted, so that none can lead elsewhere.

    Raises:
        Undelivered: a part is empty or consists of dots, which quoting does not change.
    """
    if any(part.strip(".") == "" for part in path):
        raise Undelivered("The message that is answered names no conversation.")
    return "/".join([service_url.rstrip("/"), *(quote(part, safe="", errors="replace") for part in path)])


def addressed(reference: Reference, activity: Activity) -> dict[str, Any]:
    """A message with its conversation, sender and the message it answers."""
    addressing: dict[str, Any] = {"conversation": {"id": reference.conversation_id}}
    if reference.activity_id is not None:
        addressing["replyToId"] = reference.activity_id
    if reference.bot_id is not None:
        addressing["from"] = {"id": reference.bot_id}
    return {**activity, **addressing}


def encoded(body: Activity) -> bytes:
    """A message as UTF-8 JSON.

    Raises:
        MessageRefused: it is too large for Teams.
    """
    text = json.dumps(body, ensure_ascii=False)
    if size(text) > LARGEST_BYTES:
        raise MessageRefused(f"It has {size(text)} bytes in UTF-16; {LARGEST_BYTES} are allowed.")
    # Unpaired surrogates are possible in JSON but not in UTF-8, and must not stop an answer.
    return text.encode("utf-8", "replace")


def size(text: str) -> int:
    """The size of a text as Teams counts it: bytes of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass"))
