"""Renders an answer as one message in Microsoft Teams: Markdown, native citations, buttons.

Messages have no address; the connector adds it. No message asks for a pop-up (`channelData.notification`), so that
other members of a channel are not notified of every answer.
Source: Microsoft Learn, “Bot messages with AI-generated content”, “Suggested actions”, “Add feedback buttons”;
“Messages in bot conversations” (a text and a card in one activity come as two messages without an id, so that nobody
could say which answer a rating is about; “It is recommended to send separate activities”).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lotse.answering.answer import Answer, ContactLine, Handover, Help, HelpLine, Outcome, Point, Step
from lotse.answering.check_payloads import is_of_a_check
from lotse.channels.teams.rendering.cards import check_card, choices_card, handover_form
from lotse.channels.teams.rendering.markdown import (
    bold,
    capped,
    escaped,
    link,
    listed,
    marks,
    message_entity,
    native_numbers,
    plain_message,
    source_list,
)
from lotse.content.wording import Wording
from lotse.render.links import phone_address
from lotse.render.text import as_lead, leads, reachable, render_text, title_line

# Teams shows at most this number of suggested actions.
MOST_SUGGESTED = 3
# Outcomes that can be rated, the same as in the web chat: a question back is no answer yet.
RATED: frozenset[Outcome] = frozenset(
    {"answered", "refined", "sources", "explained", "refused", "handed_over", "check"}
)
# Outcomes whose text introduces the buttons, so that these need no heading.
_LEADING_UP: frozenset[Outcome] = frozenset({"choices", "refused", "check", "smalltalk"})


@dataclass(frozen=True)
class Outgoing:
    """A message activity without address, and what is sent in its place if Teams refuses it because of its content."""

    activity: dict[str, Any]
    simple: dict[str, Any]


def render_messages(answer: Answer, wording: Wording) -> list[Outgoing]:
    """The messages of an answer: the text, which can be rated, then each card by itself.

    A question of a guided check is one card, so that the next can take its place.

    Args:
        answer: the answer.
        wording: headings and labels, in the answer's language.

    Returns:
        Messages, none of which has a text and an attachment, or two attachments.
    """
    if asks_in_a_check(answer):
        return [_check_question(answer, wording)]
    text = render_teams(answer, wording)
    text.pop("attachments", None)
    plain = render_text(answer.copy(update={"follow_ups": []}), wording)
    cards = [
        Outgoing(
            {"type": "message", "summary": card.title, "attachments": [card.attachment]}, plain_message(card.plain)
        )
        for card in _cards(answer, wording)
    ]
    return [Outgoing(text, plain_message(plain)), *cards]


def asks_in_a_check(answer: Answer) -> bool:
    """Whether an answer is a question of a guided check, or about one, and nothing else."""
    under_way = any(is_of_a_check(choice.payload) for choice in answer.follow_ups)
    return answer.outcome == "check" and answer.verdict is None and answer.help is None and under_way


def render_left_check(title: str, wording: Wording) -> dict[str, Any]:
    """What takes the place of the last question of a guided check, as for `render_teams`.

    Args:
        title: of that question or of what follows.
        wording: in the language of the conversation.
    """
    return {
        "type": "message",
        "summary": title,
        "attachments": [check_card(title, [wording.teams.check_left], [], [])],
    }


def _check_question(answer: Answer, wording: Wording) -> Outgoing:
    title = answer.title or wording.teams.follow_ups
    # Only the person can delete what Teams keeps.
    in_teams = [wording.teams.personal_data] if wording.personal_data in answer.notices else []
    *lines, last = answer.short.splitlines()
    # What leads is a reason with its sources; a question has none.
    numbers = "".join(f"[{number}]" for number in answer.short_cites)
    lines = [
        *lines,
        f"{last} {numbers}".strip(),
        *_reasons_so_far(answer, wording),
        *(answer.question or "").splitlines(),
    ]
    card = check_card(title, lines, [*answer.notices, *in_teams], answer.follow_ups)
    simple = plain_message(render_text(answer, wording))
    return Outgoing({"type": "message", "summary": title, "attachments": [card]}, simple)


def _reasons_so_far(answer: Answer, wording: Wording) -> list[str]:
    """The lines of an interim result below what leads: reasons and their sources; empty for a mere question."""
    if not answer.citations:
        return []
    nothing_else: dict[str, object] = {
        "title": None,
        "short": "",
        "short_cites": [],
        "question": None,
        "follow_ups": [],
        "notice": None,
    }
    only_reasons = answer.copy(update={**nothing_else, "why": None})
    return [line for line in render_text(only_reasons, wording).splitlines() if line.strip()]


def render_teams(answer: Answer, wording: Wording) -> dict[str, Any]:
    """An answer as a whole; `render_messages` makes of it what is sent.

    Args:
        answer: the answer.
        wording: headings and labels, in the answer's language.

    Returns:
        A message activity of the Bot Framework as a dictionary, without address: ``type``, ``text``, ``textFormat``,
        and if needed ``entities``, ``attachments``, ``channelData``.
    """
    native = native_numbers(answer.citations_shown)
    text = capped([block for block in _blocks(answer, wording, native) if block])
    message: dict[str, Any] = {"type": "message", "textFormat": "markdown", "text": text}
    marked = [citation for citation in answer.citations_shown if citation.n in native and f"[{citation.n}]" in text]
    if marked:
        message["entities"] = [
            message_entity({citation.n: citation for citation in marked}.values(), wording, answer.language)
        ]
    # A question of a guided check says nothing that could be rated; its result does.
    asks = answer.outcome == "check" and answer.verdict is None
    if answer.outcome in RATED and answer.answer_id and not asks:
        message["channelData"] = {"feedbackLoop": {"type": "default"}}
    cards = [card.attachment for card in _cards(answer, wording)]
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


def plain_welcome(greeting: Answer, wording: Wording, personal: bool) -> dict[str, Any]:
    """The same in text alone, for a client that refuses the welcome; arguments as for `render_welcome`."""
    if not personal:
        return plain_message(wording.teams.welcome_team)
    questions = "\n".join(f"- {item.label}" for item in greeting.follow_ups[:MOST_SUGGESTED])
    return plain_message("\n\n".join(filter(None, [*wording.teams.welcome, questions])))


def render_help(wording: Wording) -> dict[str, Any]:
    """The reply to the help command, as for `render_teams`.

    Args:
        wording: in the language of the conversation.
    """
    first, *points = wording.teams.help
    blocks = [bold(wording.teams.help_title), escaped(first), listed(escaped(point) for point in points)]
    return {"type": "message", "textFormat": "markdown", "text": "\n\n".join(filter(None, blocks))}


def plain_help(wording: Wording) -> dict[str, Any]:
    """The same in text alone, for a client that refuses the help; arguments as for `render_help`."""
    first, *points = wording.teams.help
    return plain_message("\n\n".join([wording.teams.help_title, first, "\n".join(f"- {point}" for point in points)]))


def _blocks(answer: Answer, wording: Wording, native: set[int]) -> Iterable[str]:
    """The blocks of the text in the order of the plain text, each complete Markdown."""
    if answer.help:
        yield from _help(answer.help, wording)
    if answer.assumed:
        yield escaped(answer.assumed)
    yield bold(title_line(answer))
    citations = answer.citations_shown
    known = {citation.n for citation in citations}
    numbers = marks([number for number in answer.short_cites if number in known], native)
    lead = " ".join(part for part in (answer.addressed, answer.short) if part)
    yield " ".join(filter(None, ["\n\n".join(escaped(line) for line in lead.splitlines()), numbers]))
    if answer.steps:
        yield bold(wording.text["steps"])
        yield listed(_step(step, known, native) for step in answer.steps)
    yield listed(_point(point, wording, known, native) for point in answer.points_shown)
    if citations:
        yield bold(wording.text["sources"]) if answer.outcome != "sources" else ""
        yield source_list(citations, native, wording, answer.language)
    yield _contacts(answer, wording)
    if answer.handover:
        yield from _handover(answer.handover, wording)
    yield listed(link(item.label, item.url) for item in reachable(answer.documents))
    for notice in answer.notices:
        yield f"*{escaped(notice)}*"
        if notice == wording.personal_data:
            yield escaped(wording.teams.personal_data)
    if answer.outcome == "forgotten":
        # Only the person can delete the messages that Teams keeps.
        yield escaped(wording.teams.forgotten)


def _help(help_now: Help, wording: Wording) -> Iterable[str]:
    """Blocks for a person in need: the sentences, who helps at once, offices of the authority."""
    yield escaped(help_now.text)
    if help_now.lines:
        yield bold(wording.text["help"])
        yield listed(_help_line(line) for line in help_now.lines)
    if help_now.offices:
        yield bold(wording.text["offices"])
        yield listed(_contact(office) for office in help_now.offices)


def _help_line(line: HelpLine) -> str:
    phones = [link(phone, phone_address(phone)) for phone in (line.phone, *line.other_phones) if phone]
    web = link(line.url, line.url) if line.url else ""
    reach = ", ".join(filter(None, [*phones, escaped(line.hours or ""), web]))
    return " ".join(filter(None, [bold(as_lead(line.label)), escaped(line.purpose), reach]))


def _step(step: Step, known: set[int], native: set[int]) -> str:
    return " ".join(filter(None, [escaped(step.text), marks([n for n in step.cites if n in known], native)]))


def _point(point: Point, wording: Wording, known: set[int], native: set[int]) -> str:
    labels = [as_lead(wording.text["house"])] if point.level == "house" else []
    labels += leads(point, wording)
    numbers = marks([number for number in point.cites if number in known], native)
    return " ".join(filter(None, [*(bold(label) for label in labels), escaped(point.text), numbers]))


def _contacts(answer: Answer, wording: Wording) -> str:
    if not answer.contacts:
        return ""
    heading, named = wording.text["contacts"], answer.contacts_named
    offices = listed(_contact(contact) for contact in answer.contacts_described)
    if not named:
        return offices if answer.outcome == "handed_over" else f"{bold(heading)}\n\n{offices}"
    names = f"{bold(f'{heading}:')} {escaped(', '.join(contact.label for contact in named))}"
    notes = [f"{bold(as_lead(item.label))} {escaped(item.note)}" for item in named if item.note]
    return "\n\n".join(filter(None, [names, *notes, offices]))


def _contact(contact: ContactLine) -> str:
    mail = link(contact.email, f"mailto:{contact.email}") if contact.email else ""
    web = link(contact.url, contact.url) if contact.url else ""
    reach = ", ".join(filter(None, [escaped(contact.phone or ""), mail, web]))
    return " ".join(
        filter(None, [bold(f"{contact.label}:"), escaped(contact.purpose), escaped(contact.note or ""), reach])
    )


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


@dataclass(frozen=True)
class _Card:
    """A card: the attachment, what a notification calls it, and its content as plain text."""

    attachment: dict[str, Any]
    title: str
    plain: str


def _cards(answer: Answer, wording: Wording) -> Iterable[_Card]:
    """The form and the buttons, each in a card of its own, because a button also sends all inputs of its card."""
    form = handover_form(answer.handover, wording) if answer.handover else None
    if form and answer.handover:
        plain = f"{wording.handover.copy_text}\n\n{answer.handover.question}"
        yield _Card(form, wording.teams.form["title"], plain)
    if answer.follow_ups:
        title = wording.teams.follow_ups
        heading = None if answer.outcome in _LEADING_UP else title
        # Words are understood as well as a pressed button.
        plain = "\n".join([f"{title}:", *(f"- {choice.label}" for choice in answer.follow_ups)])
        yield _Card(choices_card(answer.follow_ups, heading), title, plain)
