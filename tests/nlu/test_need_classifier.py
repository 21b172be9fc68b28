"""The classifier of need learns, weighs its examples, and is the same after storing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lotse.nlu.need_classifier import NeedClassifier
from lotse.nlu.ngrams import MessageFeatures

DIMENSIONS = 16
NEEDS = {
    "crisis": "ich will nicht mehr leben",
    "panic": "ich hab mist gebaut",
    "violence": "er droht mir und ich habe angst",
}
OTHER = "meine kollegin wird bedroht, wie helfe ich ihr"
ALIKE, EVERYDAY = "der film ist zum sterben langweilig", "darf ich ein foto posten"


def samples(text: str, axis: int, count: int = 12) -> list[MessageFeatures]:
    """Messages that differ in a number and a little noise around one direction of meaning."""
    random = np.random.default_rng(axis)
    made = []
    for turn in range(count):
        vector = random.normal(0, 0.2, DIMENSIONS)
        vector[axis] += 1
        made.append(MessageFeatures(f"{text} {turn}", [], (vector / np.linalg.norm(vector)).astype(np.float32)))
    return made


def trained() -> NeedClassifier:
    classifier = NeedClassifier(
        name="need",
        strength=10.0,
        character_weight=1.0,
        phrase_weight=1.0,
        meaning_weight=2.0,
        general_weight=1.0,
        everyday_weight=0.5,
        alike_weight=1.0,
    )
    needs = {kind: samples(text, axis) for axis, (kind, text) in enumerate(NEEDS.items())}
    others = {"violence": samples(OTHER, 2)}
    classifier.fit(needs, samples(ALIKE, 3), samples(EVERYDAY, 4, 60), others)
    return classifier


def test_need_its_kinds_and_everything_else_are_told_apart() -> None:
    classifier = trained()
    for axis, (kind, text) in enumerate(NEEDS.items()):
        need, kinds, _other = classifier.probabilities(samples(text, axis))
        assert need.min() > 0.5
        assert {classifier.kinds[index] for index in kinds.argmax(axis=1)} == {kind}
        np.testing.assert_allclose(kinds.sum(axis=1), 1, atol=1e-5)
    for axis, text in ((3, ALIKE), (4, EVERYDAY)):
        assert classifier.probabilities(samples(text, axis)).need.max() < 0.5


def test_somebody_elses_need_is_told_from_the_writers_own() -> None:
    classifier = trained()
    found = classifier.probabilities(samples(OTHER, 2))
    assert found.other.min() > 0.5 and found.need.min() > 0.5
    assert {classifier.kinds[index] for index in found.kinds.argmax(axis=1)} == {"violence"}
    for axis, text in enumerate(NEEDS.values()):
        assert classifier.probabilities(samples(text, axis)).other.max() < 0.5


def test_a_stored_classifier_judges_the_same(tmp_path: Path) -> None:
    first, second = trained(), NeedClassifier("need", 10.0, 1.0, 1.0, 2.0, 1.0, 0.5, 1.0)
    first.save(tmp_path)
    second.load(tmp_path)
    some = [*samples(ALIKE, 3), *samples(NEEDS["crisis"], 0)]
    assert second.kinds == first.kinds == sorted(NEEDS)
    for ours, theirs in zip(second.probabilities(some), first.probabilities(some), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.01)


def test_nothing_stored_can_run_code(tmp_path: Path) -> None:
    trained().save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    for path in tmp_path.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays.files)
