"""One word for one thing: the list of terms in German and English, and the texts that use another word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import Field

from lotse.content.model import Strict
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _

# People ask in their own words.
_THEIR_OWN = frozenset({"questions", "phrasings"})


class Term(Strict):
    """A term, its one translation, and the words that are not used for it."""

    de: str = Field(..., min_length=2, max_length=80, description="the German term")
    en: str | None = Field(None, min_length=2, max_length=80, description="the one English term")
    not_de: list[str] = Field(default_factory=list, description="German words that are not used for it")
    not_en: list[str] = Field(default_factory=list, description="English words that are not used for it")
    why: str | None = Field(None, max_length=160, description="for editors; never shown")

    def avoided(self, language: str) -> list[str]:
        """The words that are not used in a language."""
        return {"de": self.not_de, "en": self.not_en}.get(language, [])

    def preferred(self, language: str) -> str:
        """The term in a language; the German one if it has none there."""
        return (self.en if language == "en" else None) or self.de


class TermList(Strict):
    """The terms, by an id that editors choose."""

    terms: dict[str, Term]


def check_terms(file: YamlFile, language: str, terms: Mapping[str, Term]) -> Iterator[Problem]:
    """Warnings for words that the list of terms replaces by others.

    Args:
        file: a file with texts of one language; the words of questions are not checked.
        language: ISO 639-1 code of its texts.
        terms: the list, by id.
    """
    wanted = {word: term.preferred(language) for term in terms.values() for word in term.avoided(language)}
    if not wanted:
        return
    pattern = _any_of(wanted)
    by_folded = {word.casefold(): term for word, term in wanted.items()}
    for at, text in _texts(file.data, ()):
        for found in dict.fromkeys(match[0].casefold() for match in pattern.finditer(" ".join(text.split()))):
            message = _("“{word}” is not used for “{term}”.").format(word=found, term=by_folded[found])
            remedy = _("write “{term}”; data/guide/terms.yml says why").format(term=by_folded[found])
            yield file.problem(at, message, remedy, warning=True)


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _texts(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key not in _THEIR_OWN:
                yield from _texts(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*at, number))
