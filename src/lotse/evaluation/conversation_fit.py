"""Chooses the weights of the conversation model on labelled dialogues. See `lotse.answering.conversation_model`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lotse.answering.conversation_model import KIND_OF_MOVE, Features
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.evaluation.questions import Expectation, Kind

Array = npt.NDArray[np.float64]

# Which moves answer a turn of a kind; the other kinds are answered by their topics.
_MOVES: dict[Kind, frozenset[str]] = {
    "explain": frozenset({"explain"}),
    "sources": frozenset({"sources"}),
    "contact": frozenset({"contact"}),
    "clarify": frozenset({"clarify"}),
    "refuse": frozenset({"refuse"}),
    "smalltalk": frozenset({"talk"}),
    "check": frozenset({"check"}),
    "forget": frozenset({"forget"}),
}
# Draws the weights towards zero, in units of the features' spread; chosen by leaving out writers.
STRENGTH = 8.0
_MOST_STEPS = 300
# A passage that fits less well than one of another topic never makes its own topic likelier.
_NOT_NEGATIVE = frozenset({"at hand, passage ahead", "at hand, refers back, passage ahead"})
_DIGITS = 3


@dataclass(frozen=True)
class Choice:
    """Candidates of which some are right, ready to learn from.

    Attributes:
        features: of each candidate.
        right: for each candidate in the same order, whether it is right.
        weight: how much it counts.
    """

    features: tuple[Features, ...]
    right: tuple[bool, ...]
    weight: float = 1.0


def choice_of_intent(features: dict[str, Features], expect: Expectation) -> Choice:
    """The intents of a turn, with those that answer it.

    Args:
        features: of each candidate, by intent.
        expect: the expected reply.
    """
    moves = _MOVES.get(expect.kind, frozenset())
    topics = frozenset() if moves else {TOPIC_PREFIX + topic for topic in expect.accepted}
    right = tuple(name in topics or KIND_OF_MOVE.get(name) in moves for name in features)
    return Choice(tuple(features.values()), right)


def fit(choices: Sequence[Choice], strength: float = STRENGTH) -> dict[str, float]:
    """The weights with which the right candidates of all choices are likeliest.

    Maximises the likelihood of any of the right candidates (several may be), with a penalty on large weights. The
    features are brought to the same spread before and the weights back afterwards.

    Args:
        choices: with at least one right candidate each; others are left out.
        strength: of the penalty.

    Returns:
        By feature, in alphabetical order, rounded.
    """
    from scipy.optimize import minimize

    usable = [choice for choice in choices if any(choice.right)]
    names = sorted({name for choice in usable for features in choice.features for name in features})
    values, present, right = _arrays(usable, names)
    spread = values[present].std(axis=0) + 1e-6
    scaled = values / spread
    counts = np.array([choice.weight for choice in usable])

    def loss(weights: Array) -> tuple[float, Array]:
        scores = np.where(present, scaled @ weights, -np.inf)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        hits = (shares * right).sum(axis=1) + 1e-9
        wrong = shares - shares * right / hits[:, np.newaxis]
        slope = np.einsum("tcf,tc->f", scaled, wrong * counts[:, np.newaxis])
        return float(-(np.log(hits) * counts).sum() + strength / 2 * (weights**2).sum()), slope + strength * weights

    bounds = [(0.0 if name in _NOT_NEGATIVE else None, None) for name in names]
    found = minimize(
        loss, np.zeros(len(names)), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": _MOST_STEPS}
    )
    return {name: round(float(weight), _DIGITS) for name, weight in zip(names, found.x / spread, strict=True)}


def _arrays(
    choices: Sequence[Choice], names: Sequence[str]
) -> tuple[Array, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The features as numbers, which candidates there are, and which are right.

    Returns:
        Shapes ``(choices, candidates, features)`` and twice ``(choices, candidates)``.
    """
    position = {name: index for index, name in enumerate(names)}
    most = max((len(choice.features) for choice in choices), default=0)
    values = np.zeros((len(choices), most, len(names)))
    present, right = np.zeros((len(choices), most), dtype=bool), np.zeros((len(choices), most), dtype=bool)
    for row, choice in enumerate(choices):
        present[row, : len(choice.right)] = True
        right[row, : len(choice.right)] = choice.right
        for column, features in enumerate(choice.features):
            for name, value in features.items():
                values[row, column, position[name]] = value
    return values, present, right
