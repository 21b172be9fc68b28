"""An answer as plain text: complete for any client, with numbered sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from lotse.answering.answer import Answer, Citation, ContactLine, Handover
from lotse.content.wording import Wording
from lotse.render.dates import written_date

TERMINAL_WIDTH = 78


def render_text(answer: Answer, wording: Wording, width: int | None = None) -> str:
    """The answer as plain text: short answer, points, numbered sources, contact points, numbered choices.

    Args:
        answer: the answer.
        wording: headings and labels, in the answer's language.
        width: columns to wrap at; None leaves wrapping to the client.
    """
    blocks: list[list[str]] = []
    if answer.title and answer.outcome in ("answered", "refined"):
        blocks.append(_wrap(f"{answer.title} {(answer.verdict_label or '')}.".strip(), width))
    numbers = "".join(f"[{number}]" for number in answer.short_cites)
    lead = " ".join(part for part in (answer.addressed, answer.short, numbers) if part)
    blocks.append(_wrap(lead, width))
    for point in answer.points:
        about = "".join(f"{as_lead(part)} " for part in (point.status, point.title) if part)
        house = f"[{wording.text['house']}] " if point.level == "house" else ""
        numbers = "".join(f"[{number}]" for number in point.cites)
        blocks.append(_wrap(f"{house}{about}{point.text} {numbers}", width, "- ", "  "))
    if answer.citations:
        lines = [f"{wording.text['sources']}:"]
        for carried_by, citation in _alike(answer.citations):
            lines += _citation(carried_by, citation, wording, width, answer.language)
        blocks.append(lines)
    if answer.contacts and answer.outcome in ("answered", "refined"):
        names = ", ".join(contact.label for contact in answer.contacts)
        blocks.append(_wrap(f"{wording.text['contacts']}: {names}", width))
    elif answer.contacts:
        lines = [] if answer.outcome == "handed_over" else [f"{wording.text['contacts']}:"]
        blocks.append(lines + [line for contact in answer.contacts for line in _contact(contact, width)])
    if answer.handover:
        blocks += _handover(answer.handover, wording, width)
    if answer.notice:
        blocks.append(_wrap(answer.notice, width))
    if answer.follow_ups:
        lines = [f"{wording.text['follow_ups']}:"]
        for number, item in enumerate(answer.follow_ups, start=1):
            lines += _wrap(item.label, width, f"{number}) ", "   ")
        blocks.append(lines)
    return "\n\n".join("\n".join(block) for block in blocks)


def _alike(citations: Iterable[Citation]) -> list[tuple[list[int], Citation]]:
    """Citations with the same text, each once with all its numbers."""
    groups: dict[str, tuple[list[int], Citation]] = {}
    for citation in citations:
        key = citation.json(include={"title", "section", "url", "as_of", "norms"})
        groups.setdefault(key, ([], citation))[0].append(citation.n)
    return list(groups.values())


def as_lead(label: str) -> str:
    """A label before a statement: with a colon, unless it is a question or ends in a mark of its own."""
    return label if label.endswith(("?", "!", ".", "…")) else f"{label}:"


def _citation(
    numbers: Iterable[int], citation: Citation, wording: Wording, width: int | None, language: str
) -> Iterable[str]:
    titles = ", ".join(part for part in (citation.title, citation.section) if part)
    norms = ", ".join(norm.label for norm in citation.norms)
    line = f"{titles} ({wording.text['as_of']} {written_date(citation.as_of, language)})" + (
        f"; {norms}" if norms else ""
    )
    yield from _wrap(line, width, "".join(f"[{number}]" for number in numbers) + " ", "    ")
    # One address per line, and not wrapped, so that a terminal can open it.
    for address in dict.fromkeys(filter(None, [citation.url, *(norm.url for norm in citation.norms)])):
        yield f"    {address}"


def _contact(contact: ContactLine, width: int | None) -> Iterable[str]:
    yield from _wrap(f"{contact.label}: {contact.purpose}", width, "- ", "  ")
    reach = ", ".join(part for part in (contact.phone, contact.email, contact.url) if part)
    if reach:
        yield f"  {reach}"


def _handover(handover: Handover, wording: Wording, width: int | None) -> Iterable[list[str]]:
    """Blocks of lines: the question to copy, and a mail link for each contact point that has an address."""
    if handover.question:
        lines = [line for part in handover.question.split("\n") for line in _wrap(part, width)]
        yield [*_wrap(wording.handover.copy_text, width), *lines]
    for office in handover.offices:
        if office.email:
            # Not wrapped, so that a terminal can open it.
            yield [*_wrap(wording.handover.mail.format(office=office.label), width), office.mailto]


def _wrap(text: str, width: int | None, first: str = "", rest: str = "") -> list[str]:
    if width is None:
        return [first + text]
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
