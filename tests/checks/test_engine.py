"""A check is walked question by question, and its result is the strictest of all findings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lotse.checks import (
    UNKNOWN,
    Check,
    at_most,
    given,
    next_question,
    proposed,
    result_of,
    result_so_far,
    taken_over,
)

CONSENT_MISSING = {"medium": "photo", "people": "yes", "consent": "no", "threat": "none"}


def asked(check: Check, answers: dict[str, str]) -> str | None:
    question = next_question(check, answers)
    return question.id if question else None


@pytest.mark.parametrize(
    ("answers", "following"),
    [
        ({}, "medium"),
        ({"medium": "photo"}, "people"),
        ({"medium": "text"}, "threat"),
        ({"medium": "photo", "people": "no"}, "threat"),
        ({"medium": UNKNOWN}, "threat"),
        (CONSENT_MISSING, None),
        ({"medium": "no such option"}, "medium"),
    ],
)
def test_the_next_question_depends_on_the_answers(check: Check, answers: dict[str, str], following: str | None) -> None:
    assert asked(check, answers) == following


def test_an_answer_to_a_question_that_is_no_longer_asked_does_not_count(check: Check) -> None:
    changed = {**CONSENT_MISSING, "medium": "text"}
    assert given(check, changed) == {"medium": "text", "threat": "none"}
    assert result_of(check, changed).verdict == "info"


def test_the_longest_way_shrinks_with_the_answers(check: Check) -> None:
    assert at_most(check, {}) == 4
    assert at_most(check, {"medium": "photo"}) == 4
    assert at_most(check, {"medium": "text"}) == 2
    assert at_most(check, {"medium": "photo", "people": "no"}) == 3


def test_the_result_is_the_strictest_finding_and_keeps_the_others(check: Check) -> None:
    result = result_of(check, CONSENT_MISSING)
    assert (result.verdict, [found.id for found in result.found]) == ("not_allowed", ["no_consent"])
    assert [step for step, _conclusion in result.steps] == check.findings[0].steps
    open_result = result_of(check, {"medium": UNKNOWN})
    assert (open_result.verdict, open_result.open_points) == ("depends", [check.findings[1].open])
    assert [found.id for found in result_of(check, {"medium": "text"}).found] == ["otherwise"]


def test_what_was_said_answers_a_question_if_it_means_one_option(check: Check) -> None:
    assert taken_over(check, {"content": ["photo"]}) == {"medium": "photo"}
    assert taken_over(check, {"content": ["photo", "video"]}) == {}
    assert taken_over(check, {"content": ["music"], "platform": ["x"]}) == {}


def paths(check: Check, answers: dict[str, str]) -> Iterator[dict[str, str]]:
    """All ways through a check that begin with these answers."""
    question = next_question(check, answers)
    if question is None:
        yield answers
        return
    for option in question.option_ids:
        yield from paths(check, {**answers, question.id: option})


def test_every_path_ends_and_the_longest_is_as_long_as_is_told(check: Check) -> None:
    for begun in ({}, {"medium": "photo"}, {"medium": "text"}, {"medium": "photo", "people": "no"}):
        walked = list(paths(check, begun))
        assert max(len(answers) for answers in walked) == at_most(check, begun)
    reached = {found.id for answers in paths(check, {}) for found in result_of(check, answers).found}
    assert reached == set(check.conclusions)


def test_reasons_so_far_do_not_wait_for_questions_that_are_open(check: Check) -> None:
    told = {"medium": "photo", "consent": "no"}
    # Whether people can be seen is open, so that the last answer does not count yet.
    assert [found.id for found in result_of(check, told).found] == ["otherwise"]
    assert [found.id for found in result_so_far(check, {**told, "people": "yes"}).found] == ["no_consent"]
    # What is open is no answer “I don't know”, which would lead to a reason of its own.
    assert [found.id for found in result_so_far(check, {}).found] == ["otherwise"]


def test_of_several_options_that_fit_the_last_counts_if_the_question_says_so(check: Check) -> None:
    question = next(item for item in check.questions if len(item.options) > 2)
    marked = question.copy(
        update={"options": [option.copy(update={"signs": ["picture"]}) for option in question.options]}
    )
    for last_counts, proposal in ((True, {question.id: question.options[-1].id}), (False, {})):
        one = check.copy(update={"questions": [marked.copy(update={"last_counts": last_counts})]})
        assert proposed(one, ["picture"], {}) == proposal
    strictest = [option.copy(update={"prevails": place == 1}) for place, option in enumerate(marked.options)]
    one = check.copy(update={"questions": [marked.copy(update={"options": strictest, "last_counts": False})]})
    assert proposed(one, ["picture"], {}) == {question.id: question.options[1].id}
    assert proposed(one, ["name"], {}) == {}
