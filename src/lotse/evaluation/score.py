"""Scores replies against expected answers. Pure functions, no servers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from lotse.evaluation.questions import CHITCHAT, OUT_OF_SCOPE, Dialogue, DialogueTurn, LabelledQuestion
from lotse.evaluation.rest_client import Reply

# Outcomes that give guidance, and therefore claim a topic.
_CHECK = "check"
GUIDING = frozenset({"answered", "refined", "sources", "explained", "check"})
DECLINING = frozenset({"refused", "handed_over"})

# right: a right answer, or the right refusal or small talk. offered: a right topic among the choices. missed: choices
# without it, small talk. wrong: guidance on a wrong topic. outside_answered: guidance for a question outside the guide.
# unsure: neither refused nor answered a question outside the guide. lost: no usable reply.
QuestionResult = Literal["right", "offered", "missed", "wrong", "refused", "outside_answered", "unsure", "lost"]

ALLOWED_OUTCOMES: dict[str, frozenset[str]] = {
    "answer": frozenset({"answered", "refined"}),
    "switch": frozenset({"answered", "refined"}),
    "refined": frozenset({"refined", "answered"}),
    "sources": frozenset({"sources"}),
    "explain": frozenset({"explained"}),
    "contact": frozenset({"handed_over"}),
    "clarify": frozenset({"choices"}),
    "refuse": frozenset({"refused"}),
    "smalltalk": frozenset({"smalltalk"}),
    "check": frozenset({"check"}),
    "forget": frozenset({"forgotten"}),
}
DELETE = "/forget_me"
_TOPICAL = frozenset({"answered", "refined", "sources", "explained"})


def grade_question(question: LabelledQuestion, reply: Reply) -> QuestionResult:
    """The result of one question, given the reply to it."""
    if reply.outcome in ("lost", "error"):
        return "lost"
    accepted = question.accepted
    if reply.outcome in GUIDING and reply.topic in accepted:
        return "right"
    if reply.outcome == "smalltalk" and CHITCHAT in accepted:
        return "right"
    if reply.outcome in DECLINING and OUT_OF_SCOPE in accepted:
        return "right"
    if reply.outcome in GUIDING:
        return "outside_answered" if question.topic == OUT_OF_SCOPE else "wrong"
    if reply.outcome == "choices" and accepted & set(reply.offered):
        return "offered"
    if question.topic == OUT_OF_SCOPE:
        return "unsure"
    return "refused" if reply.outcome in DECLINING else "missed"


def grade_turn(turn: DialogueTurn, reply: Reply) -> bool:
    """Whether the reply to a turn has the expected outcome and an expected topic.

    A wish to delete the conversation is answered by a question first, with the deletion as a choice.
    """
    if turn.expect.kind == "forget" and reply.outcome == "choices":
        return DELETE in reply.payloads
    if reply.outcome not in ALLOWED_OUTCOMES[turn.expect.kind]:
        return False
    if not turn.expect.accepted:
        return True
    if reply.outcome in _TOPICAL:
        return reply.topic in turn.expect.accepted
    if reply.outcome == "choices":
        return bool(turn.expect.accepted & set(reply.offered))
    return True


@dataclass(frozen=True)
class Tally:
    """Results of a group of questions.

    Attributes:
        total: number of questions.
        counts: number of questions by result.
    """

    total: int
    counts: dict[str, int]

    def share(self, *results: QuestionResult) -> float:
        """Share of the group with one of these results; 0 for an empty group."""
        return sum(self.counts.get(result, 0) for result in results) / self.total if self.total else 0.0


@dataclass(frozen=True)
class Share:
    """A share as two counts: `right` of `total`."""

    total: int
    right: int

    @property
    def value(self) -> float:
        """The share from 0 to 1; 0 if there is nothing to count."""
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True)
class CurvePoint:
    """Error if only the most certain questions were answered.

    Attributes:
        coverage: share of the questions that are answered, 0 to 1.
        error: share of these answers that are wrong, 0 to 1.
    """

    coverage: float
    error: float


@dataclass(frozen=True)
class CalibrationPoint:
    """Stated certainty and actual accuracy in one range of certainty.

    Attributes:
        said: mean probability of the guesses in this range.
        right: share of them that were right.
        count: how many.
    """

    said: float
    right: float
    count: int


@dataclass(frozen=True)
class QuestionScore:
    """The scores of one system on all questions.

    Attributes:
        inside: questions the guide answers.
        outside: questions outside it.
        chitchat: greetings, thanks and the like.
        passages: questions that name their passage, and how many of them saw it among the first three points.
        same_language: answered questions, and how many of them were answered in their own language.
        by_topic, by_language: tallies of all questions.
        confusion: expected topic → what came → how often.
        p50, p95: milliseconds per turn.
    """

    inside: Tally
    outside: Tally
    chitchat: Tally
    everything: Tally
    by_topic: dict[str, Tally]
    by_language: dict[str, Tally]
    confusion: dict[str, dict[str, int]]
    p50: float
    p95: float
    passages: Share = Share(0, 0)
    same_language: Share = Share(0, 0)
    curve: list[CurvePoint] = field(default_factory=list)
    calibration: list[CalibrationPoint] = field(default_factory=list)


@dataclass(frozen=True)
class DialogueScore:
    """The score on all dialogues: turns as expected, and dialogues in which every turn was as expected.

    Attributes:
        checks_wanted: turns that ask for a guided check, and after how many of them one was under way.
        checks_unasked: turns that ask for anything else while no check is under way, and how many of them began one.
    """

    turns: int
    turns_right: int
    dialogues: int
    dialogues_right: int
    by_kind: dict[str, tuple[int, int]]
    misses: list[dict[str, object]]
    checks_wanted: Share = Share(0, 0)
    checks_unasked: Share = Share(0, 0)


def score_questions(questions: Sequence[LabelledQuestion], replies: Sequence[Reply]) -> QuestionScore:
    """The scores of one system: tallies, confusion matrix, latency, coverage curve and calibration."""
    results = [grade_question(question, reply) for question, reply in zip(questions, replies, strict=True)]
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for question, reply in zip(questions, replies, strict=True):
        confusion[question.topic][heading(reply)] += 1
    milliseconds = [reply.milliseconds for reply in replies]
    return QuestionScore(
        inside=_tally(v for q, v in zip(questions, results, strict=True) if q.topic not in (OUT_OF_SCOPE, CHITCHAT)),
        outside=_tally(v for q, v in zip(questions, results, strict=True) if q.topic == OUT_OF_SCOPE),
        chitchat=_tally(v for q, v in zip(questions, results, strict=True) if q.topic == CHITCHAT),
        everything=_tally(results),
        by_topic=_tallies([question.topic for question in questions], results),
        by_language=_tallies([question.lang for question in questions], results),
        confusion={topic: dict(counts) for topic, counts in sorted(confusion.items())},
        p50=percentile(milliseconds, 50),
        p95=percentile(milliseconds, 95),
        passages=passage_recall(questions, replies),
        same_language=_same_language(questions, replies),
        curve=coverage_curve(questions, replies),
        calibration=calibration(questions, replies),
    )


def passage_recall(questions: Sequence[LabelledQuestion], replies: Sequence[Reply], points: int = 3) -> Share:
    """Share of questions whose passage is among the first points of the answer, of all that name a passage.

    Args:
        questions: the questions.
        replies: the replies, in the same order.
        points: how many of the first points count.
    """
    named = [(q, reply) for q, reply in zip(questions, replies, strict=True) if q.accepted_passages]
    found = [q.accepted_passages & set(reply.passages[:points]) for q, reply in named if reply.outcome in GUIDING]
    return Share(len(named), sum(map(bool, found)))


def _same_language(questions: Sequence[LabelledQuestion], replies: Sequence[Reply]) -> Share:
    answered = [(q, r) for q, r in zip(questions, replies, strict=True) if r.outcome in GUIDING and r.language]
    return Share(len(answered), sum(q.lang == reply.language for q, reply in answered))


def _tally(results: Iterable[QuestionResult]) -> Tally:
    counts: Counter[str] = Counter(results)
    return Tally(sum(counts.values()), dict(counts))


def _tallies(groups: Sequence[str], results: Sequence[QuestionResult]) -> dict[str, Tally]:
    return {
        name: _tally(v for group, v in zip(groups, results, strict=True) if group == name)
        for name in sorted(set(groups))
    }


def heading(reply: Reply) -> str:
    """Column of a reply in the confusion matrix: its topic if it gives guidance, else its outcome."""
    if reply.outcome in GUIDING:
        return reply.topic or reply.outcome
    return OUT_OF_SCOPE if reply.outcome in DECLINING else CHITCHAT if reply.outcome == "smalltalk" else reply.outcome


def coverage_curve(questions: Sequence[LabelledQuestion], replies: Sequence[Reply]) -> list[CurvePoint]:
    """Error against coverage, from the most certain answers on; empty if the system states no probabilities.

    The best guess of `choices` counts as an answer: the curve shows the error if it had been answered.
    """
    guesses = sorted(_guesses(questions, replies), key=lambda pair: -pair[0])
    points, wrong = [], 0
    for given, (_, right) in enumerate(guesses, start=1):
        wrong += not right
        points.append(CurvePoint(given / len(questions), wrong / given))
    return points


def calibration(
    questions: Sequence[LabelledQuestion],
    replies: Sequence[Reply],
    edges: Sequence[float] = (0.0, 0.3, 0.5, 0.7, 0.9, 1.01),
) -> list[CalibrationPoint]:
    """Calibration: stated certainty and actual accuracy for each range; ranges without a guess are left out.

    Args:
        questions: the questions.
        replies: the replies, in the same order.
        edges: limits of the ranges, ascending.
    """
    guesses = _guesses(questions, replies)
    points = []
    for low, high in pairwise(edges):
        within = [(said, right) for said, right in guesses if low <= said < high]
        if within:
            count = len(within)
            said, right = sum(said for said, _ in within) / count, sum(right for _, right in within) / count
            points.append(CalibrationPoint(round(said, 4), round(right, 4), count))
    return points


def _guesses(questions: Sequence[LabelledQuestion], replies: Sequence[Reply]) -> list[tuple[float, bool]]:
    """Probability of each best guess and whether it was right."""
    guesses = []
    for question, reply in zip(questions, replies, strict=True):
        guess = reply.topic if reply.outcome in GUIDING else None
        if reply.outcome == "choices" and reply.offered:
            guess = reply.offered[0]
        if guess is not None and reply.probability is not None:
            guesses.append((reply.probability, guess in question.accepted))
    return guesses


def score_dialogues(dialogues: Sequence[Dialogue], held: Sequence[Sequence[Reply]]) -> DialogueScore:
    """The score on dialogues.

    Args:
        dialogues: the dialogues.
        held: the replies to each dialogue's turns, in the same order.
    """
    by_kind: dict[str, list[bool]] = defaultdict(list)
    misses: list[dict[str, object]] = []
    faultless = 0
    for dialogue, replies in zip(dialogues, held, strict=True):
        results = [grade_turn(turn, reply) for turn, reply in zip(dialogue.turns, replies, strict=True)]
        faultless += all(results)
        for turn, reply, right in zip(dialogue.turns, replies, results, strict=True):
            by_kind[turn.expect.kind].append(right)
            if not right:
                wanted = f"{turn.expect.kind} {turn.expect.topic or ''}".strip()
                got = f"{reply.outcome} {reply.topic or ''}".strip()
                misses.append({"text": turn.text, "expected": wanted, "got": got, "offered": list(reply.offered)})
    checks_wanted, checks_unasked = check_starts(dialogues, held)
    return DialogueScore(
        turns=sum(len(results) for results in by_kind.values()),
        turns_right=sum(sum(results) for results in by_kind.values()),
        dialogues=len(dialogues),
        dialogues_right=faultless,
        by_kind={kind: (sum(results), len(results)) for kind, results in sorted(by_kind.items())},
        misses=misses,
        checks_wanted=checks_wanted,
        checks_unasked=checks_unasked,
    )


def check_starts(dialogues: Sequence[Dialogue], held: Sequence[Sequence[Reply]]) -> tuple[Share, Share]:
    """Guided checks that were started when they were wanted, and unasked; see `DialogueScore`.

    Args:
        dialogues: the dialogues.
        held: the replies to each dialogue's turns, in the same order.
    """
    wanted: list[bool] = []
    unasked: list[bool] = []
    for dialogue, replies in zip(dialogues, held, strict=True):
        under_way = False
        for turn, reply in zip(dialogue.turns, replies, strict=True):
            checks = reply.outcome == _CHECK
            if turn.expect.kind == _CHECK:
                wanted.append(checks)
            elif not under_way:
                unasked.append(checks)
            under_way = checks
    return Share(len(wanted), sum(wanted)), Share(len(unasked), sum(unasked))


@dataclass(frozen=True)
class FollowUpScore:
    """The score on follow-up questions.

    Attributes:
        topics: turns after the first of a dialogue, and how many of them had the expected outcome and topic.
        passages: turns that name passages, and how many of them saw one of these among the first two points.
    """

    topics: Share
    passages: Share


def score_follow_ups(dialogues: Sequence[Dialogue], held: Sequence[Sequence[Reply]], points: int = 2) -> FollowUpScore:
    """The score on dialogues whose turns after the first ask something new.

    Args:
        dialogues: the dialogues.
        held: the replies to each dialogue's turns, in the same order.
        points: how many of the first points count.
    """
    pairs = [
        pair
        for dialogue, replies in zip(dialogues, held, strict=True)
        for pair in zip(dialogue.turns, replies, strict=True)
        if pair[0] is not dialogue.turns[0]
    ]
    named = [(set(turn.expect.passages), reply) for turn, reply in pairs if turn.expect.passages]
    found = [passages & set(reply.passages[:points]) for passages, reply in named if reply.outcome in GUIDING]
    right = sum(grade_turn(turn, reply) for turn, reply in pairs)
    return FollowUpScore(Share(len(pairs), right), Share(len(named), sum(map(bool, found))))


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of the values do not exceed; 0 without values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]
