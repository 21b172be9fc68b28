"""What is expected of the assistant's understanding, read from ``data/quality.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict
from lotse.evaluation.score import QuestionScore
from lotse.operator_language import N_


class Bounds(Strict):
    """Shares, 0 to 1: the first two are reached from below, the others must not be exceeded."""

    right: float = Field(..., ge=0, le=1)
    right_or_offered: float = Field(..., ge=0, le=1)
    wrong: float = Field(..., ge=0, le=1)
    outside_answered: float = Field(..., ge=0, le=1)


class Goals(Strict):
    """What is to be reached, and what no change may fall below."""

    aims: Bounds
    accepted: Bounds


@dataclass(frozen=True)
class Aim:
    """One bound and what was measured.

    Attributes:
        label: in English; translated where it is shown.
        questions: how many the value was measured with.
    """

    label: str
    questions: int
    value: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def load_goals(data: Path) -> Goals:
    """Read ``quality.yml``.

    Raises:
        ContentError: a number is missing, misspelt or no share.
    """
    return parse(data / "quality.yml", Goals)[1]


def aims(score: QuestionScore, bounds: Bounds) -> list[Aim]:
    """What was measured beside each bound: shares of the questions the guide answers, and of those it does not."""
    inside, outside = score.inside, score.outside
    offered, answered = inside.share("right", "offered"), outside.share("outside_answered")
    return [
        Aim(N_("right at the first attempt"), inside.total, inside.share("right"), bounds.right, True),
        Aim(N_("right or offered to choose"), inside.total, offered, bounds.right_or_offered, True),
        Aim(N_("answered wrongly"), inside.total, inside.share("wrong"), bounds.wrong, False),
        Aim(N_("outside, but answered"), outside.total, answered, bounds.outside_answered, False),
    ]
