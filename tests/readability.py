"""How hard a text is to read."""

from __future__ import annotations

import re

from lotse.content.sentences import sentences

_WORD = re.compile(r"[^\W_]+")
_LONG = 6


def lix(text: str) -> float:
    """The readability index LIX: words per sentence, plus the share in percent of words of more than six letters.

    It needs no syllables and no word list, so it holds for German and English alike. Below 40 a text counts as easy,
    from 50 on as hard.

    Source: C. H. Björnsson, Läsbarhet, Stockholm 1968.
    """
    words = _WORD.findall(text)
    count = sum(len(sentences(line)) for line in text.splitlines())
    return len(words) / count + 100 * sum(len(word) > _LONG for word in words) / len(words)
