"""The weights of the conversation model: what is learned from labelled choices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.evaluation.conversation_fit import Choice, choice_of_intent, fit
from lotse.evaluation.conversation_tuning import as_usual, shares_of_kinds
from lotse.evaluation.questions import Dialogue, DialogueTurn, Expectation, Kind

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


def test_what_counts_twice_teaches_as_two() -> None:
    first, second = Choice(({"near": 1.0}, {}), (True, False)), Choice(({"near": 1.0}, {}), (False, True))
    twice = fit([first, second, second])
    assert fit([first, replace(second, weight=2.0)]) == pytest.approx(twice, abs=0.01)


def test_a_kind_that_is_commoner_than_usual_counts_less() -> None:
    def turns(kind: Kind, count: int) -> list[tuple[Kind, Choice]]:
        return [(kind, Choice(({"near": 1.0}, {}), (True, False)))] * count

    asked = [*turns("refined", 6), *turns("switch", 2), *turns("check", 1)]
    weighed = as_usual(asked, {"refined": 1 / 3, "switch": 1 / 3})
    assert [item.weight for item in weighed] == pytest.approx([0.5] * 6 + [1.5] * 2 + [1.0])


def test_the_usual_shares_are_those_of_the_turns_that_go_on() -> None:
    turns = [DialogueTurn(text="x", expect=Expectation(kind=kind)) for kind in ("answer", "refined", "refined")]
    assert shares_of_kinds([Dialogue(turns=turns)]) == {"refined": 1.0}
