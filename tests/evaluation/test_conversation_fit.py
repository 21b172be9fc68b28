"""The weights of the conversation model: what is learned from labelled choices."""

from __future__ import annotations

import pytest

from lotse.evaluation.conversation_fit import Choice, choice_of_intent, fit
from lotse.evaluation.questions import Expectation

CANDIDATES = {
    "ask_likes": {"topic": 1.0},
    "ask_blocking": {"topic": 1.0, "at hand": 1.0},
    "request_reason": {"explain": 1.0},
    "request_simpler": {"explain": 1.0},
    "request_sources": {"sources": 1.0},
}


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        (Expectation(kind="refined", topic="blocking"), {"ask_blocking"}),
        (Expectation(kind="switch", topic="likes", also=["blocking"]), {"ask_likes", "ask_blocking"}),
        (Expectation(kind="explain", topic="blocking"), {"request_reason", "request_simpler"}),
        (Expectation(kind="sources", topic="blocking"), {"request_sources"}),
        (Expectation(kind="forget"), set()),
    ],
)
def test_the_intents_that_answer_a_turn_are_right(expect: Expectation, right: set[str]) -> None:
    choice = choice_of_intent(CANDIDATES, expect)
    assert {name for name, hit in zip(CANDIDATES, choice.right, strict=True) if hit} == right


def test_what_is_always_right_gains_and_what_never_is_loses() -> None:
    choices = [Choice(({"good": 1.0, "noise": float(number % 2)}, {"bad": 1.0}), (True, False)) for number in range(40)]
    weights = fit(choices)
    assert list(weights) == ["bad", "good", "noise"]
    assert weights["good"] > 1 > -1 > weights["bad"]
    assert abs(weights["noise"]) < weights["good"]


def test_choices_may_differ_in_length_and_one_without_a_right_candidate_teaches_nothing() -> None:
    short = Choice(({"near": 1.0}, {"near": 0.0}), (True, False))
    long = Choice(({"near": 0.0}, {"near": 0.2}, {"near": 1.0}), (False, False, True))
    nothing = Choice(({"near": 0.0}, {"near": 1.0}), (False, False))
    assert fit([short, long]) == fit([short, long, nothing])
    assert fit([short, long])["near"] > 0
