"""Reads an activity of the Bot Framework as one of the events that the assistant reacts to.

Pure and total: `read` returns an event for any activity and never raises. Signature and `serviceUrl` are checked in
`lotse.channels.teams.auth.verify_request`.

Teams marks mentions in the text (``<at>Name</at>``) and lists them in `entities`, in the same order. Only mentions that
are listed there as the bot are removed; the name of a colleague may be part of the question.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference (Activity);
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-messages-with-rsc (messages in
groups that do not mention the bot).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lotse.answering import control_characters
from lotse.channels.teams.activities.events import (
    Envelope,
    HandedIn,
    HelpWanted,
    Ignored,
    Incoming,
    Joined,
    Picked,
    Rated,
    Said,
)
from lotse.channels.teams.rendering.cards import CARD_DATA

CHANNEL_ID = "msteams"

MAX_PAYLOAD = 200
MAX_COMMENT = 500
# Longer than what may be handed over, so that a longer text is refused there and not cut here: consent covers every
# word.
MAX_QUESTION = 2000
MAX_NAME = 200
# Microsoft's longest ids, of threads in channels, and service addresses have about 200; they are kept while work waits.
MAX_ID = 1000

_HELP = {"hilfe": "de", "help": "en", "?": None, "/hilfe": "de", "/help": "en"}
# Names that may appear in a log, because a client can send any name of an invoke.
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9/._-]{0,59}$")
# Longer than the longest message that is processed, including markup; longer texts get an error and are not read.
LONGEST = 20_000
_MOST_MENTIONS = 50
# Also ends at the next mention: searching to the end of the text would take minutes with thousands of mentions.
_AT = re.compile(r"<at\b[^<>]*>((?:(?!<at\b|</at>).)*)</at>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr|/blockquote)\b[^<>]*>", re.IGNORECASE)
# A tag begins with a letter or a slash, so that “5 < 7 > 3” stays.
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
# The message that a reply quotes. New clients set a mark before the reply, older ones copy the quotation.
_QUOTED = re.compile(r"<quoted\b[^<>]*/?>(?:\s*</quoted>)?\s*", re.IGNORECASE)
_QUOTATION = re.compile(
    r"<blockquote\b[^<>]*schema\.skype\.com/Reply[^<>]*>(?:(?!</blockquote>).)*</blockquote>",
    re.IGNORECASE | re.DOTALL,
)
# What somebody else wrote and a person forwards becomes a quotation, as in a mail (RFC 3676, 4.5).
_FORWARDED = re.compile(
    r"<blockquote\b[^<>]*schema\.skype\.com/Forward[^<>]*>((?:(?!</blockquote>).)*)</blockquote>",
    re.IGNORECASE | re.DOTALL,
)
# Any other quotation stays a paragraph of its own.
_BLOCK = re.compile(r"<blockquote\b[^<>]*>", re.IGNORECASE)
# The formatted copy of a message marks mentions in another way than its text.
_MENTION = re.compile(
    r"<span\b[^<>]*schema\.skype\.com/Mention[^<>]*>((?:(?!<span\b|</span>).)*)</span>", re.IGNORECASE | re.DOTALL
)
# The address of a Loop component: ``:fl:`` is how SharePoint's links name a Fluid file.
_LOOP = re.compile(
    r"https://(?:[^\s/]+\.sharepoint(?:-mil)?\.[a-z]{2,3}/:fl:/|loop\.(?:cloud\.microsoft|microsoft\.com)/)\S*",
    re.IGNORECASE,
)
_CELL = re.compile(r"</t[dh]\b[^<>]*>\s*(?=<t[dh]\b)", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*\n\s*")
_HTML = "text/html"


def read(activity: object) -> Incoming:
    """The event that an activity stands for.

    Args:
        activity: the parsed JSON body, of any type.
    """
    if not isinstance(activity, Mapping):
        return Ignored(Envelope(), "not a JSON object")
    envelope = _envelope(activity)
    if not (envelope.service_url and envelope.conversation_id and envelope.user_id and envelope.bot_id):
        return Ignored(envelope, "serviceUrl, conversation.id, from.id or recipient.id is missing")
    if _string(_mapping(activity.get("from")).get("id")) == envelope.bot_id:
        return Ignored(envelope, "sent by the bot itself")
    kind = activity.get("type")
    if kind == "message":
        return _message(activity, envelope)
    if kind == "invoke":
        return _invoke(activity, envelope)
    if kind == "conversationUpdate":
        added = activity.get("membersAdded")
        members = [_mapping(member).get("id") for member in added] if isinstance(added, list) else []
        if envelope.bot_id in members:
            return Joined(envelope, envelope.personal)
        return Ignored(envelope, "conversationUpdate that does not add the bot")
    if kind == "installationUpdate":
        # Every installation also causes a conversationUpdate; reacting to both would greet twice.
        return Ignored(envelope, "installationUpdate")
    return Ignored(envelope, f"activity of type {_printable(kind)}")


def _message(activity: Mapping[str, Any], envelope: Envelope) -> Incoming:
    value = activity.get("value")
    text = text_of(activity, envelope.bot_id)
    if isinstance(value, Mapping) and value and (CARD_DATA in value or not text):
        # The button of a card sends a message without text.
        return _submitted(value, envelope, _string(activity.get("replyToId")))
    if not envelope.personal and not mentions(activity, envelope.bot_id):
        # Teams delivers others only if the app asks for them, which ours does not; somebody may grant it all the same.
        return Ignored(envelope, "message in a group that does not mention the bot")
    word = text.strip(" !.").casefold()
    if word in _HELP:
        return HelpWanted(envelope, _HELP[word])
    if not text and isinstance(activity.get("text"), str) and str(activity["text"]).strip():
        # The text consisted of the mention only: nothing is asked yet.
        return HelpWanted(envelope)
    file = brings_a_file(activity)
    if _LOOP.fullmatch(text):
        # Nobody means the address as a question, and what it leads to is not ours to open.
        text, file = "", True
    return Said(envelope, text, file, nothing=not (text or file or activity.get("text")))


def _submitted(value: Mapping[str, Any], envelope: Envelope, replied_to: str) -> Incoming:
    ours = _mapping(value.get(CARD_DATA))
    if ours.get("handover") is True:
        return HandedIn(
            envelope,
            office=_string(value.get("office"))[:MAX_NAME],
            question=_typed(value.get("question"), MAX_QUESTION),
            name=_typed(value.get("name"), MAX_NAME) or None,
            consent=value.get("consent") is True or value.get("consent") == "true",
            form=replied_to,
        )
    payload = ours.get("payload")
    if isinstance(payload, str) and _is_payload(payload):
        return Picked(envelope, payload, card=replied_to if ours.get("check") is True else "")
    return Ignored(envelope, "submitted card without a payload of ours")


def _is_payload(text: str) -> bool:
    return text.startswith("/") and 1 < len(text) <= MAX_PAYLOAD and not control_characters.NOT_IN_PAYLOAD.search(text)


def _invoke(activity: Mapping[str, Any], envelope: Envelope) -> Incoming:
    value = _mapping(activity.get("value"))
    name = activity.get("name")
    if name != "message/submitAction" or value.get("actionName") != "feedback":
        return Ignored(envelope, f"invoke {_printable(name)}")
    rating = _mapping(value.get("actionValue"))
    reaction = rating.get("reaction")
    if reaction not in ("like", "dislike"):
        return Ignored(envelope, "feedback without a reaction")
    replied_to = _string(activity.get("replyToId")) or None
    return Rated(envelope, replied_to, reaction == "like", _comment(rating.get("feedback")))


def _comment(feedback: object) -> str | None:
    """The comment of a rating: Teams sends JSON in a string, other clients plain text; None if there is none."""
    if isinstance(feedback, str):
        try:
            parsed = json.loads(feedback)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            feedback = parsed
    if isinstance(feedback, Mapping):
        feedback = feedback.get("feedbackText")
    return _typed(feedback, MAX_COMMENT) or None


def _envelope(activity: Mapping[str, Any]) -> Envelope:
    conversation, person = _mapping(activity.get("conversation")), _mapping(activity.get("from"))
    tenant = _mapping(_mapping(activity.get("channelData")).get("tenant"))
    kind = _string(conversation.get("conversationType"))
    return Envelope(
        activity_id=_string(activity.get("id")),
        service_url=_string(activity.get("serviceUrl")),
        conversation_id=_string(conversation.get("id")),
        # Old clients send no type; then everything except a group counts as personal.
        conversation_type=kind or ("groupChat" if conversation.get("isGroup") else "personal"),
        tenant_id=_string(conversation.get("tenantId")) or _string(tenant.get("id")),
        user_id=_string(person.get("aadObjectId")) or _string(person.get("id")),
        member_id=_string(person.get("id")),
        bot_id=_string(_mapping(activity.get("recipient")).get("id")),
        locale=_string(activity.get("locale")),
        is_invoke=activity.get("type") == "invoke",
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _string(value: object) -> str:
    """A text that can be hashed, stored and sent; empty if the value is anything else."""
    if (
        not isinstance(value, str)
        or len(value) > MAX_ID
        or any("\ud800" <= character <= "\udfff" for character in value)
    ):
        return ""
    return value.strip()


def _typed(value: object, longest: int) -> str:
    """The cleaned text of a card's field; empty if the value is not a text."""
    return cleaned(value)[:longest].strip() if isinstance(value, str) else ""


