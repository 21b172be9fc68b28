"""What Teams refuses in a message, so that a test finds what otherwise only a real tenant would.

Source: Microsoft Learn, “Enhance AI-generated bot messages” (citations; the client of 2026 takes ten), “Messages in
bot conversations” (suggested actions, size), “Cards reference” (versions).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

MESSAGE_ENTITY = "https://schema.org/Message"
CARD = "application/vnd.microsoft.card.adaptive"
LARGEST_BYTES = 100 * 1024
_MARKER = re.compile(r"\[(\d+)\]")


def too_large(activity: Mapping[str, Any]) -> bool:
    """Whether Teams answers 413: it counts UTF-16."""
    return len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) > LARGEST_BYTES


def is_split(activity: Mapping[str, Any]) -> bool:
    """Whether Teams makes several messages of one activity: of a text beside cards, and of several cards."""
    cards = activity.get("attachments") or []
    return bool(cards) and bool(activity.get("text") or len(cards) > 1)


def wrong_target(activity: Mapping[str, Any], method: str, conversation: str) -> bool:
    """Whether Teams answers 400 to a message for one member: only a new one names them, and only in a group."""
    named = bool((activity.get("recipient") or {}).get("id"))
    return named != (method == "POST") or conversation.startswith("a:")


def objections(activity: Mapping[str, Any]) -> list[str]:
    """Why Teams would answer 400; empty if it takes the message."""
    return [*_form(activity), *_citations(activity), *_actions(activity), *_cards(activity)]


def _form(activity: Mapping[str, Any]) -> Iterator[str]:
    if activity.get("type") not in ("message", "typing"):
        yield f"type {activity.get('type')!r}"
    if activity.get("type") == "message" and not activity.get("text") and not activity.get("attachments"):
        yield "neither text nor attachment"
    if activity.get("textFormat", "markdown") not in ("markdown", "plain", "xml"):
        yield f"textFormat {activity['textFormat']!r}"
    data = activity.get("channelData") or {}
    if data.get("feedbackLoop", {"type": "default"}).get("type") not in ("default", "custom"):
        yield "feedbackLoop without a known type"
    if data.get("notification", {}).get("alert") not in (None, False):
        yield "a pop-up notification, which this bot never sends"


def _citations(activity: Mapping[str, Any]) -> Iterator[str]:
    roots = [entity for entity in activity.get("entities") or [] if entity.get("type") == MESSAGE_ENTITY]
    if len(roots) > 1:
        yield f"{len(roots)} root Message entities"
    for root in roots:
        if root.get("@type") != "Message" or root.get("@context") != "https://schema.org":
            yield "the Message entity lacks @type or @context"
        claims = root.get("citation") or []
        if len(claims) > 10:
            yield f"{len(claims)} citations, at most 10"
        positions = [claim.get("position") for claim in claims]
        if len(set(positions)) != len(positions) or not all(type(position) is int for position in positions):
            yield f"positions {positions}"
        shown = {int(number) for number in _MARKER.findall(str(activity.get("text") or ""))}
        if set(positions) - shown:
            yield f"citations {sorted(set(positions) - shown)} have no marker in the text"
        for claim in claims:
            yield from _appearance(claim)


def _appearance(claim: Mapping[str, Any]) -> Iterator[str]:
    where = f"citation {claim.get('position')}"
    appearance = claim.get("appearance") or {}
    if claim.get("@type") != "Claim" or appearance.get("@type") != "DigitalDocument":
        yield f"{where}: wrong @type"
    for name, longest in (("name", 80), ("abstract", 160)):
        text = appearance.get(name)
        if not isinstance(text, str) or not 0 < len(text) <= longest:
            yield f"{where}: {name} must have 1 to {longest} characters"
    keywords = appearance.get("keywords") or []
    if len(keywords) > 3 or any(len(keyword) > 28 for keyword in keywords):
        yield f"{where}: keywords"
    if "url" in appearance and not str(appearance["url"]).startswith("https://"):
        yield f"{where}: url"


def _actions(activity: Mapping[str, Any]) -> Iterator[str]:
    actions = (activity.get("suggestedActions") or {}).get("actions") or []
    if len(actions) > 3:
        yield f"{len(actions)} suggested actions, 3 are shown"
    if actions and activity.get("attachments"):
        yield "suggested actions beside an attachment are not shown"


def _cards(activity: Mapping[str, Any]) -> Iterator[str]:
    for attachment in activity.get("attachments") or []:
        card = attachment.get("content") or {}
        if attachment.get("contentType") != CARD or card.get("type") != "AdaptiveCard":
            yield "an attachment that is no Adaptive Card"
        elif card.get("version") not in ("1.2", "1.3", "1.4", "1.5"):
            yield f"Adaptive Card version {card.get('version')!r}"
        elif not card.get("body") and not card.get("actions"):
            yield "an empty card"
