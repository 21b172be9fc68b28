"""Ranks guidance passages for a message by meaning, by characters and by the circumstances it names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from lotse.nlu.learned_passages import LearnedPassages
from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer, sparse_product
from lotse.nlu.sentence_vectors import Array

FacetValues = Mapping[str, frozenset[str]]


def topic_of_passage(passage: str) -> str:
    """The topic that the id of a passage begins with."""
    return passage.split(".", 1)[0]


@dataclass(frozen=True)
class Entry:
    """A text that a passage is found by: one of its questions, or its own text.

    Attributes:
        passage: id of the passage.
        sample: features of that text.
        statement: whether it is the passage's own text, not a question.
    """

    passage: str
    sample: MessageFeatures
    statement: bool = False


@dataclass(frozen=True)
class PassageWeights:
    """What counts how much in the score of a passage. The weights add up to one, so that a score stays between 0 and 1.

    Their shares lie between those that `benchmarks/passages.py` finds on the passages' own phrasings and those that the
    dialogues in `data/dialogues` give, where the writers knew no phrasing.

    Attributes:
        nearest_meaning: similarity in meaning of the entry that is nearest.
        second_meaning: and of the second nearest; a single entry counts twice.
        nearest_characters: similarity in character n-grams of the entry that is nearest.
        second_characters: and of the second nearest.
        statement_meaning: similarity in meaning to the passage's own text, in the language that is nearer.
        coverage: share of the message's character n-grams that occur in any entry of the passage, rare ones counting
            more. Two circumstances of one question may stand in different entries.
        learned_meaning: what a classifier over the meaning has learned, see `LearnedPassages`.
        learned_words: and one over the words.
    """

    nearest_meaning: float = 0.112
    second_meaning: float = 0.12
    nearest_characters: float = 0.025
    second_characters: float = 0.081
    statement_meaning: float = 0.084
    coverage: float = 0.235
    learned_meaning: float = 0.204
    learned_words: float = 0.139


class PassageIndex:
    """Scores passages for a message: a weighted sum of similarities, changed by facets.

    A score is 0 to 1 in practice, plus `facet_match` and minus `facet_conflict` for each facet.

    Args:
        weights: of the similarities.
        facet_match: added for each facet on which message and passage agree.
        facet_conflict: subtracted for each facet on which they differ.
    """

    def __init__(
        self, weights: PassageWeights | None = None, facet_match: float = 0.035, facet_conflict: float = 0.035
    ) -> None:
        self.weights = weights or PassageWeights()
        self.facet_match, self.facet_conflict = facet_match, facet_conflict
        self.characters = NgramVectorizer("passages_characters", "characters")
        self.learned = LearnedPassages()
        self.passages: list[str] = []
        self.facets: list[FacetValues] = []
        self.owner: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.statement: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.vectors: Array = np.zeros((0, 0), dtype=np.float32)
        self.by_ngram: sparse.csr_matrix = sparse.csr_matrix((0, 0))
        self.ngrams_of_passages: sparse.csr_matrix = sparse.csr_matrix((0, 0))

    def fit(self, entries: Sequence[Entry], facets: Mapping[str, FacetValues]) -> None:
        """Index the entries and learn from them.

        Args:
            entries: at least one for every passage, of two passages or more.
            facets: by passage id, the values of each facet that the passage is about.
        """
        self.passages = sorted({entry.passage for entry in entries})
        self.facets = [facets.get(passage, {}) for passage in self.passages]
        position = {passage: number for number, passage in enumerate(self.passages)}
        ordered = sorted(entries, key=lambda entry: position[entry.passage])
        self.owner = np.array([position[entry.passage] for entry in ordered], dtype=np.int64)
        self.statement = np.array([entry.statement for entry in ordered], dtype=bool)
        self.vectors = np.stack([entry.sample.vector for entry in ordered])
        samples = [entry.sample for entry in ordered]
        self.characters.fit(samples)
        self.by_ngram = self.characters.of(samples).T.tocsr()
        self._find_ngrams_of_passages()
        self.learned.fit(samples, self.owner, len(self.passages))

    def _find_ngrams_of_passages(self) -> None:
        """Shape ``(n-grams, passages)``: one where an n-gram occurs in any entry of a passage."""
        entries = len(self.owner)
        belongs = sparse.csr_matrix((np.ones(entries), (np.arange(entries), self.owner)))
        self.ngrams_of_passages = ((self.by_ngram @ belongs) > 0).astype(np.float32).tocsr()

    def rank(self, sample: MessageFeatures, named: FacetValues, length: int) -> list[tuple[str, float]]:
        """The best passages with their scores, the best first.

        Args:
            sample: features of the message.
            named: values of each facet that the message names.
            length: how many passages.
        """
        scores = self.similarities(sample) @ np.array(list(asdict(self.weights).values()), dtype=np.float32)
        if named:
            scores += [self._facets(number, named) for number in range(len(self.passages))]
        order = np.argsort(-scores)[:length]
        return [(self.passages[number], round(float(scores[number]), 4)) for number in order]

    def similarities(self, sample: MessageFeatures) -> Array:
        """Shape ``(passages, weights)``: what `PassageWeights` weighs, in its order; each 0 to 1 in practice.

        Args:
            sample: features of the message.
        """
        message = self.characters.of([sample])
        meaning = self.vectors @ sample.vector
        characters = sparse_product(message, self.by_ngram)[0]
        # The rows have unit length, so their squares add up to one.
        coverage = sparse_product(message.power(2), self.ngrams_of_passages)[0]
        statement = self._best(np.where(self.statement, meaning, -1.0))
        nearest = (*self._two_best(meaning), *self._two_best(characters), np.maximum(statement, 0.0))
        found: Array = np.stack([*nearest, coverage, *self.learned.likeness(sample)], axis=1).astype(np.float32)
        return found

    def rank_within_topics(self, ranking: Sequence[tuple[str, float]], best: int) -> list[tuple[str, float]]:
        """The first passages of each topic in a ranking of all passages, the best first.

        Args:
            ranking: as `rank` gives it.
            best: how many of each topic.
        """
        seen: Counter[str] = Counter()
        kept = []
        for passage, score in ranking:
            topic = topic_of_passage(passage)
            if seen[topic] < best:
                kept.append((passage, score))
            seen[topic] += 1
        return kept

    def _best(self, similar: Array) -> Array:
        """The highest similarity among each passage's entries."""
        best: Array = np.maximum.reduceat(similar, np.searchsorted(self.owner, np.arange(len(self.passages))))
        return best

    def _two_best(self, similar: Array) -> tuple[Array, Array]:
        """Similarity of each passage's nearest and second nearest entry; a single entry counts twice."""
        best = self._best(similar)
        first = np.unique(self.owner[similar == best[self.owner]], return_index=True)[1]
        others = similar.copy()
        others[np.flatnonzero(similar == best[self.owner])[first]] = -np.inf
        second = self._best(others)
        return best, np.where(np.isinf(second), best, second)

    def _facets(self, number: int, named: FacetValues) -> float:
        total = 0.0
        for facet, values in self.facets[number].items():
            if facet in named:
                total += self.facet_match if values & named[facet] else -self.facet_conflict
        return total

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self.characters.save(folder)
        self.learned.save(folder)
        described = [
            {"passage": passage, "facets": {facet: sorted(values) for facet, values in facets.items()}}
            for passage, facets in zip(self.passages, self.facets, strict=True)
        ]
        (folder / "passages.json").write_text(json.dumps(described), encoding="utf-8")
        sparse.save_npz(folder / "passages_ngrams.npz", self.by_ngram.astype(np.float32))
        np.savez(
            folder / "passages.npz",
            vectors=self.vectors.astype(np.float16),
            owner=self.owner,
            statement=self.statement,
        )

    def load(self, folder: Path) -> None:
        """Read the index from a folder."""
        self.characters.load(folder)
        self.learned.load(folder)
        described = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
        self.passages = [item["passage"] for item in described]
        self.facets = [{facet: frozenset(values) for facet, values in item["facets"].items()} for item in described]
        self.by_ngram = sparse.load_npz(folder / "passages_ngrams.npz").tocsr()
        with np.load(folder / "passages.npz") as arrays:
            self.vectors, self.owner = arrays["vectors"].astype(np.float32), arrays["owner"]
            self.statement = arrays["statement"]
        self._find_ngrams_of_passages()
