"""The Connector's API: addresses and encoding of messages, and what follows from a reply. Pure functions.

A refusal becomes an error with a remedy for operators, or leads to another attempt.
Source: Microsoft Learn, “Messages in bot conversations”, “Status codes from bot conversational APIs” and “Status codes
retry guidance” (412, 429, 502, 503 and 504; no others, because a message that has arrived would come twice); “Optimize
your bot with rate limiting in Teams” (exponential back-off with jitter); RFC 9110, 10.2.3 (Retry-After).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from lotse.channels.teams.auth.login import parsed
from lotse.channels.teams.http_client import HttpReply
from lotse.conversation.handover import Undelivered

_CODE = re.compile(r"[A-Za-z]{1,60}")

_BY_CODE = {
    "BotNotRegistered": "No bot is registered with this app id. Check LOTSE_TEAMS_APP_ID and, in Azure, that the bot "
    "has the Teams channel.",
    "BotDisabledByAdmin": "An administrator has blocked the app; allow it in the app policies of Teams.",
    "BotNotInConversationRoster": "The app is not installed in this conversation; install it there.",
    "ConversationBlockedByUser": "The person has blocked the app.",
    "ConversationNotFound": "The conversation does not exist; if it is a channel of your organisation, check its id.",
    "ForbiddenOperationException": "The person has not installed the app.",
    "InvalidBotApiHost": "The organisation is in GCC. Set LOTSE_TEAMS_SERVICE_URL to "
    "https://smba.infra.gcc.teams.microsoft.com/teams.",
    "MessageWritesBlocked": "The app was removed there or has been blocked.",
    "MessageSizeTooBig": "The message is too large for Teams.",
}
_BY_STATUS = {
    401: "Teams refuses the bot's token. Check LOTSE_TEAMS_APP_ID, LOTSE_TEAMS_TENANT_ID and LOTSE_TEAMS_CLOUD.",
    403: "Check that the app is installed there and not blocked.",
    413: _BY_CODE["MessageSizeTooBig"],
    429: "Teams asks for fewer messages.",
}
_ABOUT_THE_MESSAGE = frozenset({400, 413})

ATTEMPTS = 7
_FIRST_SECONDS = 0.5
_LONGEST_BACK_OFF = 20.0
# The longest wait for all retries of a message together; then it is given up, because the next messages wait behind it.
LONGEST_WAIT = 120.0
_PASSING = frozenset({412, 429, 502, 503, 504})


class MessageRefused(Undelivered):
    """Teams does not accept this very message, because of its content; a simpler one may arrive."""


def refusal(reply: HttpReply) -> Undelivered:
    """The error for an unsuccessful reply. Only Teams' error code is repeated, because its texts contain ids."""
    code = _code(reply)
    remedy = _BY_CODE.get(code) or _BY_STATUS.get(reply.status) or ""
    kind = MessageRefused if reply.status in _ABOUT_THE_MESSAGE else Undelivered
    return kind(f"Teams answers HTTP {reply.status}{f' {code}' if code else ''}. {remedy}".strip())


def body_id(reply: HttpReply, key: str = "id") -> str | None:
    """The id in the JSON body of a reply; None if there is none."""
    content = parsed(reply.body)
    value = content.get(key) if isinstance(content, dict) else None
    return value if isinstance(value, str) and value else None


def _code(reply: HttpReply) -> str:
    content = parsed(reply.body)
    error = content.get("error") if isinstance(content, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def is_passing(status: int) -> bool:
    """Whether a request with this HTTP status may succeed later."""
    return status in _PASSING


def wait_seconds(attempt: int, retry_after: float | None, chance: float, waited: float = 0.0) -> float | None:
    """How long to wait before the next attempt.

    Args:
        attempt: number of the attempt that failed, from 1.
        retry_after: seconds that the server asked for; None if it did not.
        chance: 0 to 1; spreads requests that failed together (jitter).
        waited: seconds that were waited before the attempts so far.

    Returns:
        Seconds; None to give up.
    """
    if attempt >= ATTEMPTS:
        return None
    back_off = min(_FIRST_SECONDS * 2.0 ** (attempt - 1), _LONGEST_BACK_OFF)
    wait = back_off * (0.5 + chance / 2) if retry_after is None else retry_after + back_off * chance / 4
    return wait if waited + wait <= LONGEST_WAIT else None


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """The wait in seconds that a ``Retry-After`` header asks for; None if it is missing or not valid.

    Args:
        header: its value, seconds or a date; None if there is none.
        now: seconds since 1970.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


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
