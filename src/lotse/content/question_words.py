"""The words that tell what kind of sentence a message is, read from ``data/word_lists/question_form.yml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict


class Parties(Strict):
    """Words, and values of facets by facet, that name somebody."""

    words: list[str]
    facets: dict[str, list[str]] = Field(default_factory=dict)


class QuestionWords(Strict):
    """The words of ``data/word_lists/question_form.yml``, which explains each list."""

    may: list[str]
    can: list[str]
    must: list[str]
    must_phrases: list[str]
    own_in_one_word: list[str]
    own: Parties
    side: Parties
    others: Parties
    pronouns: list[str]
    speaker: list[str]
    addressed: list[str]
    requests: list[str]
    articles_or_pronouns: list[str]
    subject_articles: list[str]
    object_articles: list[str]
    prepositions: list[str]
    things: list[str]
    me: list[str]
    mine: list[str]
    between: list[str]
    concessions: list[str]
    passive: list[str]
    to_be: list[str]
    conjunctions: list[str]
    permitted: list[str]
    intentions: list[str]
    no_intentions: list[str]
    wants: list[str]
    joining: list[str]
    having: list[str]
    infinitive_endings: list[str]
    participle_beginnings: list[str]
    participle_endings: list[str]
    past_endings: list[str]
    shown: dict[str, list[str]]
    question_words: list[str]
    reasons: list[str]
    choices: list[str]
    manners: list[str]
    harm: list[str]
    remedies: list[str]
    first_verbs: list[str]
    going_on: list[str]
    openings: list[str]


def load_question_words(data: Path) -> QuestionWords:
    """Read ``word_lists/question_form.yml``.

    Raises:
        ContentError: a list is missing or misspelt.
    """
    return parse(data / "word_lists" / "question_form.yml", QuestionWords)[1]
