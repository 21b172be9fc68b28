"""Base classifiers of intents, and how their probabilities are combined.

Each classifier sees one kind of feature (characters, words, meaning, nearest examples) and gives a probability for
every intent. Their geometric mean is better than one classifier over all features at once;
`benchmarks/understanding.md` holds the comparison. Everything is stored as arrays and JSON, never as pickles.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from lotse.nlu.sentence_vectors import Array


@dataclass(frozen=True)
class MessageFeatures:
    """A message as the classifiers see it.

    Attributes:
        folded: the text in lower case without umlauts.
        lemmas: its folded lemmas.
        vector: its sentence embedding, unit length, shape ``(dimensions,)``.
    """

    folded: str
    lemmas: Sequence[str]
    vector: Array


class BaseClassifier(Protocol):
    """One kind of evidence."""

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        """Learn from examples; labels are indices below ``count``."""

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Shape ``(messages, intents)``, rows sum to one."""

    def save(self, folder: Path) -> None:
        """Write what was learnt."""

    def load(self, folder: Path) -> None:
        """Read it back."""


class _Linear:
    """A linear classifier kept as two arrays.

    Args:
        model: what learns them.
        sharpness: what the scores are multiplied with before they become probabilities.
    """

    def __init__(self, model: LogisticRegression | LinearSVC, sharpness: float = 1.0) -> None:
        self.model, self.sharpness = model, sharpness
        self.weights: Array = np.zeros((0, 0), dtype=np.float32)
        self.bias: Array = np.zeros(0, dtype=np.float32)

    def fit(self, features: Any, labels: npt.NDArray[np.int64]) -> None:
        with warnings.catch_warnings():
            # The steps are enough to rank; the last digits of convergence only cost training time.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.model.fit(features, labels)
        self.weights = np.ascontiguousarray(self.model.coef_.T, dtype=np.float32)
        self.bias = self.model.intercept_.astype(np.float32)

    def probabilities(self, features: Any) -> Array:
        return softmax((np.asarray(features @ self.weights) + self.bias) * self.sharpness)


def margins(strength: float) -> _Linear:
    """A linear support vector machine, for many sparse pieces."""
    # As good as a softmax regression on many sparse pieces, and seven times faster to train. The intents are far from
    # equally large (out_of_scope is many topics at once), hence balanced. A margin of 1 is made a ratio of e^4.
    return _Linear(LinearSVC(C=strength, class_weight="balanced", random_state=0), sharpness=4.0)


def softmax_regression(strength: float) -> _Linear:
    """A softmax regression, for dense vectors."""
    return _Linear(LogisticRegression(C=strength, class_weight="balanced", max_iter=60, tol=1e-3))


