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

# People ask in their own words: lists of messages. The questions of a guided check are ours; they are no such lists.
_THEIR_OWN = frozenset({"questions", "phrasings", "follow_ups", "phrases"})


class Term(Strict):
    """A term, its one translation, and the words that are not used for it."""

    de: str = Field(..., min_length=2, max_length=80, description="the German term")
    en: str | None = Field(None, min_length=2, max_length=80, description="the one English term")
    not_de: list[str] = Field(default_factory=list, description="German words that are not used for it")
    not_en: list[str] = Field(default_factory=list, description="English words that are not used for it")
    part_de: list[str] = Field(default_factory=list, description="words that stand only inside the whole German term")
    part_en: list[str] = Field(default_factory=list, description="words that stand only inside the whole English term")
    why: str | None = Field(None, max_length=160, description="for editors; never shown")

    def avoided(self, language: str) -> list[str]:
        """The words that are not used in a language."""
        return {"de": self.not_de, "en": self.not_en}.get(language, [])

    def parts(self, language: str) -> list[str]:
        """The words that stand only inside the whole term in a language."""
        return {"de": self.part_de, "en": self.part_en}.get(language, [])

    def preferred(self, language: str) -> str:
        """The term in a language; the German one if it has none there."""
        return (self.en if language == "en" else None) or self.de


class TermList(Strict):
    """The terms, by an id that editors choose."""

    terms: dict[str, Term]


def check_terms(file: YamlFile, language: str, terms: Mapping[str, Term]) -> Iterator[Problem]:
    """Warnings for words that the list of terms replaces by others, and for parts of a term without the rest.

    Args:
        file: a file with texts of one language; the words of questions are not checked.
        language: ISO 639-1 code of its texts.
        terms: the list, by id.
    """
    wanted = {word: term.preferred(language) for term in terms.values() for word in term.avoided(language)}
    by_folded = {word.casefold(): term for word, term in wanted.items()}
    parts = [(term.preferred(language), term.parts(language)) for term in terms.values() if term.parts(language)]
    for at, text in _texts(file.data, ()):
        line = " ".join(text.split())
        found = [(match[0].casefold(), by_folded[match[0].casefold()]) for match in _any_of(wanted).finditer(line)]
        for whole, words in parts:
            rest = _whole_term(whole).sub(" ", line)
            found += [(match[0].casefold(), whole) for match in _any_of(words).finditer(rest)]
        for word, preferred in dict.fromkeys(found):
            message = _("“{word}” is not used for “{term}”.").format(word=word, term=preferred)
            remedy = _("write “{term}”; data/guide/terms.yml says why").format(term=preferred)
            yield file.problem(at, message, remedy, warning=True)


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    """A pattern of any of these words; without words it matches nothing."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)" if words else "(?!)", re.IGNORECASE
    )


def _whole_term(term: str) -> re.Pattern[str]:
    """A pattern of a term with any endings of its words: “freiheitlichen demokratischen Grundordnung”.

    The gloss in brackets may be missing; terms have it at their first mention only.
    """
    words = re.sub(r"\s*\(.*\)$", "", term).split()
    return re.compile(r"(?<!\w)" + r"\s+".join(rf"{re.escape(word)}\w*" for word in words), re.IGNORECASE)


def _texts(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            messages = key in _THEIR_OWN and isinstance(part, list) and all(isinstance(each, str) for each in part)
            if not messages:
                yield from _texts(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*at, number))
