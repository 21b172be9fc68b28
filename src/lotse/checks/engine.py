"""Walks a check: which question comes next, how many can follow, and what the answers lead to. Pure functions.

Answers are kept by question: ``{"people": "yes", "consent": "unknown"}``. An answer to a question that is no longer
asked, because an earlier answer changed, does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lotse.checks.model import UNKNOWN, Check, Conclusion, Condition, Question
from lotse.content.model import Verdict

Answers = Mapping[str, str]

# Far more than a check of real questions has; a made-up one may have millions.
_MOST_STATES = 20_000

STRICTNESS: tuple[Verdict, ...] = ("allowed", "info", "depends", "not_allowed")


@dataclass(frozen=True)
class Found:
    """One conclusion of a result with the id of its finding, or ``otherwise``."""

    id: str
    conclusion: Conclusion


@dataclass(frozen=True)
class Result:
    """What the answers lead to.

    Attributes:
        verdict: the strictest of all findings.
        found: the findings, the strictest first, otherwise in the order of the file.
        answers: by question, those that count, in the order in which they were asked.
    """

    verdict: Verdict
    found: tuple[Found, ...]
    answers: Answers

    @property
    def open_points(self) -> list[str]:
        """What is still open, each point once."""
        return _once(found.conclusion.open for found in self.found)

    @property
    def changes(self) -> list[str]:
        """What would change the result, each once."""
        return _once(found.conclusion.change for found in self.found)

    @property
    def steps(self) -> list[tuple[str, Conclusion]]:
        """What to do now, in order, each step once, with the conclusion it belongs to."""
        steps: dict[str, Conclusion] = {}
        for found in self.found:
            for step in found.conclusion.steps:
                steps.setdefault(step, found.conclusion)
        return list(steps.items())

    @property
    def passages(self) -> list[str]:
        """Ids of all passages it rests on, in reading order."""
        return list(dict.fromkeys(name for found in self.found for name in found.conclusion.passages))


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition holds: one of its alternatives, with all its questions answered as it says."""
    return any(all(answers.get(question) in options for question, options in every.items()) for every in condition)


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether a question is asked after these answers to earlier ones."""
    return not question.when or holds(question.when, answers)


def given(check: Check, answers: Answers) -> dict[str, str]:
    """The answers that count, in the order of the questions: possible options of questions that are asked."""
    kept: dict[str, str] = {}
    for question in check.questions:
        option = answers.get(question.id)
        if option in question.option_ids and is_asked(question, kept):
            kept[question.id] = str(option)
    return kept


def next_question(check: Check, answers: Answers) -> Question | None:
    """The first question that is asked and has no answer; None if the check is complete."""
    kept: dict[str, str] = {}
    for question in check.questions:
        if not is_asked(question, kept):
            continue
        option = answers.get(question.id)
        if option not in question.option_ids:
            return question
        kept[question.id] = str(option)
    return None


def at_most(check: Check, answers: Answers) -> int:
    """How many questions are asked in all on the longest way that begins with these answers."""
    return _longest(check, 0, {}, given(check, answers), {})


def result_of(check: Check, answers: Answers) -> Result:
    """What the answers lead to; a question without an answer counts as one that was not asked."""
    return _concluded(check, given(check, answers))


def result_so_far(check: Check, answers: Answers) -> Result:
    """What answers lead to while questions before them are open: those count as “I don't know” and lead to nothing."""
    walked: dict[str, str] = {}
    for question in check.questions:
        if is_asked(question, walked):
            option = answers.get(question.id)
            walked[question.id] = str(option) if option in question.option_ids else UNKNOWN
    return _concluded(check, {name: option for name, option in walked.items() if answers.get(name) == option})


def _concluded(check: Check, kept: dict[str, str]) -> Result:
    found = [Found(finding.id, finding) for finding in check.findings if holds(finding.when, kept)]
    found = found or [Found("otherwise", check.otherwise)]
    found.sort(key=lambda one: -STRICTNESS.index(one.conclusion.verdict))
    return Result(found[0].conclusion.verdict, tuple(found), kept)


def taken_over(check: Check, facets: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The answers that the person has given already by naming circumstances.

    Args:
        check: the check.
        facets: circumstances that the person has named: values by facet. More than one value that would mean
            different options answers nothing.
    """
    answers: dict[str, str] = {}
    for question in check.questions:
        said = facets.get(question.facet or "", ())
        meant = {option.id for option in question.options if option.value is not None and option.value in said}
        if len(meant) == 1:
            answers[question.id] = meant.pop()
    return answers


def proposed(check: Check, signs: Collection[str], facets: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The answers that the pasted text of a post suggests; they count only once the person has confirmed them.

    Args:
        check: the check.
        signs: what the text shows.
        facets: circumstances that it names: values by facet. What would mean different options proposes nothing, unless
            the question says that the last counts, or one option that the text shows prevails.
    """
    answers: dict[str, str] = {}
    for question in check.questions:
        said = facets.get(question.facet or "", ())
        meant = [
            option.id
            for option in question.options
            if not set(signs).isdisjoint(option.signs) or (option.value is not None and option.value in said)
        ]
        prevailing = [
            option.id for option in question.options if option.prevails and not set(signs).isdisjoint(option.signs)
        ]
        if len(prevailing) == 1:
            answers[question.id] = prevailing[0]
        elif len(meant) == 1 or (meant and question.last_counts):
            answers[question.id] = meant[-1]
    return answers


def outlook(condition: Condition, answers: Answers, seen: Collection[str]) -> bool | tuple[int, ...]:
    """What answers leave open of a condition: True if it holds, else the places of the alternatives that still can.

    Args:
        condition: the condition.
        answers: by question.
        seen: questions that have been answered or left out; an alternative that names one left out cannot hold.
    """
    possible = [
        place
        for place, every in enumerate(condition)
        if all(answers.get(name) in options for name, options in every.items() if name in seen)
    ]
    return any(all(name in seen for name in condition[place]) for place in possible) or tuple(possible)


def alike(question: Question, conditions: Iterable[Condition]) -> list[tuple[str, ...]]:
    """The options of a question in groups that none of these conditions tells apart.

    Args:
        question: the question.
        conditions: what may name it.
    """
    named = [options for condition in conditions for every in condition if (options := every.get(question.id))]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for option in question.option_ids:
        groups.setdefault(tuple(option in options for options in named), []).append(option)
    return [tuple(group) for group in groups.values()]


def _longest(
    check: Check, place: int, kept: dict[str, str], fixed: Answers, known: dict[tuple[object, ...], int]
) -> int:
    """The number of questions from a place on.

    Args:
        place: of the question in the check.
        kept: answers before it.
        fixed: answers that have been given.
        known: results by place and what the answers before it leave open of later conditions.
    """
    if place == len(check.questions):
        return 0
    conditions = [question.when for question in check.questions[place:] if question.when]
    seen = frozenset(question.id for question in check.questions[:place])
    state = (place, *(outlook(condition, kept, seen) for condition in conditions))
    if state not in known and len(known) >= _MOST_STATES:
        # “At most” stays true, and a turn stays quick.
        return len(check.questions) - place
    if state not in known:
        question = check.questions[place]
        if not is_asked(question, kept):
            known[state] = _longest(check, place + 1, kept, fixed, known)
        else:
            if question.id in fixed:
                options = [fixed[question.id]]
            else:
                options = [group[0] for group in alike(question, conditions)]
            known[state] = 1 + max(
                _longest(check, place + 1, {**kept, question.id: option}, fixed, known) for option in options
            )
    return known[state]


def _once(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
