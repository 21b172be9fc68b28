"""N-grams of messages as sparse features, and their products with what was learned.

At runtime there is one message at a time. scikit-learn and scipy are made for many rows: for a single one they take ten
times as long, which was half the time of a turn. So a few messages are computed here, with the same result.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from lotse.nlu.sentence_vectors import Array

# So many messages are looked at one by one.
FEW = 8


@dataclass(frozen=True)
class MessageFeatures:
    """A message as the classifiers see it.

    Attributes:
        folded: the text in lower case without umlauts.
        lemmas: its folded lemmas.
        vector: its sentence embedding, unit length, shape ``(dimensions,)``.
        general: its embedding from before the tuning, of the same kind; empty where it is not needed.
    """

    folded: str
    lemmas: Sequence[str]
    vector: Array
    general: Array = field(default_factory=lambda: np.zeros(0, dtype=np.float32))


class NgramVectorizer:
    """TF-IDF of character n-grams, of lemmas or of words, shared by the classifiers that use the same features.

    Args:
        name: of the files it is stored in.
        kind: ``characters``, ``words`` (lemmas, alone and in pairs), ``single_words`` (as they are typed) or
            ``phrases`` (as they are typed, one to three in a row).
    """

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.vectorizer = self._vectorizer()
        self._analyse: Callable[[str], Iterable[str]] = self.vectorizer.build_analyzer()
        self._frequencies: Array = np.zeros(0, dtype=np.float32)
        self._latest: tuple[tuple[str, ...], sparse.csr_matrix] | None = None

    def _vectorizer(self, vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
        options: dict[str, Any] = {
            "sublinear_tf": True,
            "dtype": np.float32,
            "vocabulary": vocabulary,
            "lowercase": False,
        }
        if self.kind == "characters":
            return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, **options)
        if self.kind in ("single_words", "phrases"):
            longest = 3 if self.kind == "phrases" else 1
            return TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, longest), min_df=2, **options)
        return TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=1, **options)

    def _texts(self, samples: Sequence[MessageFeatures]) -> tuple[str, ...]:
        if self.kind != "words":
            return tuple(sample.folded for sample in samples)
        return tuple(" ".join(sample.lemmas) for sample in samples)

    def fit(self, samples: Sequence[MessageFeatures]) -> None:
        """Learn the vocabulary of n-grams and their inverse document frequencies."""
        self.vectorizer.fit(self._texts(samples))
        self._frequencies = self.vectorizer.idf_.astype(np.float32)

    def of(self, samples: Sequence[MessageFeatures]) -> sparse.csr_matrix:
        """Sparse features, shape ``(messages, n-grams)``, rows of unit length; the latest result is cached."""
        texts, latest = self._texts(samples), self._latest
        if latest is None or latest[0] != texts:
            latest = texts, self._few(texts) if len(texts) <= FEW else self.vectorizer.transform(texts)
            self._latest = latest
        return latest[1]

    def _few(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """As scikit-learn's ``transform`` with ``sublinear_tf`` and rows of unit length."""
        vocabulary = self.vectorizer.vocabulary_
        starts = [0]
        places, values = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.float32)]
        for text in texts:
            counted = Counter(vocabulary[ngram] for ngram in self._analyse(text) if ngram in vocabulary)
            own = np.array(sorted(counted), dtype=np.int32)
            times = np.array([counted[place] for place in own], dtype=np.float32)
            weighed = (np.log(times) + 1) * self._frequencies[own]
            places.append(own)
            values.append((weighed / (np.linalg.norm(weighed) or 1.0)).astype(np.float32))
            starts.append(starts[-1] + len(own))
        parts = np.concatenate(values), np.concatenate(places), starts
        return sparse.csr_matrix(parts, shape=(len(texts), len(vocabulary)))

    def save(self, folder: Path) -> None:
        """Write the vocabulary and the frequencies into a folder."""
        ngrams = sorted(self.vectorizer.vocabulary_, key=self.vectorizer.vocabulary_.__getitem__)
        (folder / f"{self.name}.json").write_text(json.dumps(ngrams, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / f"{self.name}_idf.npz", idf=self._frequencies)

    def load(self, folder: Path) -> None:
        """Read the vocabulary and the frequencies from a folder."""
        ngrams = json.loads((folder / f"{self.name}.json").read_text(encoding="utf-8"))
        self.vectorizer = self._vectorizer({ngram: index for index, ngram in enumerate(ngrams)})
        with np.load(folder / f"{self.name}_idf.npz") as arrays:
            self.vectorizer.idf_ = self._frequencies = arrays["idf"]


def product(features: sparse.csr_matrix, weights: Array) -> Array:
    """Sparse features times dense weights, shape ``(messages, labels)``.

    Args:
        features: of messages, shape ``(messages, n-grams)``.
        weights: shape ``(n-grams, labels)``.
    """
    if not 0 < features.shape[0] <= FEW:
        return np.asarray(features @ weights)
    rows = _rows(features)
    return np.stack([features.data[row] @ weights[features.indices[row]] for row in rows])


def sparse_product(features: sparse.csr_matrix, by_ngram: sparse.csr_matrix) -> Array:
    """Sparse features times a sparse matrix as a dense one, shape ``(messages, columns)``.

    Args:
        features: of messages, shape ``(messages, n-grams)``.
        by_ngram: shape ``(n-grams, columns)``.
    """
    if not 0 < features.shape[0] <= FEW or features.shape[1] != by_ngram.shape[0]:
        # Matrices that do not fit each other are named by scipy.
        dense: Array = (features @ by_ngram).toarray()
        return dense
    found = []
    for row in _rows(features):
        named: sparse.csr_matrix = by_ngram[features.indices[row]]
        found.append((named.T @ features.data[row]).astype(np.float32))
    return np.stack(found)


def _rows(features: sparse.csr_matrix) -> list[slice]:
    return [slice(start, end) for start, end in zip(features.indptr, features.indptr[1:], strict=False)]
