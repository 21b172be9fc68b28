"""N-grams of a few messages are those that scikit-learn and scipy compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from lotse.nlu.learned_passages import LearnedPassages
from lotse.nlu.ngrams import FEW, MessageFeatures, NgramVectorizer, product, sparse_product

TEXTS = ["darf ich leute blocken", "darf ich fotos posten", "fotos vom fest posten", "leute sperren"]
ASKED = ["darf ich fotos vom fest blocken", "darf darf ich", "", "xyz", "ß"]


def message(text: str, seed: int = 0) -> MessageFeatures:
    vector = np.random.default_rng(seed).normal(0, 1, 8).astype(np.float32)
    return MessageFeatures(text, text.split(), vector / np.linalg.norm(vector))


@pytest.mark.parametrize("kind", ["characters", "words", "single_words", "phrases"])
def test_one_message_has_the_features_that_many_have(kind: str) -> None:
    ngrams = NgramVectorizer("test", kind)
    ngrams.fit([message(text) for text in TEXTS])
    many = ngrams.of([message(text) for text in ASKED * FEW]).toarray()
    for text, expected in zip(ASKED, many, strict=False):
        np.testing.assert_allclose(ngrams.of([message(text)]).toarray()[0], expected, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 3, FEW + 1])
def test_products_are_those_of_scipy(count: int) -> None:
    random = np.random.default_rng(5)
    features = sparse.random(count, 30, 0.2, "csr", np.float32, random)
    weights = random.normal(0, 1, (30, 4)).astype(np.float32)
    by_ngram = sparse.random(30, 7, 0.3, "csr", np.float32, random)
    np.testing.assert_allclose(product(features, weights), features @ weights, atol=1e-5)
    np.testing.assert_allclose(sparse_product(features, by_ngram), (features @ by_ngram).toarray(), atol=1e-5)


def test_matrices_that_do_not_fit_each_other_are_no_result() -> None:
    with pytest.raises(ValueError, match="dimension"):
        sparse_product(sparse.csr_matrix((1, 3)), sparse.csr_matrix((4, 2)))


def test_what_is_learned_of_passages_is_the_same_after_storing(tmp_path: Path) -> None:
    samples = [message(text, seed) for seed, text in enumerate(TEXTS)]
    learned, loaded = LearnedPassages(), LearnedPassages()
    learned.fit(samples, np.array([0, 1, 1, 0]), 2)
    learned.save(tmp_path)
    loaded.load(tmp_path)
    for text in ASKED:
        found = learned.likeness(message(text))
        assert [part.shape for part in found] == [(2,), (2,)]
        assert all(((part >= 0) & (part <= 1.01)).all() for part in found)
        np.testing.assert_allclose(loaded.likeness(message(text)), found, atol=5e-3)
    by_words = learned.likeness(message("fotos posten"))[1]
    assert by_words[1] > by_words[0]
