"""Markdown for Microsoft Teams, and the sources of an answer: as native citations, and as a list in the text.

Content is escaped; formatting and links appear only where they are intended.

Source: Microsoft Learn, “Format your bot messages”; CommonMark 0.31 (backslash escapes, entities, links); Microsoft
Learn, “Bot messages with AI-generated content”, citations (checked in July 2026): one Message entity, position equal to
the ``[n]`` in the text, name up to 80, abstract up to 160 characters, three keywords of 28. The page says 20 citations,
the client refuses more than ten. The label for generated text is left out: nothing is generated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from lotse.answering.answer import Citation
from lotse.answering.handover_draft import shortened
from lotse.content.wording import Wording
from lotse.render.dates import written_date
from lotse.render.links import CONTACT, safe_url

# Teams accepts about 100 KB of UTF-16 for a whole message; 28 KB of text leave room for sources and buttons.
LONGEST_TEXT_BYTES = 28 * 1024

_SPECIAL = re.compile(r"([\\`*_\[\]~@])")
_AT_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=[\s-]|$)|\d{1,9}(?=[.)](?:\s|$)))")
# Clients treat these as the beginning of an address.
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp)(?=:)|\b(www)(?=\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Content as one line of Markdown that shows exactly its own characters, anywhere in a line.

    Characters of formatting and links are escaped with a backslash, those of tags and mentions as HTML entities.

    Args:
        text: any text; line breaks become blanks.
    """
    line = " ".join(text.split())
    line = _SPECIAL.sub(r"\\\1", line)
    line = re.sub(r"[&<>]", lambda found: _ENTITIES[found.group()], line)
    line = _ADDRESS.sub(lambda found: found.group() + "\\", line)
    return _AT_START.sub(_no_block, line)


def bold(text: str) -> str:
    """Content, escaped and in bold."""
    return f"**{escaped(text)}**" if text.strip() else ""


def link(label: str, url: str | None) -> str:
    """A link; only the label, escaped, if there is no address or its scheme is not allowed."""
    address = safe_url(url, CONTACT)
    return f"[{escaped(label)}]({percent_encoded(address)})" if address else escaped(label)


def telephone(number: str) -> str:
    """A telephone number as a link that dials it (RFC 3966), with its digits and blanks shown as they are."""
    return link(number, f"tel:{''.join(number.split())}")


def percent_encoded(url: str) -> str:
    """An address for a Markdown link, with brackets and all characters outside ASCII percent-encoded."""
    return quote(url, safe="%:/?#@!$&'*+,;=~-._[]")


def marks(numbers: list[int], native: set[int]) -> str:
    """Citation numbers as Markdown.

    Args:
        numbers: of the citations.
        native: those that Teams shows as citations, as ``[1]``. It accepts ten; the others are written in round
            brackets after a blank, because ``[1](11)`` would be a link.
    """
    inline = "".join(f"[{number}]" for number in numbers if number in native)
    others = " ".join(f"({number})" for number in numbers if number not in native)
    return " ".join(filter(None, [inline, others]))


def plain_message(text: str) -> dict[str, str]:
    """A message of text alone, as much of it as Teams takes: an activity without address."""
    return {"type": "message", "textFormat": "plain", "text": capped([text])}


def listed(items: Iterable[str]) -> str:
    """A list as paragraphs, each after a bullet; a single item has no bullet.

    Not a list of Markdown: the clients for iOS and Android show none, and citations are found in paragraphs only.
    Source: Microsoft Learn, “Format your bot messages”, support by platform
    (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages, read in November 2026).

    Args:
        items: Markdown, one line each.
    """
    lines = list(items)
    return "\n\n".join(f"• {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def cut(text: str, longest: int) -> str:
    """The text with at most `longest` UTF-16 units, as Microsoft counts them, cut at the end of a word with “…”."""
    text = text.strip()
    return shortened(text, max(1, longest - sum(character > "\uffff" for character in text[:longest])))


def capped(blocks: list[str], longest: int = LONGEST_TEXT_BYTES) -> str:
    """Blocks as one text; if it is too long, text is removed from the end and “…” is added.

    Args:
        blocks: of Markdown, each complete.
        longest: size in bytes of UTF-16.
    """
    kept = list(blocks)
    while kept and _size("\n\n".join(kept)) > longest:
        head = kept.pop().rpartition("\n")[0].rstrip()
        # A list loses its last line first; a single line that is too long is removed as a whole, with its formatting.
        kept += [head] if head else []
    if kept == list(blocks):
        return "\n\n".join(kept)
    while kept and _size("\n\n".join([*kept, "…"])) > longest:
        kept.pop()
    return "\n\n".join([*kept, "…"])


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


def _no_block(found: re.Match[str]) -> str:
    start = found.group()
    return f"{start}\\" if start.isdigit() else f"\\{start}"


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
