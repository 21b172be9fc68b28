"""The words that tell of something done already, read from ``data/word_lists/deeds.yml``."""

from __future__ import annotations

from pathlib import Path

from lotse.content.loading import parse
from lotse.content.model import Strict


class DeedWords(Strict):
    """The words of ``data/word_lists/deeds.yml``, which explains each list."""

    deeds: list[str]
    speaker: list[str]
    having: list[str]
    speakers: list[str]
    having_together: list[str]
    english_deeds: list[str]
    english_past: list[str]
    english_speaker: list[str]
    english_having: list[str]
    english_both: list[str]
    between: list[str]
    denials: list[str]
    phrases: list[str]


def load_deed_words(data: Path) -> DeedWords:
    """Read ``word_lists/deeds.yml``.

    Raises:
        ContentError: a list is missing or misspelt.
    """
    return parse(data / "word_lists" / "deeds.yml", DeedWords)[1]
