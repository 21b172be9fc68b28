"""Markdown as Microsoft Teams shows it: content as it was written, formatting and links only where we mean them.

Source: Microsoft Learn, “Format your bot messages”; CommonMark 0.31 (backslash escapes, entities, links).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from lotse.answering.handover_draft import shortened
from lotse.render.links import CONTACT, safe_url

# Teams takes about 100 KB of UTF-16 with everything in a message; 28 KB of text leave room for sources and buttons.
LONGEST_TEXT_BYTES = 28 * 1024

_SPECIAL = re.compile(r"([\\`*_\[\]~@])")
_AT_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=[\s-]|$)|\d{1,9}(?=[.)](?:\s|$)))")
# What clients take for the beginning of an address.
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp)(?=:)|\b(www)(?=\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Content as one line that shows exactly its own characters, at the beginning of a line and within one.

    What would be formatting or a link is written with a backslash, what would be a tag or a mention with entities.

    Args:
        text: anything; line breaks become blanks.
    """
    line = " ".join(text.split())
    line = _SPECIAL.sub(r"\\\1", line)
    line = re.sub(r"[&<>]", lambda found: _ENTITIES[found.group()], line)
    line = _ADDRESS.sub(lambda found: found.group() + "\\", line)
    return _AT_START.sub(_no_block, line)


def bold(text: str) -> str:
    """Content in bold."""
    return f"**{escaped(text)}**" if text.strip() else ""


def link(label: str, url: str | None) -> str:
    """A link; only its label if there is no address or one that leads out of the web and mail."""
    address = safe_url(url, CONTACT)
    return f"[{escaped(label)}]({percent_encoded(address)})" if address else escaped(label)


def percent_encoded(url: str) -> str:
    """An address as it can stand in a Markdown link: without brackets and other characters than ASCII."""
    return quote(url, safe="%:/?#@!$&'*+,;=~-._[]")


def marks(numbers: list[int], native: set[int]) -> str:
    """The numbers of citations.

    Args:
        numbers: to be written.
        native: those that Teams shows as citations, as ``[1]``. It takes ten; the others stand in round brackets, and a
            blank before them, because ``[1](11)`` would be a link.
    """
    inline = "".join(f"[{number}]" for number in numbers if number in native)
    others = " ".join(f"({number})" for number in numbers if number not in native)
    return " ".join(filter(None, [inline, others]))


def listed(items: Iterable[str]) -> str:
    """A list in which every item is a paragraph, for there clients look for citations; a single item is no list.

    Microsoft's own test client (0.2.28, November 2026) leaves a ``[1]`` as it is in a list without empty lines.

    Args:
        items: Markdown, one line each.
    """
    lines = list(items)
    return "\n\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def cut(text: str, longest: int) -> str:
    """Text of at most so many UTF-16 units, which is what Microsoft counts, cut at the end of a word with “…”."""
    text = text.strip()
    return shortened(text, max(1, longest - sum(character > "\uffff" for character in text[:longest])))


def capped(blocks: list[str], longest: int = LONGEST_TEXT_BYTES) -> str:
    """Blocks as one text; what does not fit is left out from the end, and “…” says so.

    Args:
        blocks: of Markdown, each whole in itself.
        longest: bytes in UTF-16.
    """
    kept = list(blocks)
    while kept and _size("\n\n".join(kept)) > longest:
        head = kept.pop().rpartition("\n")[0].rstrip()
        # A list loses its last line first; a single line that is too long is left out whole, with all its formatting.
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
