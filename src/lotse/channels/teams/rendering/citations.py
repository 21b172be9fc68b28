"""Renders the sources of an answer in Microsoft Teams: as native citations, and as a list in the text.

Source: Microsoft Learn, “Bot messages with AI-generated content”, citations (checked in July 2026): one Message entity,
position equal to the ``[n]`` in the text, name up to 80, abstract up to 160 characters, three keywords of 28. The page
says 20 citations, the client refuses more than ten. The label for generated text is left out: nothing is generated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lotse.answering.answer import Citation
from lotse.channels.teams.rendering.markdown import cut, escaped, link, listed, marks, percent_encoded
from lotse.content.wording import Wording
from lotse.render.dates import written_date
from lotse.render.links import safe_url

MOST_CITATIONS = 10
LONGEST_NAME = 80
LONGEST_ABSTRACT = 160
LONGEST_KEYWORD = 28
MOST_KEYWORDS = 3


def native_numbers(citations: Iterable[Citation]) -> set[int]:
    """The numbers that become native citations: the first ten."""
    return set(sorted({citation.n for citation in citations})[:MOST_CITATIONS])


def message_entity(citations: Iterable[Citation], wording: Wording, language: str) -> dict[str, Any]:
    """The entity of a message that contains all its native citations.

    Args:
        citations: the native ones; the text contains a mark ``[n]`` for each.
        wording: labels.
        language: of the answer.
    """
    claims = [
        {"@type": "Claim", "position": citation.n, "appearance": _appearance(citation, wording, language)}
        for citation in citations
    ]
    return {
        "type": "https://schema.org/Message",
        "@type": "Message",
        "@context": "https://schema.org",
        "citation": claims,
    }


def source_list(citations: Sequence[Citation], native: set[int], wording: Wording, language: str) -> str:
    """A Markdown list of all sources with date, norms and links: each source once, with the numbers of its citations.

    Args:
        citations: of the answer.
        native: numbers of the native ones.
        wording: labels.
        language: of the answer.
    """
    sources: dict[tuple[str, str | None, str], dict[str, list[Citation]]] = {}
    for citation in citations:
        source = (_title(citation), citation.url, citation.as_of)
        norms = ", ".join(link(norm.label, norm.url) for norm in citation.norms)
        sources.setdefault(source, {}).setdefault(norms, []).append(citation)
    lines = []
    # A remark is about the whole source: once is enough, however many of its sections are cited.
    remarks = {citation.title: citation.remark for citation in citations if citation.remark}
    for (title, url, as_of), by_norms in sources.items():
        date = escaped(f"({wording.text['as_of']} {written_date(as_of, language)})")
        supporting = [
            " ".join(filter(None, [marks([citation.n for citation in group], native), norms]))
            for norms, group in by_norms.items()
        ]
        line = f"{link(title, url)} {date}: {'; '.join(supporting)}"
        remark = remarks.pop(next(iter(by_norms.values()))[0].title, None)
        lines.append(f"{line}. {escaped(remark)}" if remark else line)
    return listed(lines)


def _appearance(citation: Citation, wording: Wording, language: str) -> dict[str, Any]:
    title = _title(citation)
    if len(title) > LONGEST_NAME:
        # Many citations share a source; the part that distinguishes them must not be cut off.
        title = ", ".join(filter(None, [citation.section, citation.title]))
    # The date comes first, so that it is not cut off.
    dated = f"{wording.text['as_of']} {written_date(citation.as_of, language)}: {citation.excerpt}"
    # A norm that is cut off would name another norm.
    keywords = [norm.label for norm in citation.norms if len(norm.label) <= LONGEST_KEYWORD][:MOST_KEYWORDS]
    appearance: dict[str, Any] = {
        "@type": "DigitalDocument",
        "name": cut(title, LONGEST_NAME),
        "abstract": cut(" ".join(dated.split()), LONGEST_ABSTRACT),
    }
    address = safe_url(citation.url)
    if address:
        appearance["url"] = percent_encoded(address)
    if keywords:
        appearance["keywords"] = keywords
    return appearance


def _title(citation: Citation) -> str:
    return ", ".join(part for part in (citation.title, citation.section) if part)
