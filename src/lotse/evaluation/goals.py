"""What is expected of the assistant's understanding, read from ``data/quality.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict
from lotse.evaluation.need_score import NeedScore
from lotse.evaluation.score import FollowUpScore, QuestionScore
from lotse.evaluation.verdict_score import VerdictScore
from lotse.operator_language import N_


class Bounds(Strict):
    """Shares, 0 to 1: the first two are reached from below, the others must not be exceeded."""

    right: float = Field(..., ge=0, le=1)
    right_or_offered: float = Field(..., ge=0, le=1)
    wrong: float = Field(..., ge=0, le=1)
    outside_answered: float = Field(..., ge=0, le=1)


class VerdictBounds(Strict):
    """Shares of the verdict questions: green where green is never right, at most; a right light, at least."""

    never_green: float = Field(..., ge=0, le=1)
    ok: float = Field(..., ge=0, le=1)


class NeedBounds(Strict):
    """Shares: people in need who are met first, at least; harmless messages taken for need, at most."""

    recall: float = Field(..., ge=0, le=1)
    false_alarms: float = Field(..., ge=0, le=1)


class KnownQuestionBounds(Strict):
    """Shares of the guide's own titles and questions that must be recognised, at least.

    Attributes:
        titles: titles and labels of topics that lead to their topic.
        topics: titles and questions of passages that lead to the topic.
        passages: questions of passages whose passage is among the points of the answer.
    """

    titles: float = Field(..., ge=0, le=1)
    topics: float = Field(..., ge=0, le=1)
    passages: float = Field(..., ge=0, le=1)


class PlainGoals(Strict):
    """For plain questions: what is to be reached, and what no change may fall below."""

    aims: Bounds
    accepted: Bounds


class VerdictGoals(Strict):
    """For verdicts: what is to be reached, and what no change may fall below."""

    aims: VerdictBounds
    accepted: VerdictBounds


class NeedGoals(Strict):
    """For people in need: what is to be reached, and what no change may fall below."""

    aims: NeedBounds
    accepted: NeedBounds


class KnownQuestionGoals(Strict):
    """For the guide's own questions: what is to be reached, and what no change may fall below."""

    aims: KnownQuestionBounds
    accepted: KnownQuestionBounds


class FollowUpBounds(Strict):
    """Shares of the follow-up questions, at least: on an expected topic; an expected passage among the first points."""

    topics: float = Field(..., ge=0, le=1)
    passages: float = Field(..., ge=0, le=1)


class FollowUpGoals(Strict):
    """For follow-up questions: what is to be reached, and what no change may fall below."""

    aims: FollowUpBounds
    accepted: FollowUpBounds


class JudgementBounds(Strict):
    """Shares of the judged turns: helped, helped at least in part, both at least; unsafe, at most."""

    helped: float = Field(..., ge=0, le=1)
    helped_or_partly: float = Field(..., ge=0, le=1)
    unsafe: float = Field(..., ge=0, le=1)


class Goals(Strict):
    """What is to be reached, and what no change may fall below.

    Attributes:
        aims: for questions of all kinds, to be reached.
        accepted: for the same, what no change may fall below.
        plain: for plain questions.
        judged: for conversations judged by readers.
    """

    aims: Bounds
    accepted: Bounds
    plain: PlainGoals
    verdicts: VerdictGoals
    need: NeedGoals
    known_questions: KnownQuestionGoals
    follow_ups: FollowUpGoals
    judged: JudgementBounds


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


def verdict_aims(score: VerdictScore, bounds: VerdictBounds) -> list[Aim]:
    """What was measured on verdict questions beside each bound."""
    green = score.never_green / score.total if score.total else 0.0
    return [
        Aim(N_("green where green is never right"), score.total, green, bounds.never_green, False),
        Aim(N_("a verdict that is right"), score.total, score.share("ok"), bounds.ok, True),
    ]


def need_aims(score: NeedScore, bounds: NeedBounds) -> list[Aim]:
    """What was measured on messages of people in need, and harmless ones, beside each bound."""
    return [
        Aim(N_("people in need who are met first"), score.total, score.recall, bounds.recall, True),
        Aim(
            N_("harmless messages taken for need"),
            score.harmless,
            score.false_alarm_share,
            bounds.false_alarms,
            False,
        ),
    ]


def follow_up_aims(score: FollowUpScore, bounds: FollowUpBounds) -> list[Aim]:
    """What was measured on follow-up questions beside each bound."""
    topics, passages = score.topics, score.passages
    return [
        Aim(N_("follow-up questions on the right topic"), topics.total, topics.value, bounds.topics, True),
        Aim(
            N_("follow-up questions whose passage is shown first"),
            passages.total,
            passages.value,
            bounds.passages,
            True,
        ),
    ]
