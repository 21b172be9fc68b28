"""What an answer begins with: the words that lead it and the verdict above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lotse.answering.answer import Outcome
from lotse.answering.assumptions import is_uncertain
from lotse.answering.memory import LASTING_FACETS
from lotse.answering.new_points import cautious, counted_already, in_new_order, new_point, told_first, unsaid_first
from lotse.answering.passages import Fit, fitting
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import Ruling, case_of, clear_fit, repeated_first, rule, sought, tells_the_case
from lotse.content.model import Passage, Topic

# A passage leads with its short answer or with its text; two with their short answers, if it is open which of them is
# meant; the topic with its own short answer, also as an answer to a case that was told; or the guide says
# nothing of its own about what is asked.
Form = Literal["short", "text", "near", "topic", "case", "nothing new"]
_BEST_AND_NEXT = 2


@dataclass(frozen=True)
class Asked:
    """How a topic is asked for.

    Attributes:
        topic: that is answered.
        outcome: ``answered``, or ``refined`` if the answer goes on with the topic of the last one.
        anew: whether the message may ask something new of the topic of the last answer.
        primary: ids of the passages that support the topic's short answer.
    """

    topic: Topic
    outcome: Outcome
    anew: bool
    primary: Sequence[str]


@dataclass(frozen=True)
class Ranked:
    """The passages of a topic in the order in which they fit what is asked.

    Attributes:
        fits: the best first.
        told: whether they begin with what the message tells of the case.
        facets: the circumstances that count, values by facet.
        counted: the facets that the scores take into account by themselves.
    """

    fits: list[Fit]
    told: bool
    facets: Mapping[str, Sequence[str]]
    counted: frozenset[str]


@dataclass(frozen=True)
class Lead:
    """What an answer begins with.

    Attributes:
        form: what kind of words lead.
        ruling: the verdict of the answer.
        passage: whose short answer or text leads; None if the topic leads.
        point: the passage that the message clearly asks for, whether its short answer or its text leads.
        near: the passages whose short answers lead together.
    """

    form: Form
    ruling: Ruling
    passage: Passage | None = None
    point: Passage | None = None
    near: tuple[Passage, ...] = ()

    @property
    def title(self) -> str | None:
        """The heading: of the passage whose words stand below it; None if the topic leads."""
        leader = self.point or self.passage
        return leader.title if leader else None


def as_asked(context: TurnContext, topic: Topic, outcome: Outcome, anew: bool, primary: Sequence[str]) -> Asked:
    """How a topic is asked for in this message.

    Args:
        context: the message and the content.
        topic: that is answered.
        outcome: see `Asked`.
        anew: whether the words of the message may ask something new; without a last answer of this topic, or for a
            topic that was picked, they do not.
        primary: see `Asked`.
    """
    question = context.question
    anew = anew and topic.topic == question.memory.topic and bool(question.memory.shown) and not question.picked
    # Without a ranking nothing is known of what is asked.
    return Asked(topic, outcome, anew and bool(question.passages), primary)


def rank(context: TurnContext, asked: Asked) -> Ranked:
    """The passages of the topic, in the order in which they fit what is asked.

    Args:
        context: the message and the content.
        asked: what is asked. If it is asked anew, the new point comes first and what was shown before later.
    """
    question, guide, settings = context.question, context.guide, context.settings
    topic, memory = asked.topic, question.memory
    scores = question.passages_of_both if asked.anew or question.in_context else question.passages
    # What was told when a topic was only offered counts for it, too.
    told_before = asked.outcome == "refined" or topic.topic in (memory.topic, memory.at_hand)
    facets = memory.facets if told_before else _own_facets(context)
    # The passage ranking has counted the circumstances of the message itself already.
    counted = frozenset(question.facets if question.passages else ())
    taken_in = counted_already(question, guide) if asked.anew else counted
    repeated = question.known.passage if question.known else None
    fits = fitting(guide, topic.topic, scores, facets, taken_in, settings, repeated)
    if question.picked and topic.topic != memory.topic:
        # A picked topic has no words of its own: its general passages come first, as the editors ordered them.
        fits = [Fit(fit.passage, 0.0, False) for fit in fits]
        fits.sort(key=lambda fit: fit.passage.id not in asked.primary)
    if asked.anew:
        fits = unsaid_first(in_new_order(fits, question, guide, topic, settings), question, settings)
    fits = repeated_first(fits, question)
    # Who tells their case asks nothing that the guide could leave open: what it says of such a case is shown, unless a
    # passage is clearly about it.
    tells = asked.anew and bool(fits) and tells_the_case(question) and fits[0].score < settings.specific_at
    told = told_first(fits, question, settings) if tells else []
    return Ranked(told or fits, bool(told), facets, counted)


def leading(context: TurnContext, asked: Asked, ranked: Ranked) -> Lead:
    """What the answer begins with.

    Args:
        context: the message and the content.
        asked: what is asked.
        ranked: the passages of its topic.
    """
    question, settings = context.question, context.settings
    topic, fits = asked.topic, ranked.fits
    case = case_of(question, ranked.facets, context.guide.facets)
    uncertain = is_uncertain(context, topic, asked.outcome)
    wanted = sought(question, asked.outcome, settings)
    ruling = rule(topic, fits, question, case, wanted, uncertain, settings)
    if ruling.verdict == "allowed" and tells_the_case(question) and not _allows_as_told(question, topic, ruling):
        ruling = replace(ruling, verdict="depends", assumed=())
    eager = settings.copy(update={"specific_at": min(settings.specific_at, settings.new_point_at)})
    point = None
    if asked.anew:
        point = new_point(fits, question.memory, settings)
        ruling = cautious(ruling, rule(topic, fits, question, case, wanted, uncertain, eager), point)
        if point is None and not ranked.told:
            return Lead("nothing new", ruling)
    elif ruling.passage is None and question.known is None:
        # What clearly fits best leads with its text if its short answer says more than is known.
        point = clear_fit(fits, question, settings)
        own = ruling
        if point is None and _is_ahead(fits, question, settings):
            point, own = fits[0].passage, rule(topic, fits, question, case, wanted, uncertain, eager)
        if point and wanted == "information":
            # Who wants information gets no traffic light, whatever verdict the passage has for others.
            ruling = own
        elif point:
            ruling = cautious(ruling, own, point)
    if ruling.passage and ruling.passage.short:
        return Lead("short", ruling, ruling.passage, point)
    if ranked.told:
        return Lead("case", ruling, None, point)
    if point:
        return Lead("text", ruling, point, point)
    near = _nearest(fits, question, settings)
    return Lead("near", ruling, near=near) if near else Lead("topic", ruling)


def _nearest(fits: Sequence[Fit], question: Question, settings: Settings) -> tuple[Passage, ...]:
    """The two passages that leave the others of their topic behind together; empty if there are none."""
    # Without a ranking nothing is known of what is asked.
    if question.picked or question.known or not question.passages or not fits or fits[0].score < settings.near_at:
        return ()
    near = [fit.passage for fit in fits if fit.score > fits[0].score - settings.ahead_by]
    return tuple(near) if len(near) == _BEST_AND_NEXT and all(passage.short for passage in near) else ()


def _is_ahead(fits: Sequence[Fit], question: Question, settings: Settings) -> bool:
    """Whether the passage that fits best leaves all others of its topic behind, be its own score high or not."""
    # Without a ranking nothing is known of what is asked.
    if question.picked or not question.passages or len(fits) < _BEST_AND_NEXT:
        return False
    first, second = fits[:_BEST_AND_NEXT]
    return first.score >= settings.ahead_at and first.score - second.score >= settings.ahead_by


def _allows_as_told(question: Question, topic: Topic, ruling: Ruling) -> bool:
    """Whether what somebody tells of their case may be allowed by it.

    What was asked before may belong to another topic, which may not allow it. And what depended on the case is allowed
    by a passage about what was told, never by the topic as a whole: “ist doch nur ein Herz”.
    """
    memory = question.memory
    if memory.topic not in (None, topic.topic):
        return False
    by_passage = ruling.passage is not None and ruling.passage.verdict == "allowed"
    return by_passage or memory.verdict not in ("depends", "not_allowed")


def _own_facets(context: TurnContext) -> dict[str, list[str]]:
    """The circumstances of the message, and those of the person and the account from before."""
    own = {facet: list(values) for facet, values in context.question.facets.items()}
    for facet in sorted(LASTING_FACETS):
        if facet in context.question.memory.facets:
            own.setdefault(facet, context.question.memory.facets[facet])
    return own
