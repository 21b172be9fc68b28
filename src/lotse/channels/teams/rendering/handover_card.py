"""A question handed over to an office, as a card for its channel in Microsoft Teams."""

from __future__ import annotations

from typing import Any

from lotse.content.wording import HandoverWording

CARD = "application/vnd.microsoft.card.adaptive"
# Each line costs more around it than it holds: hundreds would fill the channel, and Teams would refuse the card.
MOST_LINES = 40


def render_handover_card(office: str, question: str, name: str | None, wording: HandoverWording) -> dict[str, Any]:
    """The message that begins a thread in an office's channel.

    Every text stands in runs of a rich text block. Unlike text blocks they know no Markdown, so nothing that a person
    writes can become a link, a mention or formatting.
    Source: Adaptive Cards 1.5, RichTextBlock; Microsoft Learn, “Format cards in Teams”.

    Args:
        office: its name.
        question: as the person has seen it and agreed to it.
        name: what they added to be answered, if anything.
        wording: in the language of the office.
    """
    title = wording.card["title"].format(office=office)
    sender = f"{wording.card['sender']}: {name}" if name else wording.card["anonymous"]
    body = [
        _text(title, weight="Bolder", size="Medium"),
        *(_text(line, spacing=spacing) for line, spacing in _lines(question)),
        _text(sender, separator=True),
        _text(wording.card["origin"], isSubtle=True, size="Small"),
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
    }
    # The summary is what a notification shows: whose question it is, not what it says.
    return {"type": "message", "summary": title, "attachments": [{"contentType": CARD, "content": card}]}


def _text(text: str, separator: bool = False, spacing: str = "Medium", **style: Any) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
    block["spacing"] = spacing
    return {**block, "separator": True} if separator else block


def _lines(text: str) -> list[tuple[str, str]]:
    """Lines that hold something, each with its distance from the one before: a line break in a run may get lost.

    What comes after the last line allowed stands in that line, so that every word arrives.
    """
    lines: list[tuple[str, str]] = []
    spacing = "Medium"
    for line in text.splitlines():
        if line.strip():
            lines.append((line.strip(), spacing))
            spacing = "Small"
        else:
            spacing = "Medium"
    if len(lines) > MOST_LINES:
        kept, rest = lines[: MOST_LINES - 1], lines[MOST_LINES - 1 :]
        lines = [*kept, (" ".join(line for line, _ in rest), rest[0][1])]
    return lines
