"""Base classifiers of intents, and how their probabilities are combined.

Each classifier uses one kind of feature (characters, words, meaning, nearest examples) and gives a probability for
every intent. Their geometric mean is better than one classifier over all features; `benchmarks/understanding.md` has
the comparison. Models are stored as arrays and JSON, never as pickles: loading a model must not run code.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer, product, sparse_product
from lotse.nlu.sentence_vectors import Array


class BaseClassifier(Protocol):
    """A classifier over one kind of feature."""

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        """Train on examples.

        Args:
            samples: the messages.
            labels: index of each message's intent, shape ``(messages,)``, from 0 to ``count - 1``.
            count: number of intents.
        """

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Probabilities of the intents, shape ``(messages, intents)``; each row sums to 1."""

    def save(self, folder: Path) -> None:
        """Write the trained parameters into a folder."""

    def load(self, folder: Path) -> None:
        """Read the trained parameters from a folder."""


class _Linear:
    """A linear classifier that is stored as two arrays, weights and bias.

    Args:
        model: the scikit-learn estimator that trains them.
        sharpness: factor on the scores before the softmax.
    """

    def __init__(self, model: LogisticRegression | LinearSVC, sharpness: float = 1.0) -> None:
        self.model, self.sharpness = model, sharpness
        self.weights: Array = np.zeros((0, 0), dtype=np.float32)
        self.bias: Array = np.zeros(0, dtype=np.float32)

    def fit(self, features: Any, labels: npt.NDArray[np.int64]) -> None:
        with warnings.catch_warnings():
            # Full convergence does not change the ranking and only costs training time.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.model.fit(features, labels)
        weights, bias = self.model.coef_, self.model.intercept_
        if len(weights) == 1:
            # Of two labels scikit-learn keeps the scores of the second only.
            weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
        self.weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        self.bias = bias.astype(np.float32)

    def probabilities(self, features: Any) -> Array:
        scores = product(features, self.weights) if sparse.issparse(features) else features @ self.weights
        return softmax((scores + self.bias) * self.sharpness)


def margins(strength: float) -> _Linear:
    """A linear support vector machine, for sparse n-gram features.

    Args:
        strength: scikit-learn's ``C``; larger means less regularisation.
    """
    # As accurate as a softmax regression on sparse n-grams, and seven times faster to train. The intents differ much in
    # size (out_of_scope covers many topics), hence balanced. A margin of 1 becomes a ratio of e^4.
    return _Linear(LinearSVC(C=strength, class_weight="balanced", random_state=0), sharpness=4.0)


def softmax_regression(strength: float) -> _Linear:
    """A softmax regression, for dense vectors.

    Args:
        strength: scikit-learn's ``C``; larger means less regularisation.
    """
    return _Linear(LogisticRegression(C=strength, class_weight="balanced", max_iter=60, tol=1e-3))


class LinearClassifier:
    """A linear classifier over one kind of feature, or over several concatenated.

    Args:
        name: of the file it is stored in.
        linear: the classifier.
        ngrams: its sparse features; fitted and stored by the ensemble.
        vector: whether it also uses the sentence embedding.
    """

    def __init__(
        self, name: str, linear: _Linear, ngrams: Sequence[NgramVectorizer] = (), vector: bool = False
    ) -> None:
        self.name, self.linear, self.ngrams, self.vector = name, linear, tuple(ngrams), vector

    def _features(self, samples: Sequence[MessageFeatures]) -> Any:
        parts: list[Any] = [ngrams.of(samples) for ngrams in self.ngrams]
        if self.vector:
            parts.append(np.stack([sample.vector for sample in samples]))
        return parts[0] if len(parts) == 1 else sparse.hstack(parts, format="csr")

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        self.linear.fit(self._features(samples), labels)

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        return self.linear.probabilities(self._features(samples))

    def save(self, folder: Path) -> None:
        # Half precision does not change the ranking and halves the size.
        np.savez(folder / f"{self.name}.npz", weights=self.linear.weights.astype(np.float16), bias=self.linear.bias)

    def load(self, folder: Path) -> None:
        with np.load(folder / f"{self.name}.npz") as arrays:
            self.linear.weights, self.linear.bias = arrays["weights"].astype(np.float32), arrays["bias"]


