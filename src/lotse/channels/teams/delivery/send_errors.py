"""Errors of Teams when it does not accept a message, with remedies for operators."""

from __future__ import annotations

import re

from lotse.channels.teams.auth.login_errors import parsed
from lotse.channels.teams.http_client import HttpReply
from lotse.conversation.handover import Undelivered

_CODE = re.compile(r"[A-Za-z]{1,60}")

# Source: Microsoft Learn, “Messages in bot conversations”, “Status codes from bot conversational APIs”.
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