def _printable(name: object) -> str:
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "without a usable name"


def text_of(activity: Mapping[str, Any], bot_id: str) -> str:
    """The text of a message as its author sees it, without mentions of the bot.

    Args:
        activity: a message activity; every field may be missing or of another type.
        bot_id: `recipient.id`; only mentions of this very id are left out.

    Source:
        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
    """
    text = activity.get("text")
    marked_up = activity.get("textFormat") in ("xml", "html")
    copy = _attached_text(activity)
    # Only the copy says which part of a forwarded message somebody else wrote.
    if not isinstance(text, str) or not text.strip() or _FORWARDED.search(copy[:LONGEST]):
        text, marked_up = _MENTION.sub(r"<at>\1</at>", copy[:LONGEST]), True
    return plain(_without_mentions(text[:LONGEST], activity, bot_id), marked_up)


def plain(text: str, marked_up: bool) -> str:
    """A text without the mark of a quotation, mention tags, HTML entities, control characters and, if any, markup.

    Each line of a forwarded message begins with ``> ``.
    """
    text = _QUOTED.sub("", _AT.sub(r"\1", text))
    if marked_up:
        text = _FORWARDED.sub(_as_quotation, _QUOTATION.sub("", text))
        text = _without_markup(_BLOCK.sub("\n\n", text))
    return cleaned(html.unescape(text))


