"""One spelling for what people paste: styled letters, torn words and invisible characters, before anything reads it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lotse.answering.control_characters import cleaned

# A word that a line end has torn: “Be-⏎amtin”. What begins with a capital or after a short piece is no torn word.
_TORN = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[a-zäöüß])")
# “Haupt-⏎und Nebenamt” ends with a hyphen that belongs there.
_JOINING = re.compile(r"(?:und|oder|bzw|and|or)\b")
# Overlays that strike a letter through, and what makes a keycap or a picture of a digit: “2️⃣” is 2.
_OVERLAYS = re.compile("[\u0335-\u0338\u20dd-\u20e4]")
_PICTURED_DIGIT = re.compile("(?<=[0-9#*])\ufe0f+")
# Spacing accents that people type as apostrophes; NFKC would make a blank and a combining accent of them.
_APOSTROPHES = str.maketrans({"\u00b4": "'", "\u02bc": "'", "\u02b9": "'"})
_SPACING_ACCENTS = re.compile(
    "[\u00a8\u00af\u00b8\u02d8-\u02dd\u1fbd-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed-\u1fef\u1ffd\u1ffe]"
)
# Letters that are drawn, not written, and that Unicode gives no compatible form.
_DRAWN = re.compile(
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|CROSSED NEGATIVE SQUARED LATIN CAPITAL LETTER"
    r"|LATIN LETTER SMALL CAPITAL) ([A-Z])"
)
_MAY_BE_DRAWN = re.compile("[\u0180-\u02ff\u1d00-\u1dbf\ua720-\ua7ff\U0001f100-\U0001f1ff]")


def normalised(text: str) -> str:
    """The text in Unicode's NFKC form, without invisible characters, with torn words joined and styled letters plain.

    A second time changes nothing more.

    Args:
        text: as it came from a channel.

    Source: Unicode Standard Annex 15 (normalisation forms).
    """
    text = cleaned(text).translate(_APOSTROPHES)
    text = _MAY_BE_DRAWN.sub(lambda match: _plain_letter(match[0]), _SPACING_ACCENTS.sub(" ", text))
    # Compatible forms may hold what has been left out before, such as a blank of another width.
    text = cleaned(_compatible(text))
    text = _compatible(_PICTURED_DIGIT.sub("", _OVERLAYS.sub("", text)))
    return _TORN.sub(_joined, text)


def _compatible(text: str) -> str:
    """NFKC, except for the ellipsis, which people write and which marks what was masked."""
    return "…".join(unicodedata.normalize("NFKC", part) for part in text.split("…"))


def _joined(match: re.Match[str]) -> str:
    return match[0] if _JOINING.match(match.string, match.end()) else ""


@lru_cache(maxsize=1024)
def _plain_letter(sign: str) -> str:
    found = _DRAWN.fullmatch(unicodedata.name(sign, ""))
    return found[1].lower() if found else sign
