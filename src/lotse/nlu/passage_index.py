"""Ranks guidance passages for a message by meaning, by characters and by the circumstances it names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from lotse.nlu.base_classifiers import MessageFeatures, NgramVectorizer
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
    """

    passage: str
    sample: MessageFeatures


class PassageIndex:
    """Scores passages for a message: the mean similarity of a passage's two nearest entries, changed by facets.

    A score is a cosine similarity (0 to 1 in practice) plus `facet_match` and minus `facet_conflict` for each facet.

    Args:
        meaning_weight: weight of meaning against characters, 0 to 1.
        facet_match: added for each facet on which message and passage agree.
        facet_conflict: subtracted for each facet on which they differ.
    """

    def __init__(self, meaning_weight: float = 0.5, facet_match: float = 0.02, facet_conflict: float = 0.02) -> None:
        self.meaning_weight, self.facet_match, self.facet_conflict = meaning_weight, facet_match, facet_conflict
        self.characters = NgramVectorizer("passages_characters", "characters")
        self.passages: list[str] = []
        self.facets: list[FacetValues] = []
        self.owner: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.vectors: Array = np.zeros((0, 0), dtype=np.float32)
        self.by_ngram: sparse.csr_matrix = sparse.csr_matrix((0, 0))

    def fit(self, entries: Sequence[Entry], facets: Mapping[str, FacetValues]) -> None:
        """Index the entries.

        Args:
            entries: at least one for every passage.
            facets: by passage id, the values of each facet that the passage is about.
        """
        self.passages = sorted({entry.passage for entry in entries})
        self.facets = [facets.get(passage, {}) for passage in self.passages]
        position = {passage: number for number, passage in enumerate(self.passages)}
        ordered = sorted(entries, key=lambda entry: position[entry.passage])
        self.owner = np.array([position[entry.passage] for entry in ordered], dtype=np.int64)
        self.vectors = np.stack([entry.sample.vector for entry in ordered])
        samples = [entry.sample for entry in ordered]
        self.characters.fit(samples)
        self.by_ngram = self.characters.of(samples).T.tocsr()

    def rank(self, sample: MessageFeatures, named: FacetValues, length: int) -> list[tuple[str, float]]:
        """The best passages with their scores, the best first.

        Args:
            sample: features of the message.
            named: values of each facet that the message names.
            length: how many passages.
        """
        similar = self.meaning_weight * (self.vectors @ sample.vector)
        similar += (1 - self.meaning_weight) * (self.characters.of([sample]) @ self.by_ngram).toarray()[0]
        scores = self._two_best(similar)
        if named:
            scores += [self._facets(number, named) for number in range(len(self.passages))]
        order = np.argsort(-scores)[:length]
        return [(self.passages[number], round(float(scores[number]), 4)) for number in order]

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

    def _two_best(self, similar: Array) -> Array:
        """Mean similarity of each passage's two nearest entries; a single entry counts twice."""
        starts = np.searchsorted(self.owner, np.arange(len(self.passages)))
        best = np.maximum.reduceat(similar, starts)
        first = np.unique(self.owner[similar == best[self.owner]], return_index=True)[1]
        others = similar.copy()
        others[np.flatnonzero(similar == best[self.owner])[first]] = -np.inf
        second = np.maximum.reduceat(others, starts)
        return np.where(np.isinf(second), best, (best + second) / 2).astype(np.float32)

    def _facets(self, number: int, named: FacetValues) -> float:
        total = 0.0
        for facet, values in self.facets[number].items():
            if facet in named:
                total += self.facet_match if values & named[facet] else -self.facet_conflict
        return total

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self.characters.save(folder)
        described = [
            {"passage": passage, "facets": {facet: sorted(values) for facet, values in facets.items()}}
            for passage, facets in zip(self.passages, self.facets, strict=True)
        ]
        (folder / "passages.json").write_text(json.dumps(described), encoding="utf-8")
        sparse.save_npz(folder / "passages_ngrams.npz", self.by_ngram.astype(np.float32))
        np.savez(folder / "passages.npz", vectors=self.vectors.astype(np.float16), owner=self.owner)

    def load(self, folder: Path) -> None:
        """Read the index from a folder."""
        self.characters.load(folder)
        described = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
        self.passages = [item["passage"] for item in described]
        self.facets = [{facet: frozenset(values) for facet, values in item["facets"].items()} for item in described]
        self.by_ngram = sparse.load_npz(folder / "passages_ngrams.npz").tocsr()
        with np.load(folder / "passages.npz") as arrays:
            self.vectors, self.owner = arrays["vectors"].astype(np.float32), arrays["owner"]
