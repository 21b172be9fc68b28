"""Recognises messages of people in need, which kind of need it is, and whether it is the writer's own."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from lotse.nlu.base_classifiers import softmax
from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer, product
from lotse.nlu.sentence_vectors import Array


class Probabilities(NamedTuple):
    """What the classifier finds in messages.

    Attributes:
        need: that the message is about need, shape ``(messages,)``.
        kinds: of each kind if it is need, shape ``(messages, kinds)``, columns in the order of `NeedClassifier.kinds`;
            rows sum to 1.
        other: that somebody else is in need and not the writer, if it is need, shape ``(messages,)``.
    """

    need: Array
    kinds: Array
    other: Array


class NeedClassifier:
    """Three logistic regressions over character n-grams, phrases and the sentence embeddings.

    Tuning presses together what is said within a topic, of need or of everyday matters; the general embedding does not.

    The first tells need from everything else; the others, trained on need only, tell its kinds, and somebody else's
    need from the writer's own. They are stored as arrays.

    Args:
        name: its files begin with it.
        strength: scikit-learn's ``C``; larger means less regularisation.
        character_weight, phrase_weight, meaning_weight, general_weight: factors on the character n-grams, the phrases,
            the tuned embedding and the general one, each of unit length.
        everyday_weight, alike_weight: of all everyday messages together, and of all that only sound like need; all
            messages of need together have 1.
    """

    def __init__(
        self,
        name: str,
        strength: float,
        character_weight: float,
        phrase_weight: float,
        meaning_weight: float,
        general_weight: float,
        everyday_weight: float,
        alike_weight: float,
    ) -> None:
        self.name, self.strength = name, strength
        self.meaning_weight, self.general_weight = np.float32(meaning_weight), np.float32(general_weight)
        self.everyday_weight, self.alike_weight = everyday_weight, alike_weight
        self.ngrams = {
            NgramVectorizer(f"{name}_characters", "characters"): np.float32(character_weight),
            NgramVectorizer(f"{name}_phrases", "phrases"): np.float32(phrase_weight),
        }
        self.kinds: list[str] = []
        self.weights: Array = np.zeros((0, 0), dtype=np.float32)
        self.bias: Array = np.zeros(0, dtype=np.float32)

    def fit(
        self,
        needs: Mapping[str, Sequence[MessageFeatures]],
        alike: Sequence[MessageFeatures],
        everyday: Sequence[MessageFeatures],
        others: Mapping[str, Sequence[MessageFeatures]],
    ) -> None:
        """Train on examples.

        Args:
            needs: messages of people in need, by kind, of which there are three or more.
            alike: messages that only sound like it.
            everyday: other messages, many more of them.
            others: messages of people who write because somebody else is in need, by kind.
        """
        self.kinds = sorted(needs)
        of_kinds = {kind: [*needs[kind], *others.get(kind, ())] for kind in self.kinds}
        in_need = [sample for kind in self.kinds for sample in of_kinds[kind]]
        samples = [*in_need, *alike, *everyday]
        for ngrams in self.ngrams:
            ngrams.fit(samples)
        features = self._features(samples)
        labels = np.arange(len(samples)) < len(in_need)
        parts = ((len(in_need), 1.0), (len(alike), self.alike_weight), (len(everyday), self.everyday_weight))
        shares = np.concatenate([np.full(count, total * len(in_need) / max(count, 1)) for count, total in parts])
        need = self._regression().fit(features, labels, sample_weight=shares)
        names = np.repeat(self.kinds, [len(of_kinds[kind]) for kind in self.kinds])
        whose = np.concatenate([np.arange(len(of_kinds[kind])) >= len(needs[kind]) for kind in self.kinds])
        with warnings.catch_warnings():
            # Full convergence does not change which kind is the best.
            warnings.simplefilter("ignore", ConvergenceWarning)
            kinds = self._regression(class_weight="balanced").fit(features[: len(in_need)], names)
            other = self._regression(class_weight="balanced").fit(features[: len(in_need)], whose)
        regressions = (need, other, kinds)
        self.weights = np.concatenate([part.coef_ for part in regressions]).T.astype(np.float32)
        self.bias = np.concatenate([part.intercept_ for part in regressions]).astype(np.float32)

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Probabilities:
        """The probabilities of need, of each kind, and of somebody else's need."""
        scores, begin = self.bias, 0
        for ngrams, weight in self.ngrams.items():
            features = ngrams.of(samples)
            end = begin + features.shape[1]
            scores = scores + product(features, self.weights[begin:end]) * weight
            begin = end
        scores = scores + self._meaning(samples) @ self.weights[begin:]
        binary: Array = (1 / (1 + np.exp(-scores[:, :2]))).astype(np.float32)
        return Probabilities(binary[:, 0], softmax(scores[:, 2:]), binary[:, 1])

    def save(self, folder: Path) -> None:
        """Write the trained parameters into a folder."""
        for ngrams in self.ngrams:
            ngrams.save(folder)
        # Half precision changes a probability by less than 0.01.
        weights = self.weights.astype(np.float16)
        np.savez(folder / f"{self.name}.npz", weights=weights, bias=self.bias, kinds=np.array(self.kinds))

    def load(self, folder: Path) -> None:
        """Read the trained parameters from a folder."""
        for ngrams in self.ngrams:
            ngrams.load(folder)
        with np.load(folder / f"{self.name}.npz") as arrays:
            self.weights, self.bias = arrays["weights"].astype(np.float32), arrays["bias"]
            self.kinds = arrays["kinds"].tolist()

    def _regression(self, **options: Any) -> LogisticRegression:
        return LogisticRegression(C=self.strength, max_iter=300, tol=1e-3, **options)

    def _features(self, samples: Sequence[MessageFeatures]) -> sparse.csr_matrix:
        counted = [ngrams.of(samples) * weight for ngrams, weight in self.ngrams.items()]
        return sparse.hstack([*counted, sparse.csr_matrix(self._meaning(samples))], format="csr")

    def _meaning(self, samples: Sequence[MessageFeatures]) -> Array:
        tuned = np.stack([sample.vector for sample in samples]) * self.meaning_weight
        general = np.stack([sample.general for sample in samples]) * self.general_weight
        return np.hstack([tuned, general])
