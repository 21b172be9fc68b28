"""Word lists of the language processing, read from ``data/word_lists`` and checked."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field

from lotse.content.folding import fold
from lotse.content.loading import parse
from lotse.content.model import Strict


class KnownQuestionWords(Strict):
    """What makes no difference when a message is compared with the guide's own questions.

    Attributes:
        ignored: words that are left out.
        same: words that count as the one they are listed under.
    """

    ignored: list[str] = Field(..., min_items=1)
    same: dict[str, list[str]]


def load_known_question_words(data: Path) -> KnownQuestionWords:
    """The words of ``known_questions.yml``.

    Raises:
        ContentError: the file is missing or misspelt.
    """
    return parse(data / "word_lists" / "known_questions.yml", KnownQuestionWords)[1]


class SearchSynonym(Strict):
    """What people type for something that the guide calls otherwise.

    Attributes:
        typed: folded words; one that ends in an asterisk stands for all words that begin so.
        guide: words of the guide, by language.
    """

    typed: list[str] = Field(..., min_items=1)
    guide: dict[str, str]


class SearchWords(Strict):
    """The words of ``data/word_lists/search.yml``."""

    synonyms: list[SearchSynonym]

    def of_guide(self, query: str, language: str) -> list[str]:
        """The words of the guide for what a query names otherwise.

        Args:
            query: as it was typed.
            language: ISO 639-1 code of the guide.
        """
        words = re.findall(r"\w+", fold(query))
        return [
            synonym.guide[language]
            for synonym in self.synonyms
            if language in synonym.guide and any(_stands_for(typed, word) for typed in synonym.typed for word in words)
        ]


def _stands_for(typed: str, word: str) -> bool:
    return word.startswith(typed[:-1]) if typed.endswith("*") else word == typed


def load_search_words(data: Path) -> SearchWords:
    """Read ``word_lists/search.yml``.

    Raises:
        ContentError: the file is missing or misspelt.
    """
    return parse(data / "word_lists" / "search.yml", SearchWords)[1]


class LookAlikes(Strict):
    """German words that make a message look like another language.

    Attributes:
        looks_like: ISO 639-1 codes of those languages.
        words: the words.
    """

    looks_like: list[str]
    words: list[str]


class NameWords(Strict):
    """What tells names of people from other words with a capital letter; see ``data/word_lists/names.yml``.

    Attributes:
        roles: after which two words with a capital are a name: “mein Kollege Max Muster”.
        no_names: words with a capital that are no name, after a form of address or a role.
    """

    roles: list[str] = Field(..., min_items=1)
    no_names: list[str] = Field(..., min_items=1)


def load_name_words(data: Path) -> NameWords:
    """Read `word_lists/names.yml`.

    Raises:
        ContentError: a list is missing or misspelt.
    """
    return parse(data / "word_lists" / "names.yml", NameWords)[1]


class LanguageWords(Strict):
    """What tells languages apart.

    Attributes:
        recognised: ISO 639-1 codes of the languages that are recognised beside those of the guide.
        alike: languages that are answered as another one.
        german: with one of these words a message is German.
        low_german: words that make a message German if it looks like some languages.
        words: function words beside those of spaCy, by language.
    """

    recognised: list[str] = Field(..., min_items=1)
    alike: dict[str, str]
    german: list[str]
    low_german: LookAlikes
    words: dict[str, list[str]]


def load_language_words(data: Path) -> LanguageWords:
    """The words of ``languages.yml``.

    Raises:
        ContentError: the file is missing or misspelt.
    """
    return parse(data / "word_lists" / "languages.yml", LanguageWords)[1]


class HolderWords(Strict):
    """Words that tell whose circumstance a message names, and whether it is denied; the file explains each.

    Forms are written as in the vocabulary; they may also begin with ``*``.

    Attributes:
        personal_facets: facets that say something about a person.
        naming_facets: facets whose words name people.
        place_facets: facets whose words name a place.
        home_facets: facets that say where somebody works.
    """

    personal_facets: list[str] = Field(..., min_items=1)
    naming_facets: list[str] = Field(..., min_items=1)
    place_facets: list[str] = Field(..., min_items=1)
    home_facets: list[str] = Field(..., min_items=1)
    me: list[str] = Field(..., min_items=1)
    we: list[str] = Field(..., min_items=1)
    me_as_object: list[str] = Field(..., min_items=1)
    mine: list[str] = Field(..., min_items=1)
    i_am: list[str] = Field(..., min_items=1)
    i_work: list[str] = Field(..., min_items=1)
    others: list[str] = Field(..., min_items=1)
    people: list[str] = Field(..., min_items=1)
    third_person: list[str] = Field(..., min_items=1)
    demonstratives: list[str] = Field(..., min_items=1)
    anyone: list[str] = Field(..., min_items=1)
    roles: list[str] = Field(..., min_items=1)
    comparisons: list[str] = Field(..., min_items=1)
    contrasts: list[str] = Field(..., min_items=1)
    applies_to: list[str] = Field(..., min_items=1)
    prepositions: list[str] = Field(..., min_items=1)
    definite: list[str] = Field(..., min_items=1)
    indefinite: list[str] = Field(..., min_items=1)
    genitive: list[str] = Field(..., min_items=1)
    accusative: list[str] = Field(..., min_items=1)
    oblique: list[str] = Field(..., min_items=1)
    theirs: list[str] = Field(..., min_items=1)
    adjectives: list[str] = Field(..., min_items=1)
    plurals: list[str] = Field(..., min_items=1)
    conditions: list[str] = Field(..., min_items=1)
    relative: list[str] = Field(..., min_items=1)
    becoming: list[str] = Field(..., min_items=1)
    denying_articles: list[str] = Field(..., min_items=1)
    after_denying_articles: list[str] = Field(..., min_items=1)
    denials: list[str] = Field(..., min_items=1)
    after_denials: list[str] = Field(..., min_items=1)
    without: list[str] = Field(..., min_items=1)
    rather_than: list[str] = Field(..., min_items=1)
    nor: list[str] = Field(..., min_items=1)
    denied_words: list[str] = Field(..., min_items=1)
    trailing: list[str] = Field(..., min_items=1)
    formerly: list[str] = Field(..., min_items=1)
    instead: list[str] = Field(..., min_items=1)
    corrections: list[str] = Field(..., min_items=1)
    asking: list[str] = Field(..., min_items=1)
    boundaries: list[str] = Field(..., min_items=1)
    coordination: list[str] = Field(..., min_items=1)
    choice: list[str] = Field(..., min_items=1)
    small: list[str] = Field(..., min_items=1)

    @property
    def groups(self) -> dict[str, list[str]]:
        """The forms of each group of words, by the group's name."""
        return {name: forms for name, forms in self.dict().items() if not name.endswith("_facets")}


def load_holder_words(data: Path) -> HolderWords:
    """The words of ``holders.yml``.

    Raises:
        ContentError: a group is missing, misspelt or empty.
    """
    return parse(data / "word_lists" / "holders.yml", HolderWords)[1]
