"""Scores the verdicts of answers against the lights that the law supports. Pure functions, no servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lotse.evaluation.questions import Light, VerdictQuestion
from lotse.evaluation.rest_client import Reply

# ok: a light that is right. never: one that would be dangerous or absurd. other: in neither list.
# lost: no usable reply.
VerdictResult = Literal["ok", "never", "other", "lost"]
NO_LIGHT: Light = "none"


@dataclass(frozen=True)
class VerdictMiss:
    """A question that did not get a light that is right."""

    question: VerdictQuestion
    reply: Reply
    result: VerdictResult


@dataclass(frozen=True)
class VerdictScore:
    """The score on verdict questions.

    Attributes:
        counts: number of questions by result.
        never_green: questions with a green light where green is never right.
        by_language: questions with a right light, and all questions.
        misses: every question whose result is not ok, the dangerous ones first.
    """

    total: int
    counts: dict[str, int]
    never_green: int
    by_language: dict[str, tuple[int, int]]
    misses: tuple[VerdictMiss, ...]

    def share(self, result: VerdictResult) -> float:
        """Share of the questions with a result, 0 to 1."""
        return self.counts.get(result, 0) / self.total if self.total else 0.0


def light_of(reply: Reply) -> str:
    """The light of a reply; ``none`` if it has no verdict."""
    return reply.verdict or NO_LIGHT


def grade_verdict(question: VerdictQuestion, reply: Reply) -> VerdictResult:
    """The result of one question, given the reply to it."""
    if reply.outcome in ("lost", "error"):
        return "lost"
    light = light_of(reply)
    return "ok" if light in question.ok else "never" if light in question.never else "other"


def score_verdicts(questions: Sequence[VerdictQuestion], replies: Sequence[Reply]) -> VerdictScore:
    """The score on verdict questions.

    Args:
        questions: the questions.
        replies: the replies, in the same order.
    """
    results = [
        VerdictMiss(question, reply, grade_verdict(question, reply))
        for question, reply in zip(questions, replies, strict=True)
    ]
    languages = Counter(question.lang for question in questions)
    right = Counter(item.question.lang for item in results if item.result == "ok")
    return VerdictScore(
        total=len(results),
        counts=dict(Counter(item.result for item in results)),
        never_green=sum(item.result == "never" and item.reply.verdict == "allowed" for item in results),
        by_language={language: (right[language], total) for language, total in sorted(languages.items())},
        misses=tuple(
            sorted((item for item in results if item.result != "ok"), key=lambda item: item.result != "never")
        ),
    )
