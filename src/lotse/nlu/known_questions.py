"""Finds the text of the guide or of a check that a message repeats, also with typos or in another word order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from lotse.checks import Check
from lotse.content import Guide
from lotse.content.folding import fold
from lotse.content.word_lists import KnownQuestionWords

_WORD = re.compile(r"[a-z0-9]+")
# A word of this length or shorter has no typos: “like” and “lite” are different words.
_SHORT_WORD = 4
_CANDIDATES = 8


@dataclass(frozen=True)
class KnownText:
    """A title, label or question of the guide.

    Attributes:
        text: as it is written.
        topic: its topic.
        passage: whose title or question it is; None for a topic's own.
    """

    text: str
    topic: str
    passage: str | None = None


@dataclass(frozen=True)
class Match:
    """A text of the guide and how much a message is like it, 0 to 1; 1 for the same words."""

    known: KnownText
    similarity: float


def texts_of(guide: Guide) -> list[KnownText]:
    """Every title, label and question of a guide, topics first; passages that are not in its language are left out."""
    texts = [KnownText(text, topic.topic) for topic in guide.topics.values() for text in (topic.title, topic.label)]
    for passage in guide.passages.values():
        if passage.language == guide.language:
            texts += [KnownText(text, passage.topic, passage.id) for text in (passage.title, *passage.questions)]
    return texts


def texts_of_check(check: Check) -> list[KnownText]:
    """The sentences by which people ask for a guided check, and its label; the check's id stands for a topic.

    Its title is none of them: it is a question to the guide as well.
    """
    return [KnownText(text, check.check) for text in (check.label, *check.phrases)]


class KnownQuestions:
    """All known texts, compared by their words: neither order, case and punctuation count nor who asks.

    Args:
        texts: of all languages.
        words: what makes no difference.
    """

    def __init__(self, texts: Iterable[KnownText], words: KnownQuestionWords) -> None:
        self.ignored = frozenset(words.ignored)
        self.same = {word: name for name, others in words.same.items() for word in others}
        self.texts: list[KnownText] = []
        self.exact: dict[tuple[str, ...], list[KnownText]] = {}
        self.words: list[tuple[str, ...]] = []
        self.joined: list[str] = []
        for known in texts:
            key = self.key(known.text)
            if not key:
                continue
            self.exact.setdefault(key, []).append(known)
            self.texts.append(known)
            self.words.append(key)
            self.joined.append(" ".join(key))

    def key(self, text: str) -> tuple[str, ...]:
        """The words that matter, in alphabetical order; all words if none of them matters by itself."""
        words = _WORD.findall(fold(text))
        kept = [self.same.get(word, word) for word in words if word not in self.ignored]
        return tuple(sorted(dict.fromkeys(kept or words)))

    def matches(self, text: str, least: float) -> list[Match]:
        """The known texts that a message repeats, the most similar first; empty if there is none.

        Args:
            text: a message.
            least: similarity from which two texts count as the same, 0 to 1.
        """
        key = self.key(text)
        if not key:
            return []
        same = self.exact.get(key)
        if same:
            return [Match(known, 1.0) for known in same]
        near = process.extract(
            " ".join(key), self.joined, scorer=fuzz.ratio, score_cutoff=100 * least, limit=_CANDIDATES
        )
        return [
            Match(self.texts[index], round(score / 100, 4))
            for _, score, index in near
            if _same_but_for_typos(key, self.words[index])
        ]


def _same_but_for_typos(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether every word of each text has a word of the other that differs by a typo at most."""
    if len(one) != len(other) or len(one) < 2:  # a single word must be the very same
        return False
    left = list(other)
    for word in one:
        partner = next((candidate for candidate in left if _alike(word, candidate)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter <= _SHORT_WORD:
        return False
    return bool(OSA.distance(one, other, score_cutoff=2) <= (1 if longer < 2 * _SHORT_WORD else 2))