def _without_markup(text: str) -> str:
    return _TAG.sub("", _BREAK.sub("\n", _CELL.sub(" | ", text)))


def _as_quotation(forwarded: re.Match[str]) -> str:
    lines = (line.strip() for line in _without_markup(forwarded[1]).splitlines())
    return "\n\n" + "\n".join(f"&gt; {line}" for line in lines if line) + "\n\n"


def cleaned(text: str) -> str:
    """A text without control characters and superfluous blanks."""
    text = _BLANKS.sub(" ", control_characters.cleaned(text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def brings_a_file(activity: Mapping[str, Any]) -> bool:
    """Whether a message brings a picture, GIF, voice message, card or file beside its text."""
    attachments = activity.get("attachments")
    return any(
        isinstance(attachment, Mapping) and attachment.get("contentType") != _HTML
        for attachment in (attachments if isinstance(attachments, list) else [])
    ) or "<img" in _attached_text(activity)


def mentions(activity: Mapping[str, Any], bot_id: str) -> bool:
    """Whether a message mentions the bot."""
    return any(mentioned.get("id") == bot_id for _, mentioned in _mentions(activity))


def _mentions(activity: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The mentions of a message, in the order of its text: each entity and who is mentioned."""
    entities = activity.get("entities")
    for entity in entities[:_MOST_MENTIONS] if isinstance(entities, list) else []:
        if isinstance(entity, Mapping) and entity.get("type") == "mention":
            mentioned = entity.get("mentioned")
            yield entity, mentioned if isinstance(mentioned, Mapping) else {}


def _without_mentions(text: str, activity: Mapping[str, Any], bot_id: str) -> str:
    """The text without mentions of the bot; mentions of others become plain names.

    Text and entities are read in parallel, because a person may have the same name as the bot.
    """
    done, rest = "", text
    for entity, mentioned in _mentions(activity):
        mark = entity.get("text")
        if not isinstance(mark, str) or not mark or len(mark) > LONGEST:
            mark = f"<at>{mentioned.get('name')}</at>"
        before, found, after = rest.partition(mark)
        if found:
            shown = " " if mentioned.get("id") == bot_id else _AT.sub(r"\1", mark)
            done, rest = done + before + shown, after
    return done + rest


def _attached_text(activity: Mapping[str, Any]) -> str:
    """The formatted text of an attachment, because some clients send only that; empty if there is none."""
    attachments = activity.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else []:
        if isinstance(attachment, Mapping) and attachment.get("contentType") == _HTML:
            content = attachment.get("content")
            if isinstance(content, str):
                return content
    return ""


__all__ = [
    "CHANNEL_ID",
    "Envelope",
    "HandedIn",
    "HelpWanted",
    "Ignored",
    "Incoming",
    "Joined",
    "Picked",
    "Rated",
    "Said",
    "read",
]
