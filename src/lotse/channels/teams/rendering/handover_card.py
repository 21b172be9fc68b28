"""Renders a question handed over to a contact point as a card for its channel in Microsoft Teams."""

from __future__ import annotations

from typing import Any

from lotse.content.wording import HandoverWording

CARD = "application/vnd.microsoft.card.adaptive"
# The markup of a line is larger than its text: hundreds of lines would fill the channel, or make Teams refuse the card.
MOST_LINES = 40


def render_handover_card(office: str, question: str, name: str | None, wording: HandoverWording) -> dict[str, Any]:
    """The message that begins a thread in a contact point's channel: an activity without address.

    All text is in runs of rich text blocks. Unlike text blocks they do not interpret Markdown, so text of a person
    cannot become a link, a mention or formatting.
    Source: Adaptive Cards 1.5, RichTextBlock; Microsoft Learn, “Format cards in Teams”.

    Args:
        office: name of the contact point.
        question: as the person has seen it and agreed to it.
        name: name or contact that they added; None if they added none.
        wording: in the language of the contact point.
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
    # A notification shows the summary: it names the contact point and not the question.
    return {"type": "message", "summary": title, "attachments": [{"contentType": CARD, "content": card}]}


def _text(text: str, separator: bool = False, spacing: str = "Medium", **style: Any) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
    block["spacing"] = spacing
    return {**block, "separator": True} if separator else block


def _lines(text: str) -> list[tuple[str, str]]:
    """Nonblank lines, each with its spacing from the line before, because line breaks within a run may be lost.

    Everything after the last allowed line is appended to it, so that every word arrives.
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