class NgramVectorizer:
    """TF-IDF of character n-grams or of lemmas, shared by the classifiers that use the same ones.

    Args:
        name: of the files it is kept in.
        kind: ``characters`` or ``words``.
    """

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.vectorizer = self._vectorizer()
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
        return TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=1, **options)

    def _texts(self, samples: Sequence[MessageFeatures]) -> tuple[str, ...]:
        if self.kind == "characters":
            return tuple(sample.folded for sample in samples)
        return tuple(" ".join(sample.lemmas) for sample in samples)

    def fit(self, samples: Sequence[MessageFeatures]) -> None:
        """Learn which pieces there are and how common each is."""
        self.vectorizer.fit(self._texts(samples))

    def of(self, samples: Sequence[MessageFeatures]) -> sparse.csr_matrix:
        """Sparse features, shape ``(messages, pieces)``, rows of unit length; the latest are remembered."""
        texts = self._texts(samples)
        if self._latest is None or self._latest[0] != texts:
            self._latest = texts, self.vectorizer.transform(texts)
        return self._latest[1]

    def save(self, folder: Path) -> None:
        """Write the pieces and their weights."""
        pieces = sorted(self.vectorizer.vocabulary_, key=self.vectorizer.vocabulary_.__getitem__)
        (folder / f"{self.name}.json").write_text(json.dumps(pieces, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / f"{self.name}_idf.npz", idf=self.vectorizer.idf_.astype(np.float32))

    def load(self, folder: Path) -> None:
        """Read them back."""
        pieces = json.loads((folder / f"{self.name}.json").read_text(encoding="utf-8"))
        self.vectorizer = self._vectorizer({piece: index for index, piece in enumerate(pieces)})
        with np.load(folder / f"{self.name}_idf.npz") as arrays:
            self.vectorizer.idf_ = arrays["idf"]


class LinearClassifier:
    """One linear classifier on one kind of evidence, or on several side by side.

    Args:
        name: of the file it is kept in.
        linear: the classifier.
        pieces: the sparse features it sees; fitted and kept by the ensemble.
        vector: whether it also sees the sentence embedding.
    """

    def __init__(
        self, name: str, linear: _Linear, pieces: Sequence[NgramVectorizer] = (), vector: bool = False
    ) -> None:
        self.name, self.linear, self.pieces, self.vector = name, linear, tuple(pieces), vector

    def _features(self, samples: Sequence[MessageFeatures]) -> Any:
        parts: list[Any] = [pieces.of(samples) for pieces in self.pieces]
        if self.vector:
            parts.append(np.stack([sample.vector for sample in samples]))
        return parts[0] if len(parts) == 1 else sparse.hstack(parts, format="csr")

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        self.linear.fit(self._features(samples), labels)

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        return self.linear.probabilities(self._features(samples))

    def save(self, folder: Path) -> None:
        # Half the digits decide nothing, and halve what is packed and unpacked.
        np.savez(folder / f"{self.name}.npz", weights=self.linear.weights.astype(np.float16), bias=self.linear.bias)

    def load(self, folder: Path) -> None:
        with np.load(folder / f"{self.name}.npz") as arrays:
            self.linear.weights, self.linear.bias = arrays["weights"].astype(np.float32), arrays["bias"]


class NeighbourClassifier:
    """How near the nearest examples of each intent are: mean of the five best, by meaning and by characters.

    The examples' pieces are kept by piece, not by example: turning them around for each message took longer than
    everything else the ensemble does.
    """

    NEAREST = 5

    def __init__(self, characters: NgramVectorizer, name: str = "neighbours", sharpness: float = 30.0) -> None:
        self.name, self.sharpness, self.characters = name, sharpness, characters
        self.vectors: Array = np.zeros((0, 0), dtype=np.float32)
        self.by_piece: sparse.csr_matrix = sparse.csr_matrix((0, 0))
        self.labels: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.count = 0

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        order = np.argsort(labels, kind="stable")
        ordered = [samples[index] for index in order]
        self.labels, self.count = labels[order], count
        self.vectors = np.stack([sample.vector for sample in ordered])
        self.by_piece = self.characters.of(ordered).T.tocsr()

    def similarities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Cosines to every stored example, shape ``(messages, examples)``: half meaning, half characters."""
        meaning = np.stack([sample.vector for sample in samples]) @ self.vectors.T
        characters = (self.characters.of(samples) @ self.by_piece).toarray()
        both: Array = (meaning + characters) / 2
        return both

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        similar = self.similarities(samples)
        starts = np.searchsorted(self.labels, np.arange(self.count + 1))
        best = np.zeros((len(similar), self.count), dtype=np.float32)
        for label in range(self.count):
            part = similar[:, starts[label] : starts[label + 1]]
            nearest = min(self.NEAREST, part.shape[1])
            if nearest:
                best[:, label] = np.partition(part, -nearest, axis=1)[:, -nearest:].mean(axis=1)
        return softmax(best * self.sharpness)

    def save(self, folder: Path) -> None:
        sparse.save_npz(folder / f"{self.name}_pieces.npz", self.by_piece.astype(np.float32))
        vectors = self.vectors.astype(np.float16)
        np.savez(folder / f"{self.name}.npz", vectors=vectors, labels=self.labels, count=np.int64(self.count))

    def load(self, folder: Path) -> None:
        self.by_piece = sparse.load_npz(folder / f"{self.name}_pieces.npz").tocsr()
        with np.load(folder / f"{self.name}.npz") as arrays:
            self.vectors = arrays["vectors"].astype(np.float32)
            self.labels, self.count = arrays["labels"], int(arrays["count"])


class Ensemble:
    """Base classifiers and their combined prediction: the weighted geometric mean of their probabilities.

    Args:
        classifiers: one for each kind of feature.
        weights: one for each classifier.
        temperature: above 1 makes the verdict less sure of itself, below 1 more.
        pieces: what several classifiers look at; fitted and kept once.
    """

    def __init__(
        self,
        classifiers: Sequence[BaseClassifier],
        weights: Sequence[float],
        temperature: float = 1.0,
        pieces: Sequence[NgramVectorizer] = (),
    ) -> None:
        if len(classifiers) != len(weights):
            raise ValueError("each classifier needs one weight")
        self.classifiers, self.weights, self.temperature = list(classifiers), list(weights), temperature
        self.pieces = list(pieces)
        self.intents: list[str] = []

    @property
    def _parts(self) -> list[NgramVectorizer | BaseClassifier]:
        return [*self.pieces, *self.classifiers]

    def fit(self, samples: Sequence[MessageFeatures], intents: Sequence[str]) -> None:
        """Train every classifier on the same examples."""
        self.intents = sorted(set(intents))
        index = {intent: number for number, intent in enumerate(self.intents)}
        labels = np.array([index[intent] for intent in intents], dtype=np.int64)
        for pieces in self.pieces:
            pieces.fit(samples)
        for classifier in self.classifiers:
            classifier.fit(samples, labels, len(self.intents))

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Shape ``(messages, intents)`` in the order of `intents`."""
        total = np.zeros((len(samples), len(self.intents)), dtype=np.float32)
        for classifier, weight in zip(self.classifiers, self.weights, strict=True):
            total += weight * np.log(classifier.probabilities(samples) + 1e-6)
        return softmax(total / (sum(self.weights) * self.temperature))

    def save(self, folder: Path) -> None:
        """Write all classifiers into a folder."""
        (folder / "intents.json").write_text(json.dumps(self.intents), encoding="utf-8")
        for part in self._parts:
            part.save(folder)

    def load(self, folder: Path) -> None:
        """Read all classifiers back from a folder."""
        self.intents = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        for part in self._parts:
            part.load(folder)


def softmax(scores: npt.NDArray[Any]) -> Array:
    """Row-wise softmax, safe for large scores."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Array = (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)
    return result
