"""Address and encoding of messages to Teams. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lotse.channels.teams.delivery.replies import MessageRefused
from lotse.conversation.handover import Undelivered

# Teams accepts about 100 KB, counted in UTF-16 and including everything around the text.
LARGEST_BYTES = 80 * 1024
Activity = Mapping[str, Any]
Path = tuple[str, ...]
CONVERSATIONS: Path = ("v3", "conversations")
# Source: Microsoft Learn, “Send and receive targeted messages in group conversations”, 16 June 2026.
_TARGETED = "isTargetedActivity=true"


@dataclass(frozen=True)
class Reference:
    """The address of an answer. Made only from messages that `RequestVerifier` has verified.

    Attributes:
        service_url: of the message.
        conversation_id: of the message, including the thread.
        activity_id: of the message that is answered.
        bot_id: the bot's id in the conversation: the recipient of the message.
        only_for: Teams' id of the only member of a group who shall see the answer; None for everybody.
    """

    service_url: str
    conversation_id: str
    activity_id: str | None = None
    bot_id: str | None = None
    only_for: str | None = None


@dataclass(frozen=True)
class Target:
    """An address in the Connector's API.

    Attributes:
        service_url: of the Connector.
        path: its parts, not yet quoted.
        query: behind the path, quoted; empty for none.
    """

    service_url: str
    path: Path
    query: str = ""


def activities(reference: Reference, *message_id: str) -> Target:
    """Where a conversation's messages are, or one of them."""
    path = (*CONVERSATIONS, reference.conversation_id, "activities", *message_id)
    return Target(reference.service_url, path, _TARGETED if reference.only_for is not None else "")


def url(target: Target) -> str:
    """A target as an address; every part of the path is quoted, so that none can lead elsewhere.

    Raises:
        Undelivered: a part is empty or consists of dots, which quoting does not change.
    """
    if any(part.strip(".") == "" for part in target.path):
        raise Undelivered("The message that is answered names no conversation.")
    parts = [target.service_url.rstrip("/"), *(quote(part, safe="", errors="replace") for part in target.path)]
    return "/".join(parts) + (f"?{target.query}" if target.query else "")


def addressed(reference: Reference, activity: Activity) -> dict[str, Any]:
    """A message with its conversation, sender, the message it answers, and the only one who shall see it."""
    addressing: dict[str, Any] = {"conversation": {"id": reference.conversation_id}}
    if reference.only_for is not None:
        # Who sees it knows what it answers: such messages take no replies.
        addressing["recipient"] = {"id": reference.only_for}
    elif reference.activity_id is not None:
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
