"""What classifiers learn of the passages from all their entries: which of them a message belongs to.

The nearest entries tell what is said almost alike. The classifiers tell which directions of meaning and which words set
a passage apart from its neighbours. Both are stored as arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lotse.nlu.base_classifiers import LinearClassifier, margins, softmax_regression
from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer
from lotse.nlu.sentence_vectors import Array

# Below this a probability tells nothing.
_LEAST = 1e-4


class LearnedPassages:
    """Two linear classifiers of passages, over the meaning of a message and over its words.

    Args:
        meaning_strength, words_strength: scikit-learn's ``C``; larger means less regularisation.
    """

    def __init__(self, meaning_strength: float = 10.0, words_strength: float = 0.3) -> None:
        self.words = NgramVectorizer("passages_words", "single_words")
        self.classifiers = [
            LinearClassifier("passages_meaning", softmax_regression(meaning_strength), vector=True),
            LinearClassifier("passages_by_words", margins(words_strength), [self.words]),
        ]

    def fit(self, samples: Sequence[MessageFeatures], owner: npt.NDArray[np.int64], count: int) -> None:
        """Train on all entries.

        Args:
            samples: the entries.
            owner: position of each entry's passage, shape ``(entries,)``, every one from 0 to ``count - 1``.
            count: number of passages, two or more.

        Raises:
            ValueError: there is one passage only, or no word occurs in two entries.
        """
        self.words.fit(samples)
        for classifier in self.classifiers:
            classifier.fit(samples, owner, count)

    def likeness(self, sample: MessageFeatures) -> list[Array]:
        """By classifier how well each passage fits, shape ``(passages,)``: 1 is certain, 0 is impossible.

        It grows with the logarithm of the probability: each step is as many times as likely.
        """
        scale = -np.log(_LEAST)
        found = [classifier.probabilities([sample])[0] for classifier in self.classifiers]
        return [np.maximum(np.log(probabilities + _LEAST) / scale + 1, 0) for probabilities in found]

    def save(self, folder: Path) -> None:
        """Write the trained parameters into a folder."""
        self.words.save(folder)
        for classifier in self.classifiers:
            classifier.save(folder)

    def load(self, folder: Path) -> None:
        """Read the trained parameters from a folder."""
        self.words.load(folder)
        for classifier in self.classifiers:
            classifier.load(folder)
