"""One form for all spellings of a word."""

from __future__ import annotations

import unicodedata

_FOLDING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def fold(text: str) -> str:
    """The text in lower case without umlauts, so that “Bürger” and “buerger” are the same word."""
    return unicodedata.normalize("NFC", text).casefold().translate(_FOLDING)
