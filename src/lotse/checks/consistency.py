"""Proves that a check is sound on every path: it ends, every question changes the result, each finding can be reached.

Checks have millions of paths. What is proven about one condition needs only the questions that it depends on, and two
paths that no later condition tells apart are walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotse.checks.engine import STRICTNESS, alike, at_most, is_asked, outlook
from lotse.checks.model import Check, Condition, Question
from lotse.content.problems import Problem
from lotse.content.yaml_source import YamlFile
from lotse.operator_language import _

MAX_QUESTIONS = 12

# A decision after some answers: whether the condition holds in the end, or by the next question with an entry for each
# of its options. Equal decisions are the same number, see `_Walk`.
_FALSE, _TRUE = 0, 1


def check_paths(file: YamlFile, check: Check) -> Iterator[Problem]:
    """All errors of the paths of a check whose references are right.

    Args:
        file: its file.
        check: the check.
    """
    longest = at_most(check, {})
    if longest > MAX_QUESTIONS:
        message = _("A path of this check asks {count} questions; at most {most} are allowed.").format(
            count=longest, most=MAX_QUESTIONS
        )
        yield file.problem(("questions",), message, _("drop a question or ask it only `when` it matters"))
    dead = set()
    for index, question in enumerate(check.questions):
        if question.when and not _Walk(check, question.when).possible:
            dead.add(question.id)
            message = _("The question “{question}” is never asked.").format(question=question.id)
            yield file.problem(("questions", index, "when"), message, _("correct `when` or remove the question"))
    matters: set[str] = set()
    for index, finding in enumerate(check.findings):
        walk = _Walk(check, finding.when)
        matters |= walk.matters
        if not walk.possible:
            message = _("No path leads to the finding “{finding}”.").format(finding=finding.id)
            yield file.problem(("findings", index, "when"), message, _("correct `when` or remove the finding"))
    yield from _without_use(file, check, matters, dead)


def _without_use(file: YamlFile, check: Check, matters: set[str], dead: set[str]) -> Iterator[Problem]:
    dangerous = {name.split(".")[0] for name in check.dangers}
    for index, question in enumerate(check.questions):
        if question.id not in matters | dead | dangerous:
            message = _("No answer to the question “{question}” changes the result.").format(question=question.id)
            yield file.problem(("questions", index), message, _("use it in the `when` of a finding or remove it"))


class _Walk:
    """All paths of a check, as far as one condition depends on them.

    Attributes:
        possible: whether the condition holds on some path.
        matters: ids of questions of which two options lead to another decision; “I don't know” does not count.
    """

    def __init__(self, check: Check, condition: Condition) -> None:
        self.condition = condition
        self.questions = _needed(check, condition)
        self.matters: set[str] = set()
        self._decisions: dict[tuple[int, tuple[int, ...]], int] = {}
        self._known: dict[tuple[object, ...], int] = {}
        self.possible = self._decide(0, {}) != _FALSE

    def _decide(self, place: int, kept: dict[str, str]) -> int:
        """The decision after answers to the questions before a place."""
        seen = frozenset(question.id for question in self.questions[:place])
        left = outlook(self.condition, kept, seen)
        if isinstance(left, bool) or not left:
            return _TRUE if left else _FALSE
        conditions = [question.when for question in self.questions[place:] if question.when]
        state = (place, left, *(outlook(condition, kept, seen) for condition in conditions))
        if state not in self._known:
            self._known[state] = self._ask(place, kept, [*conditions, [self.condition[index] for index in left]])
        return self._known[state]

    def _ask(self, place: int, kept: dict[str, str], conditions: Iterable[Condition]) -> int:
        question = self.questions[place]
        if not is_asked(question, kept):
            return self._decide(place + 1, kept)
        decided: dict[str, int] = {}
        for group in alike(question, conditions):
            decided |= dict.fromkeys(group, self._decide(place + 1, {**kept, question.id: group[0]}))
        if len(set(decided.values())) == 1:
            return next(iter(decided.values()))
        if len({decided[option.id] for option in question.options}) > 1:
            self.matters.add(question.id)
        key = (place, tuple(decided[option] for option in question.option_ids))
        return self._decisions.setdefault(key, len(self._decisions) + 2)


def _needed(check: Check, condition: Condition) -> list[Question]:
    """The questions that a condition depends on, directly or because they decide whether another one is asked."""
    names: set[str] = set()
    open_names = {name for every in condition for name in every}
    while open_names:
        names |= open_names
        asked = [question for question in check.questions if question.id in open_names]
        open_names = {name for question in asked for every in question.when for name in every} - names
    return [question for question in check.questions if question.id in names]


def verdicts_of(check: Check) -> list[str]:
    """The verdicts that findings have, the least strict first."""
    return sorted({conclusion.verdict for conclusion in check.conclusions.values()}, key=STRICTNESS.index)
