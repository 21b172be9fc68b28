"""A message as its parts of sentences, its words by their function, and the circumstances in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from lotse.content.folding import fold
from lotse.content.word_lists import HolderWords
from lotse.nlu.spacy_pipeline import FacetMention, fold_norms

# Marks that join words and do not end a part of a sentence: “Beamte/Angestellte”, “Teams-Chat”, “„privat“”.
_JOINING = frozenset("/&-*_\"'„“”‚‘’»«‹›")
_SENTENCE_ENDS = frozenset(".!?…")


@dataclass(frozen=True)
class Named:
    """A circumstance with its tokens.

    Attributes:
        first, end: its first token, and one past its last.
    """

    mention: FacetMention
    first: int
    end: int


@dataclass(frozen=True)
class Clause:
    """A part of a sentence, between commas or conjunctions.

    Attributes:
        start, end: its first token, and one past its last.
        joint: the folded word or mark that it follows; empty at the beginning of a sentence.
        sentence: number of its sentence in the message.
    """

    start: int
    end: int
    joint: str
    sentence: int


class WordGroups:
    """Finds the words of `data/word_lists/holders.yml` in messages.

    Args:
        nlp: the pipeline whose tokens are read.
        words: the forms of each group.
    """

    def __init__(self, nlp: Language, words: HolderWords) -> None:
        self._phrases = PhraseMatcher(nlp.vocab, attr="NORM")
        self._parts: dict[str, re.Pattern[str]] = {}
        for group, forms in words.groups.items():
            whole = [fold_norms(nlp.make_doc(form)) for form in forms if "*" not in form]
            self._phrases.add(group, whole)
            if parts := [_part(form) for form in forms if "*" in form]:
                self._parts[group] = re.compile("|".join(parts))

    def find(self, doc: Doc) -> dict[str, set[int]]:
        """The tokens of each group, by its name."""
        found: dict[str, set[int]] = {}
        for span in self._phrases(doc, as_spans=True):
            found.setdefault(span.label_, set()).update(range(span.start, span.end))
        for group, parts in self._parts.items():
            found.setdefault(group, set()).update(token.i for token in doc if parts.fullmatch(token.norm_))
        return found


class Reading:
    """One message: its words by group, its clauses and the circumstances it names.

    Args:
        doc: the message.
        groups: finds the words.
        mentions: the circumstances, in order.
        naming: facets whose words name people.
    """

    def __init__(self, doc: Doc, groups: WordGroups, mentions: Iterable[FacetMention], naming: Collection[str]) -> None:
        self.doc = doc
        self.words = groups.find(doc)
        self.named = [_named(doc, mention) for mention in mentions]
        for item in self.named:
            if item.mention.facet in naming:
                self.words.setdefault("people", set()).update(range(item.first, item.end))
        inside = {i for item in self.named for i in range(item.first, item.end)}
        self.clauses = _clauses(doc, self.words.get("boundaries", set()), inside)

    def has(self, i: int, *groups: str) -> bool:
        """Whether a token belongs to one of these groups."""
        return any(i in self.words.get(group, ()) for group in groups)

    def any(self, tokens: Iterable[int], *groups: str) -> bool:
        """Whether any of these tokens belongs to one of these groups."""
        return any(self.has(i, *groups) for i in tokens)

    def all(self, tokens: Iterable[int], *groups: str) -> bool:
        """Whether all of these tokens that are words belong to one of these groups."""
        return all(self.has(i, *groups) for i in tokens if self.is_word(i))

    def nearest(self, tokens: Iterable[int], *groups: str) -> int | None:
        """The first of these tokens that belongs to one of these groups."""
        return next((i for i in tokens if self.has(i, *groups)), None)

    def is_word(self, i: int) -> bool:
        """Whether a token is neither a mark nor a number nor white space."""
        token = self.doc[i]
        return any(character.isalpha() for character in token.text)

    def clause_of(self, item: Named) -> Clause:
        """The clause in which a circumstance begins."""
        return next(clause for clause in self.clauses if clause.start <= item.first < clause.end)

    def clause_before(self, clause: Clause) -> Clause | None:
        """The clause before this one in the same sentence."""
        number = self.clauses.index(clause)
        before = self.clauses[number - 1] if number else None
        return before if before and before.sentence == clause.sentence else None


def named_in(items: Sequence[Named], clause: Clause) -> list[Named]:
    """The circumstances that begin in a clause."""
    return [item for item in items if clause.start <= item.first < clause.end]


def _named(doc: Doc, mention: FacetMention) -> Named:
    span = doc.char_span(mention.start, mention.end)
    assert span is not None
    return Named(mention, span.start, span.end)


def _part(form: str) -> str:
    middle = re.escape(fold(form.strip("*")))
    return (".*" if form.startswith("*") else "") + middle + (".*" if form.endswith("*") else "")


def _clauses(doc: Doc, conjunctions: Collection[int], inside: Collection[int]) -> list[Clause]:
    clauses: list[Clause] = []
    start, joint, sentence = 0, "", 0
    for token in doc:
        is_mark = token.is_punct and token.text not in _JOINING
        is_break = token.is_space and "\n" in token.text
        if token.i in inside or not (is_mark or is_break or token.i in conjunctions):
            continue
        if token.i > start:
            clauses.append(Clause(start, token.i, joint, sentence))
            joint = ""
        ends = is_break or (is_mark and token.text[0] in _SENTENCE_ENDS)
        sentence += ends
        joint = "" if ends else token.norm_
        start = token.i + 1
    if start < len(doc):
        clauses.append(Clause(start, len(doc), joint, sentence))
    return clauses