class NeighbourClassifier:
    """Nearest neighbours: the mean similarity of each intent's five nearest examples, by meaning and by characters.

    The examples' n-grams are stored transposed: transposing them for each message took longer than the rest of the
    ensemble.

    Args:
        characters: the character n-grams; fitted and stored by the ensemble.
        name: of the files it is stored in.
        sharpness: factor on the similarities before the softmax.
    """

    NEAREST = 5

    def __init__(self, characters: NgramVectorizer, name: str = "neighbours", sharpness: float = 30.0) -> None:
        self.name, self.sharpness, self.characters = name, sharpness, characters
        self.vectors: Array = np.zeros((0, 0), dtype=np.float32)
        self.by_ngram: sparse.csr_matrix = sparse.csr_matrix((0, 0))
        self.labels: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.count = 0

    def fit(self, samples: Sequence[MessageFeatures], labels: npt.NDArray[np.int64], count: int) -> None:
        order = np.argsort(labels, kind="stable")
        ordered = [samples[index] for index in order]
        self.labels, self.count = labels[order], count
        self.vectors = np.stack([sample.vector for sample in ordered])
        self.by_ngram = self.characters.of(ordered).T.tocsr()

    def similarities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Cosine similarities to every example, shape ``(messages, examples)``: half meaning, half characters."""
        meaning = np.stack([sample.vector for sample in samples]) @ self.vectors.T
        characters = sparse_product(self.characters.of(samples), self.by_ngram)
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
        sparse.save_npz(folder / f"{self.name}_ngrams.npz", self.by_ngram.astype(np.float32))
        vectors = self.vectors.astype(np.float16)
        np.savez(folder / f"{self.name}.npz", vectors=vectors, labels=self.labels, count=np.int64(self.count))

    def load(self, folder: Path) -> None:
        self.by_ngram = sparse.load_npz(folder / f"{self.name}_ngrams.npz").tocsr()
        with np.load(folder / f"{self.name}.npz") as arrays:
            self.vectors = arrays["vectors"].astype(np.float32)
            self.labels, self.count = arrays["labels"], int(arrays["count"])


class Ensemble:
    """Base classifiers and their combined prediction: the weighted geometric mean of their probabilities.

    Args:
        classifiers: one for each kind of feature.
        weights: one for each classifier.
        temperature: above 1 flattens the combined probabilities, below 1 sharpens them.
        ngrams: features shared by several classifiers; fitted and stored once.
        without_plain: positions of the classifiers that do not learn from plain messages.
    """

    def __init__(
        self,
        classifiers: Sequence[BaseClassifier],
        weights: Sequence[float],
        temperature: float = 1.0,
        ngrams: Sequence[NgramVectorizer] = (),
        without_plain: Collection[int] = (),
    ) -> None:
        if len(classifiers) != len(weights):
            raise ValueError("each classifier needs one weight")
        self.classifiers, self.weights, self.temperature = list(classifiers), list(weights), temperature
        self.ngrams = list(ngrams)
        self.without_plain = frozenset(without_plain)
        self.intents: list[str] = []

    @property
    def _parts(self) -> list[NgramVectorizer | BaseClassifier]:
        return [*self.ngrams, *self.classifiers]

    def fit(self, samples: Sequence[MessageFeatures], intents: Sequence[str], plain: Sequence[bool] = ()) -> None:
        """Train every classifier.

        Args:
            samples: the messages.
            intents: the intent of each message.
            plain: for each message, whether it is a plain one; those in `without_plain` learn from the others only. If
                there are none but plain ones, all learn from them.
        """
        self.intents = sorted(set(intents))
        index = {intent: number for number, intent in enumerate(self.intents)}
        labels = np.array([index[intent] for intent in intents], dtype=np.int64)
        for ngrams in self.ngrams:
            ngrams.fit(samples)
        told = [number for number, is_plain in enumerate(plain) if not is_plain] or list(range(len(samples)))
        for position, classifier in enumerate(self.classifiers):
            if plain and position in self.without_plain:
                classifier.fit([samples[number] for number in told], labels[told], len(self.intents))
            else:
                classifier.fit(samples, labels, len(self.intents))

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Array:
        """Combined probabilities, shape ``(messages, intents)``, columns in the order of `intents`; rows sum to 1."""
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
    """Softmax of each row, numerically stable; shape and order stay."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Array = (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)
    return result
