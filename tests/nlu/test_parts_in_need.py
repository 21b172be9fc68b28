"""Which part of a message decides what need it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest

from lotse.nlu.need_classifier import Probabilities
from lotse.nlu.need_recogniser import NeedRecogniser, parts_of
from lotse.nlu.ngrams import MessageFeatures

KINDS = ["crisis", "violence"]
MESSAGE = MessageFeatures("", [], np.zeros(3, dtype=np.float32))


class Given:
    """A classifier that finds what the test says: certainty and share of a crisis for the message and its parts."""

    kinds = KINDS

    def __init__(self, found: Sequence[tuple[float, float]]) -> None:
        self.found = found

    def probabilities(self, samples: Sequence[MessageFeatures]) -> Probabilities:
        assert len(samples) == len(self.found)
        need = np.array([certainty for certainty, _ in self.found], dtype=np.float32)
        kinds = np.array([(crisis, 1 - crisis) for _, crisis in self.found], dtype=np.float32)
        return Probabilities(need, kinds, np.zeros(len(need), dtype=np.float32))


@pytest.mark.parametrize(
    ("found", "kind", "certainty"),
    [
        # A clear part counts, an unclear one does not.
        ([(0.1, 0.0), (0.95, 0.0)], "violence", 0.95),
        ([(0.1, 0.0), (0.6, 0.0)], "violence", 0.1),
        # A clear crisis is not hidden behind something clearer.
        ([(0.9, 0.0), (0.97, 0.0), (0.93, 0.9)], "crisis", 0.93),
        ([(0.9, 0.9), (0.97, 0.0)], "crisis", 0.9),
        ([(0.9, 0.0), (0.97, 0.0), (0.5, 0.9)], "violence", 0.97),
    ],
)
def test_a_clear_part_counts_and_a_crisis_before_all(
    found: list[tuple[float, float]], kind: str, certainty: float
) -> None:
    component = NeedRecogniser(NeedRecogniser.get_default_config(), cast(Any, None), cast(Any, None))
    component.classifier = cast(Any, Given(found))
    component.in_conversation = cast(Any, Given([(0.4, 0.0)]))
    need = component.need_of(MESSAGE, [MESSAGE] * (len(found) - 1))
    assert (need["kind"], round(need["certainty"], 2)) == (kind, certainty)
    assert round(need["in_conversation"], 2) == 0.4


def test_no_single_word_is_judged_alone() -> None:
    parts = parts_of(" ".join(["wort"] * 41), long_from=12)
    assert [len(part.split()) for part in parts] == [20, 21]
