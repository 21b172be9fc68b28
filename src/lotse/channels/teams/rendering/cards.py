"""Buttons, the form for asking a contact point, and the question that the contact point gets, as Adaptive Cards.

Source: Adaptive Cards 1.5 (which all Teams clients show); Microsoft Learn, “Card actions”: an `Action.Submit` with
plain data returns as a message without text, with its data and the inputs of its card in `value`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotse.answering.answer import FollowUp, Handover
from lotse.answering.handover_draft import MAX_NAME, MAX_QUESTION
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.channels.teams.rendering.markdown import cut, plain_message
from lotse.content.wording import HandoverWording, Wording

CARD = "application/vnd.microsoft.card.adaptive"
# Our own keys in the data that a button sends; `activities.parse_activity` reads them.
CARD_DATA = "lotse"
LONGEST_LABEL = 80
# A button does not wrap its label: a longer one is cut off in a narrow card, as on a phone.
_LONGEST_ON_A_BUTTON = 30
# Teams hides all buttons of a row after the sixth.
_MOST_IN_A_ROW = 6
# The buttons of a row share its width, in characters: more of them are cut off where a card is 320 pixels wide.
_ROW_WIDTH = 36
# The width of a button beside its label.
_BUTTON_EDGES = 4
# The markup of a line is larger than its text: hundreds of lines would fill the channel, or make Teams refuse the card.
MOST_LINES = 40


def choices_card(choices: Iterable[FollowUp], heading: str | None) -> dict[str, Any]:
    """An attachment with the choices of an answer as buttons, in their order.

    Args:
        choices: with label and payload.
        heading: above the buttons; None if the text introduces them.
    """
    return _card([*([_line(heading, isSubtle=True)] if heading else []), *_buttons(choices, {})])


def check_card(title: str, texts: Iterable[str], notices: Iterable[str], choices: Iterable[FollowUp]) -> dict[str, Any]:
    """An attachment with a question of a guided check and its options; the next question can take its place.

    Args:
        title: of the question.
        texts: paragraphs.
        notices: paragraphs below, of less weight.
        choices: with label and payload.
    """
    body = [_line(title, weight="Bolder"), *map(_line, texts)]
    body += [_line(notice, isSubtle=True) for notice in notices]
    return _card([*body, *_buttons(choices, {"check": True})])


def handover_form(handover: Handover, wording: Wording) -> dict[str, Any] | None:
    """The form for handing a question over: contact point, text to check and change, optional name, consent.

    No contact point is preselected: a question must not go to an office that nobody chose.

    Args:
        handover: the draft.
        wording: labels.

    Returns:
        An attachment; None if there is no contact point that a question can be delivered to.
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
            # Without a label nothing marks it as required, and screen readers do not say so.
            "label": words["consent_label"],
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


def plain_handover(office: str, question: str, name: str | None, wording: HandoverWording) -> dict[str, Any]:
    """The same in text alone, for a channel that refuses the card; arguments as for `render_handover_card`."""
    sender = f"{wording.card['sender']}: {name}" if name else wording.card["anonymous"]
    parts = [wording.card["title"].format(office=office), question, sender, wording.card["origin"]]
    return plain_message("\n\n".join(parts))


def _fits_a_button(choice: FollowUp) -> bool:
    """Whether a choice is shown as a button. Questions of the guide never are, so that they all look alike."""
    return len(choice.label) <= _LONGEST_ON_A_BUTTON and not choice.payload.startswith(f"/{TOPIC_PREFIX}")


def _has_room(element: dict[str, Any], choice: FollowUp) -> bool:
    """Whether an element is a row of buttons that can take another one."""
    labels = [button["title"] for button in element.get("actions", ())]
    width = sum(len(label) + _BUTTON_EDGES for label in [*labels, choice.label])
    return 0 < len(labels) < _MOST_IN_A_ROW and width <= _ROW_WIDTH


def _buttons(choices: Iterable[FollowUp], more: dict[str, Any]) -> list[dict[str, Any]]:
    """Choices as buttons in rows, or as boxes if their labels are long.

    Args:
        choices: with label and payload.
        more: what each button sends beside its payload.
    """
    body: list[dict[str, Any]] = []
    for choice in choices:
        if not _fits_a_button(choice):
            body.append(_box(choice, more))
        elif body and _has_room(body[-1], choice):
            body[-1]["actions"].append(_button(choice, more))
        else:
            body.append({"type": "ActionSet", "spacing": "Small", "actions": [_button(choice, more)]})
    return body


def _box(choice: FollowUp, more: dict[str, Any]) -> dict[str, Any]:
    """A clickable container with the whole label, wrapped."""
    return {
        "type": "Container",
        "style": "emphasis",
        "spacing": "Small",
        "selectAction": _button(choice, more),
        "items": [_line(choice.label, weight="Bolder")],
    }


def _button(choice: FollowUp, more: dict[str, Any]) -> dict[str, Any]:
    return _submit(choice.label, {"payload": choice.payload, **more})


def _submit(label: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = cut(label, LONGEST_LABEL)
    tooltip = {"tooltip": label} if title != label else {}
    return {"type": "Action.Submit", "title": title, "data": {CARD_DATA: data}, **tooltip, **more}


def _line(text: str, **style: Any) -> dict[str, Any]:
    """A line as a rich text block, which does not interpret Markdown, unlike a text block."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _text(text: str, separator: bool = False, spacing: str = "Medium", **style: Any) -> dict[str, Any]:
    block = {**_line(text, **style), "spacing": spacing}
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


def _card(body: list[dict[str, Any]]) -> dict[str, Any]:
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "msteams": {"width": "Full"},
        "body": body,
    }
    return {"contentType": CARD, "content": content}
