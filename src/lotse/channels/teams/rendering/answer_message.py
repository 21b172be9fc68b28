"""Renders an answer as one message in Microsoft Teams: Markdown, native citations, buttons.

Messages have no address; the connector adds it. No message asks for a pop-up (`channelData.notification`), so that
other members of a channel are not notified of every answer.
Source: Microsoft Learn, “Bot messages with AI-generated content”, “Suggested actions”, “Add feedback buttons”.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotse.answering.answer import Answer, ContactLine, Handover, Outcome, Point
from lotse.channels.teams.rendering.cards import choices_card, handover_form
from lotse.channels.teams.rendering.citations import message_entity, native_numbers, source_list
from lotse.channels.teams.rendering.markdown import bold, capped, escaped, link, listed, marks
from lotse.content.wording import Wording
from lotse.render.text import as_lead

# Teams shows at most this number of suggested actions.
MOST_SUGGESTED = 3
# Outcomes with guidance, which can be rated; the same as in the web chat.
RATED: frozenset[Outcome] = frozenset(
    {"answered", "refined", "sources", "explained", "choices", "refused", "handed_over", "check"}
)
# Outcomes whose text introduces the buttons, so that these need no heading.
_LEADING_UP: frozenset[Outcome] = frozenset({"choices", "refused", "check", "smalltalk"})


def render_teams(answer: Answer, wording: Wording) -> dict[str, Any]:
    """An answer as a message.

    Args:
        answer: the answer.
        wording: headings and labels, in the answer's language.

    Returns:
        A message activity of the Bot Framework as a dictionary, without address: ``type``, ``text``, ``textFormat``,
        and if needed ``entities``, ``attachments``, ``channelData``.
    """
    native = native_numbers(answer.citations)
    text = capped([block for block in _blocks(answer, wording, native) if block])
    message: dict[str, Any] = {"type": "message", "textFormat": "markdown", "text": text}
    marked = [citation for citation in answer.citations if citation.n in native and f"[{citation.n}]" in text]
    if marked:
        message["entities"] = [
            message_entity({citation.n: citation for citation in marked}.values(), wording, answer.language)
        ]
    if answer.outcome in RATED and answer.answer_id:
        message["channelData"] = {"feedbackLoop": {"type": "default"}}
    cards = list(_cards(answer, wording))
    if cards:
        message["attachments"] = cards
    return message


def render_welcome(greeting: Answer, wording: Wording, personal: bool) -> dict[str, Any]:
    """The message that is sent when the bot has been added, as for `render_teams`.

    Args:
        greeting: the answer to a “hello”; only its suggested questions are used, because its text ends in “for
            example:”.
        wording: sentences, in the same language.
        personal: whether only one person reads it. A team or a group gets one short message without questions to click,
            because a click would ask in front of everybody.
    """
    words = wording.teams
    if not personal:
        return {"type": "message", "textFormat": "markdown", "text": escaped(words.welcome_team)}
    message = {"type": "message", "textFormat": "markdown"}
    text = "\n\n".join(escaped(part) for part in words.welcome)
    questions = [item.label for item in greeting.follow_ups[:MOST_SUGGESTED]]
    if not questions:
        return {**message, "text": text}
    actions = [{"type": "imBack", "title": question, "value": question} for question in questions]
    # `to` is empty: the actions are for everybody, and in a personal chat that is one person.
    return {**message, "text": text, "suggestedActions": {"to": [], "actions": actions}}


def render_help(wording: Wording) -> dict[str, Any]:
    """The reply to the help command, as for `render_teams`.

    Args:
        wording: in the language of the conversation.
    """
    first, *points = wording.teams.help
    blocks = [bold(wording.teams.help_title), escaped(first), listed(escaped(point) for point in points)]
    return {"type": "message", "textFormat": "markdown", "text": "\n\n".join(filter(None, blocks))}


def _blocks(answer: Answer, wording: Wording, native: set[int]) -> Iterable[str]:
    """The blocks of the text in the order of the plain text, each complete Markdown."""
    if answer.title and answer.outcome in ("answered", "refined"):
        yield bold(f"{answer.title} {answer.verdict_label or ''}".strip() + ("." if answer.verdict_label else ""))
    known = {citation.n for citation in answer.citations}
    numbers = marks([number for number in answer.short_cites if number in known], native)
    lead = " ".join(part for part in (answer.addressed, answer.short) if part)
    yield " ".join(filter(None, [escaped(lead), numbers]))
    yield listed(_point(point, wording, known, native) for point in answer.points)
    if answer.citations:
        yield f"{bold(wording.text['sources'])}\n\n{source_list(answer.citations, native, wording, answer.language)}"
    yield _contacts(answer, wording)
    if answer.handover:
        yield from _handover(answer.handover, wording)
    if answer.notice:
        yield f"*{escaped(answer.notice)}*"
    if wording.personal_data in (answer.notice or ""):
        yield escaped(wording.teams.personal_data)
    if answer.outcome == "forgotten":
        # Only the person can delete the messages that Teams keeps.
        yield escaped(wording.teams.forgotten)


def _point(point: Point, wording: Wording, known: set[int], native: set[int]) -> str:
    labels = [wording.text["house"]] if point.level == "house" else []
    labels += [part for part in (point.status, point.title) if part]
    numbers = marks([number for number in point.cites if number in known], native)
    return " ".join(filter(None, [*(bold(as_lead(label)) for label in labels), escaped(point.text), numbers]))


def _contacts(answer: Answer, wording: Wording) -> str:
    if not answer.contacts:
        return ""
    heading = wording.text["contacts"]
    if answer.outcome in ("answered", "refined"):
        return f"{bold(f'{heading}:')} {escaped(', '.join(contact.label for contact in answer.contacts))}"
    offices = listed(_contact(contact) for contact in answer.contacts)
    return offices if answer.outcome == "handed_over" else f"{bold(heading)}\n\n{offices}"


def _contact(contact: ContactLine) -> str:
    mail = link(contact.email, f"mailto:{contact.email}") if contact.email else ""
    web = link(contact.url, contact.url) if contact.url else ""
    reach = ", ".join(filter(None, [escaped(contact.phone or ""), mail, web]))
    return f"{bold(f'{contact.label}:')} {escaped(contact.purpose)}" + (f" {reach}" if reach else "")


def _handover(handover: Handover, wording: Wording) -> Iterable[str]:
    """The question to copy if there is no form, and a mail link for each contact point that has an address."""
    if handover.question and not any(office.deliverable for office in handover.offices):
        yield escaped(wording.handover.copy_text)
        yield "\n>\n".join(f"> {escaped(line)}" for line in handover.question.splitlines() if line.strip())
    mails = (
        link(wording.teams.form["mail"].format(office=office.label), office.mailto)
        for office in handover.offices
        if office.email
    )
    yield listed(mails)


def _cards(answer: Answer, wording: Wording) -> Iterable[dict[str, Any]]:
    """The form and the buttons, each in a card of its own, because a button also sends all inputs of its card."""
    form = handover_form(answer.handover, wording) if answer.handover else None
    if form:
        yield form
    if answer.follow_ups:
        heading = None if answer.outcome in _LEADING_UP else wording.teams.follow_ups
        yield choices_card(answer.follow_ups, heading)
