"""Checks addresses that content links to, and formats labels of norms; the same for every channel."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote, urlencode, urlsplit

from lotse.answering.control_characters import NOT_IN_PAYLOAD

WEB = frozenset({"http", "https"})
CONTACT = WEB | {"mailto", "tel"}

# 110 and 112 have three digits.
_SHORTEST_NUMBER = 2
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MARKS = ("§§", "§", "Art.", "Abs.", "S.", "Nr.")


def safe_url(address: str | None, schemes: Collection[str] = WEB) -> str | None:
    """The address if it is safe to link to, otherwise None. Content must not contain ``javascript:`` or parts of
    markup.

    Args:
        address: as written in the content.
        schemes: allowed schemes, in lower case.

    Source:
        RFC 3986, sections 2 (no blanks, no angle brackets) and 3.
    """
    if not address or any(sign.isspace() or sign in '<>"' for sign in address) or NOT_IN_PAYLOAD.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in schemes:
        return None
    return address if (host if parts.scheme in WEB else parts.path) else None


def phone_address(phone: str) -> str | None:
    """A ``tel:`` link to a phone number as it is written; None if it has too few digits to be one.

    Source:
        RFC 3966: digits, and a leading plus for a number with its country code.
    """
    digits = "".join(sign for sign in phone.replace("(0)", "") if sign.isascii() and (sign.isdigit() or sign == "+"))
    return f"tel:{digits}" if len(digits) > _SHORTEST_NUMBER else None


def guide_address(chat_address: str, passage: str, language: str) -> str:
    """The address of a passage in the guide's pages.

    Args:
        chat_address: of the web chat, with a slash at the end.
        passage: its id, ``topic.name``.
        language: ISO 639-1 code.
    """
    topic = quote(passage.partition(".")[0], safe="")
    return f"{chat_address}guide/{topic}?{urlencode({'language': language})}#{quote(passage, safe='')}"


def unbroken_norm(label: str) -> str:
    """“§ 33 BeamtStG” with blanks that do not break after a paragraph sign or an abbreviation."""
    for mark in _MARKS:
        label = label.replace(f"{mark} ", f"{mark}{_NO_BREAK}")
    return label
