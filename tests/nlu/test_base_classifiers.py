"""The classifiers learn, agree, and are the same after storing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lotse.nlu.base_classifiers import Ensemble, LinearClassifier, margins, softmax, softmax_regression
from lotse.nlu.ensemble_classifier import build_ensemble
from lotse.nlu.ngrams import MessageFeatures

WORDS = {"a": ["blocken", "sperren", "entfernen"], "b": ["liken", "herz", "daumen"], "c": ["foto", "bild", "selfie"]}


def samples() -> tuple[list[MessageFeatures], list[str]]:
    random = np.random.default_rng(7)
    made, intents = [], []
    for number, (intent, words) in enumerate(WORDS.items()):
        for turn in range(8):
            vector = random.normal(0, 0.3, 16)
            vector[number] += 2
            vector /= np.linalg.norm(vector)
            text = f"darf ich {words[turn % 3]} oder {words[(turn + 1) % 3]} nummer {turn}"
            made.append(MessageFeatures(text, text.split(), vector.astype(np.float32)))
            intents.append(intent)
    return made, intents


def ensemble() -> Ensemble:
    weights = {"characters": 1.0, "words": 0.5, "meaning": 1.0, "neighbours": 2.0, "together": 1.0}
    return build_ensemble(weights, temperature=0.5)


def test_the_panel_learns_its_examples() -> None:
    made, intents = samples()
    trained = ensemble()
    trained.fit(made, intents)
    result = trained.probabilities(made)
    assert result.shape == (len(made), 3)
    np.testing.assert_allclose(result.sum(axis=1), 1, atol=1e-5)
    assert [trained.intents[index] for index in result.argmax(axis=1)] == intents


def test_a_stored_panel_judges_the_same(tmp_path: Path) -> None:
    made, intents = samples()
    trained, loaded = ensemble(), ensemble()
    trained.fit(made, intents)
    trained.save(tmp_path)
    loaded.load(tmp_path)
    assert loaded.intents == trained.intents
    unseen = MessageFeatures(
        "darf ich die pinnwand blocken", ["darf", "ich", "pinnwand", "blocken"], made[0].vector[::-1].copy()
    )
    # The neighbours' vectors are stored with half the digits.
    np.testing.assert_allclose(loaded.probabilities([*made, unseen]), trained.probabilities([*made, unseen]), atol=5e-3)


def test_one_message_and_many_are_scored_alike() -> None:
    made, intents = samples()
    trained = ensemble()
    trained.fit(made, intents)
    together = trained.probabilities(made)
    np.testing.assert_allclose(np.concatenate([trained.probabilities([one]) for one in made]), together, atol=1e-5)


@pytest.mark.parametrize("linear", [margins(1.0), softmax_regression(1.0)], ids=["margins", "softmax"])
def test_two_labels_have_a_score_each(linear: Any) -> None:
    features, labels = np.eye(4, dtype=np.float32), np.array([0, 0, 1, 1])
    linear.fit(features, labels)
    assert linear.probabilities(features).shape == (4, 2)
    assert linear.probabilities(features).argmax(axis=1).tolist() == labels.tolist()


def test_nothing_stored_can_run_code(tmp_path: Path) -> None:
    trained = ensemble()
    trained.fit(*samples())
    trained.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    for path in tmp_path.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind != "O" for name in arrays.files)


def test_storing_twice_is_the_same(tmp_path: Path) -> None:
    made, intents = samples()
    first, second, third = ensemble(), ensemble(), ensemble()
    first.fit(made, intents)
    for number, (one, other) in enumerate(((first, second), (second, third))):
        folder = tmp_path / str(number)
        folder.mkdir()
        one.save(folder)
        other.load(folder)
    np.testing.assert_allclose(third.probabilities(made), second.probabilities(made), atol=1e-6)


def test_words_never_seen_are_no_error() -> None:
    trained = ensemble()
    trained.fit(*samples())
    odd = [MessageFeatures(text, text.split(), np.zeros(16, dtype=np.float32)) for text in ("", "👍", "zzz " * 500)]
    result = trained.probabilities(odd)
    assert np.isfinite(result).all()


def test_each_judge_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="weight"):
        Ensemble([LinearClassifier("meaning", margins(1.0), vector=True)], [])


def test_softmax_bears_large_scores() -> None:
    assert softmax(np.array([[1e9, -1e9], [0.0, 0.0]])).tolist() == [[1.0, 0.0], [0.5, 0.5]]
