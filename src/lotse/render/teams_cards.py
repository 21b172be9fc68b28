"""Buttons and the form for asking an office, as Adaptive Cards.

Source: Adaptive Cards 1.5 (what Teams shows everywhere); Microsoft Learn, “Card actions”: an `Action.Submit` with plain
data comes back as a message without text, its data and the inputs of its card in `value`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotse.answering.answer import FollowUp, Handover
from lotse.answering.handover import MAX_NAME, MAX_QUESTION
from lotse.answering.settings import Wording
from lotse.render.handover_card import CARD
from lotse.render.teams_markdown import cut

# Our own data in what a button sends; the channel reads it back.
CARD_DATA = "lotse"
LONGEST_LABEL = 80
# Buttons up to this length stand side by side; a longer one, usually a question, has its own line to be whole.
_SIDE_BY_SIDE = 30
# Teams hides what comes after the sixth button of a row.
_MOST_IN_A_ROW = 6


def choices_card(choices: Iterable[FollowUp], heading: str | None) -> dict[str, Any]:
    """The choices of an answer as buttons, in their order.

    Args:
        choices: with label and payload.
        heading: above them; None where the text leads up to them.
    """
    rows: list[list[FollowUp]] = []
    for choice in choices:
        short = len(choice.label) <= _SIDE_BY_SIDE
        row = rows[-1] if rows else []
        if short and row and len(row[-1].label) <= _SIDE_BY_SIDE and len(row) < _MOST_IN_A_ROW:
            row.append(choice)
        else:
            rows.append([choice])
    body: list[dict[str, Any]] = [_line(heading, isSubtle=True)] if heading else []
    body += [{"type": "ActionSet", "spacing": "Small", "actions": [_button(choice) for choice in row]} for row in rows]
    return _card(body)


def handover_form(handover: Handover, wording: Wording) -> dict[str, Any] | None:
    """The form that passes a question on: office, text to check and change, name if wanted, consent.

    Args:
        handover: the draft.
        wording: labels.

    Returns:
        None if there is no office that a question can be delivered to.
    """
    offices = [office for office in handover.offices if office.deliverable]
    if not offices:
        return None
    words = wording.teams.form
    body = [
        _line(words["title"], weight="Bolder"),
        _line(words["preview"]),
        {
            "type": "Input.ChoiceSet",
            "id": "office",
            "label": words["office"],
            "choices": [{"title": office.label, "value": office.id} for office in offices],
            "value": offices[0].id,
            "isRequired": True,
            "errorMessage": words["office_missing"],
        },
        {
            "type": "Input.Text",
            "id": "question",
            "label": words["question"],
            "value": cut(handover.question, MAX_QUESTION),
            "isMultiline": True,
            "maxLength": MAX_QUESTION,
            "isRequired": True,
            "errorMessage": words["question_missing"],
        },
        {
            "type": "Input.Text",
            "id": "name",
            "label": words["name"],
            "placeholder": words["name_hint"],
            "maxLength": MAX_NAME,
        },
        {
            "type": "Input.Toggle",
            "id": "consent",
            "title": words["consent"],
            "value": "false",
            "valueOn": "true",
            "valueOff": "false",
            "wrap": True,
            "isRequired": True,
            "errorMessage": words["consent_missing"],
        },
        {"type": "ActionSet", "actions": [_submit(words["send"], {"handover": True}, style="positive")]},
    ]
    return _card(body)


def _button(choice: FollowUp) -> dict[str, Any]:
    return _submit(choice.label, {"payload": choice.payload})


def _submit(label: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = cut(label, LONGEST_LABEL)
    tooltip = {"tooltip": label} if title != label else {}
    return {"type": "Action.Submit", "title": title, "data": {CARD_DATA: data}, **tooltip, **more}


def _line(text: str, **style: Any) -> dict[str, Any]:
    """A line without Markdown: unlike text blocks, runs know none."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _card(body: list[dict[str, Any]]) -> dict[str, Any]:
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "msteams": {"width": "Full"},
        "body": body,
    }
    return {"contentType": CARD, "content": content}
