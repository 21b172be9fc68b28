"""An answer as plain text: complete for any client, with numbered sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from lotse.answering.answer import Answer, Citation, ContactLine, DocumentLink, Handover, Help, Outcome, Point
from lotse.content.wording import Wording
from lotse.render.dates import written_date
from lotse.render.links import guide_address, safe_url

TERMINAL_WIDTH = 78
# Outcomes with statements of the guide.
_GUIDANCE: frozenset[Outcome] = frozenset({"answered", "refined", "sources", "explained"})


def render_text(answer: Answer, wording: Wording, width: int | None = None, chat_address: str | None = None) -> str:
    """The answer as plain text, in the order in which it is read standing: help, short answer, steps, points, sources.

    Points beyond `Answer.points_at_once` are left out, with their sources: they follow when they are asked for.

    Args:
        answer: the answer.
        wording: headings and labels, in the answer's language.
        width: columns to wrap at; None leaves wrapping to the client.
        chat_address: of the web chat, for a link to the passage in the guide; None for no link.
    """
    blocks: list[list[str]] = []
    if answer.help:
        blocks += _help(answer.help, wording, width)
    if answer.assumed:
        blocks.append(_wrap(answer.assumed, width))
    if heading := title_line(answer):
        blocks.append(_wrap(heading, width))
    lead = " ".join(part for part in (answer.addressed, answer.short, _marks(answer.short_cites)) if part)
    blocks.append(_wrap(lead, width))
    if answer.steps:
        steps = (_wrap(f"{step.text} {_marks(step.cites)}".strip(), width, "- ", "  ") for step in answer.steps)
        blocks.append([f"{wording.text['steps']}:", *(line for step in steps for line in step)])
    blocks += [_point(point, wording, width) for point in answer.points_shown]
    citations = answer.citations_shown
    if citations:
        lines = [] if answer.outcome == "sources" else [f"{wording.text['sources']}:"]
        remarked: set[str] = set()
        for carried_by, citation in _alike(citations):
            lines += _citation(carried_by, citation, wording, width, answer.language)
            # A remark is about the whole source: once is enough, however many of its sections are cited.
            if citation.remark and citation.title not in remarked:
                remarked.add(citation.title)
                lines += _wrap(citation.remark, width, "    ", "    ")
        blocks.append(lines)
    if answer.contacts:
        blocks.append(_contacts(answer, wording, width))
    if answer.handover:
        blocks += _handover(answer.handover, wording, width)
    if documents := reachable(answer.documents):
        # Addresses are not wrapped, so that a terminal can open them.
        labelled = ([*_wrap(f"{item.label}:", width, "- ", "  "), f"  {item.url}"] for item in documents)
        blocks.append([line for lines in labelled for line in lines])
    if answer.citations and answer.outcome in _GUIDANCE and chat_address:
        leading = next((item for item in answer.citations if item.n in answer.short_cites), answer.citations[0])
        address = guide_address(chat_address, leading.passage, answer.language)
        blocks.append([f"{wording.web.widget['read_in_guide']}:", address])
    blocks += [_wrap(notice, width) for notice in answer.notices]
    # A question back or a refusal says so itself, and what continues an answer rests on that one.
    if answer.outcome == "answered" and answer.why.recognised and answer.why.certainty != "high":
        words = wording.web.widget
        recognised = words["why_recognised"].format(question=answer.why.recognised)
        certainty = words[f"why_certainty_{answer.why.certainty}"]
        blocks.append([words["why"], *_wrap(f"{recognised} {certainty}", width)])
    if answer.question:
        blocks.append([line for text in answer.question.splitlines() for line in _wrap(text, width)])
    if answer.follow_ups:
        lines = [f"{wording.text['follow_ups']}:"]
        for number, item in enumerate(answer.follow_ups, start=1):
            lines += _wrap(item.label, width, f"{number}) ", "   ")
        blocks.append(lines)
    return "\n\n".join("\n".join(block) for block in blocks)


def reachable(documents: Iterable[DocumentLink]) -> list[DocumentLink]:
    """The documents that can be opened outside of the web chat: those with a whole address."""
    return [item for item in documents if safe_url(item.url)]


def title_line(answer: Answer) -> str:
    """The title of an answer with its verdict, if it has one: “Darf ich andere blockieren? Erlaubt.”"""
    if not answer.title or answer.outcome not in ("answered", "refined", "check"):
        return ""
    return f"{as_lead(answer.title)} {answer.verdict_label}." if answer.verdict_label else answer.title


def leads(point: Point, wording: Wording) -> list[str]:
    """What stands before a point: whom it is for, its title, and that it is disputed or not settled."""
    certainty = f"({wording.certainty[point.certainty]})" if point.certainty != "settled" else ""
    *others, last = [part for part in (point.status, point.title) if part] or [""]
    if certainty:
        # In brackets after the title, so that it is read with it: “Retweets (umstritten): …”
        last = f"{last} {certainty}".strip()
    return [as_lead(part) for part in (*others, last) if part]


def _help(help_now: Help, wording: Wording, width: int | None) -> Iterable[list[str]]:
    """Blocks of lines for a person in need: the sentences, who helps at once, offices of the authority."""
    yield _wrap(help_now.text, width)
    if help_now.lines:
        lines = [f"{wording.text['help']}:"]
        for line in help_now.lines:
            lines += _wrap(f"{as_lead(line.label)} {line.purpose}", width, "- ", "  ")
            reach = ", ".join(filter(None, [line.phone, *line.other_phones, line.hours]))
            lines += [f"  {reach}"] if reach else []
            lines += [f"  {line.url}"] if line.url else []
        yield lines
    if help_now.offices:
        offices = (line for office in help_now.offices for line in _contact(office, width))
        yield [f"{wording.text['offices']}:", *offices]


def _point(point: Point, wording: Wording, width: int | None) -> list[str]:
    house = f"[{wording.text['house']}]" if point.level == "house" else ""
    parts = [house, *leads(point, wording), point.text, _marks(point.cites)]
    return _wrap(" ".join(filter(None, parts)), width, "- ", "  ")


def _marks(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _alike(citations: Iterable[Citation]) -> list[tuple[list[int], Citation]]:
    """Citations with the same text, each once with all its numbers."""
    groups: dict[str, tuple[list[int], Citation]] = {}
    for citation in citations:
        key = citation.json(include={"title", "section", "url", "as_of", "norms", "remark"})
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
    yield from _wrap(line, width, f"{_marks(numbers)} ", "    ")
    # One address per line, and not wrapped, so that a terminal can open it.
    for address in dict.fromkeys(filter(None, [citation.url, *(norm.url for norm in citation.norms)])):
        yield f"    {address}"


def _contacts(answer: Answer, wording: Wording, width: int | None) -> list[str]:
    """Lines: the names of offices of which nothing else is known, with their notes, then the others in full."""
    named, heading = answer.contacts_named, wording.text["contacts"]
    lines = [] if named or answer.outcome == "handed_over" else [f"{heading}:"]
    if named:
        lines += _wrap(f"{heading}: {', '.join(contact.label for contact in named)}", width)
    for contact in named:
        lines += _wrap(f"{contact.label}: {contact.note}", width, "- ", "  ") if contact.note else []
    return lines + [line for contact in answer.contacts_described for line in _contact(contact, width)]


def _contact(contact: ContactLine, width: int | None) -> Iterable[str]:
    yield from _wrap(" ".join(filter(None, [f"{contact.label}: {contact.purpose}", contact.note])), width, "- ", "  ")
    reach = ", ".join(part for part in (contact.phone, contact.email) if part)
    # An address has a line of its own, not wrapped, so that a terminal can open it.
    yield from (f"  {line}" for line in (reach, contact.url) if line)


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
    wrapped: list[str] = []
    # Plain language has one sentence a line.
    for number, line in enumerate(text.split("\n")):
        begin = rest if number else first
        wrapped += [begin + line] if width is None else _wrap_line(line, width, begin, rest)
    return wrapped


def _wrap_line(line: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        line, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
