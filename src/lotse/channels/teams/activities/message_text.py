"""The text of a Teams message without markup and without the mention of the bot.

Teams marks mentions in the text (``<at>Name</at>``) and lists them in `entities`, in the same order. Only mentions that
are listed there as the bot are removed; the name of a colleague may be part of the question.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lotse.answering import control_characters

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
# What somebody else wrote and a person forwards stays a paragraph of its own.
_FORWARDED = re.compile(r"<blockquote\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\b[^<>]*>\s*(?=<t[dh]\b)", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*\n\s*")
_HTML = "text/html"


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
    if not isinstance(text, str) or not text.strip():
        text, marked_up = _attached_text(activity), True
    return plain(_without_mentions(text[:LONGEST], activity, bot_id), marked_up)


def plain(text: str, marked_up: bool) -> str:
    """A text without the mark of a quotation, mention tags, HTML entities, control characters and, if any, markup."""
    text = _QUOTED.sub("", _AT.sub(r"\1", text))
    if marked_up:
        text = _FORWARDED.sub("\n\n", _QUOTATION.sub("", text))
        text = _TAG.sub("", _BREAK.sub("\n", _CELL.sub(" | ", text)))
    return cleaned(html.unescape(text))


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
