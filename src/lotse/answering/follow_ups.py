"""Answers about the previous answer: its sources, reason, plain version, an example, or a person to ask."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.answering.answer import Answer, Handover, Outcome, Point
from lotse.answering.answer_builder import cites_of, follow_ups, guidance, passage_of
from lotse.answering.handover_draft import hand_over
from lotse.answering.passages import Citations, Fit, points_of
from lotse.answering.refusals import choices
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Example, Topic


def about_the_answer(context: TurnContext, intent: str) -> Answer:
    """Sources, reason, plain version or an example for the current topic.

    Args:
        context: the message and the content.
        intent: ``request_sources``, ``request_reason``, ``request_simpler`` or ``request_example``.
    """
    topic = context.topic_at_hand()
    if topic is None:
        return choices(context, [], context.wording.no_topic)
    if intent == "request_example" and not topic.examples:
        # All examples belonged to passages that house rules have replaced.
        intent = "request_simpler"
    guide, wording = context.guide, context.wording
    citations = Citations(guide)
    outcome: Outcome = "explained"
    points: list[Point] = []
    short_cites: list[int] = []
    if intent == "request_sources":
        outcome, short = "sources", wording.sources.format(title=topic.title)
        points = points_of(_shown(context, topic), context.question.memory.status, guide, citations)
    elif intent == "request_reason":
        short = wording.reason.format(title=topic.title)
        passage = passage_of(guide, topic, topic.rests_on[0])
        numbers = citations.add(passage.id, topic.why.cites, topic.why.text)
        points = [Point(text=topic.why.text, cites=numbers, language=passage.language)]
    elif intent == "request_simpler":
        short = topic.plain
        short_cites = [number for name in topic.rests_on for number in cites_of(guide, topic, name, citations)]
    else:
        short = wording.example.format(title=topic.title)
        for example in _examples(context, topic):
            passage = passage_of(guide, topic, example.passage)
            numbers = citations.add(passage.id, passage.cites, passage.text)
            text = f"{example.text} ({wording.verdicts[example.verdict]})"
            points.append(Point(text=text, cites=numbers, level=passage.level, language=passage.language))
    return Answer(
        outcome=outcome,
        topic=topic.topic,
        title=topic.title,
        short=short,
        short_cites=short_cites,
        points=points,
        citations=citations.all,
        follow_ups=follow_ups(context, topic, [], leave_out=intent),
        why=context.why(topic),
    )


def handed_over(context: TurnContext) -> Answer:
    """The contact points of the current topic, and the last question as a draft for one of them."""
    topic = context.topic_at_hand()
    if topic is None:
        names = context.settings.general_contacts
        return Answer(
            outcome="handed_over",
            short=context.wording.handed_over_general,
            contacts=context.contacts(names),
            handover=_draft(context, names, None),
        )
    return Answer(
        outcome="handed_over",
        topic=topic.topic,
        title=topic.title,
        short=context.wording.handed_over.format(title=topic.title),
        contacts=context.contacts(topic.contacts),
        handover=_draft(context, topic.contacts, topic),
        follow_ups=follow_ups(context, topic, [], leave_out="request_person"),
    )


def switched(context: TurnContext) -> Answer:
    """The answer after a change of language: the last topic in the new language, or a confirmation."""
    at_hand = context.question.memory.at_hand
    if at_hand is not None and at_hand in context.guide.topics:
        return guidance(context, at_hand, "refined")
    return Answer(outcome="smalltalk", short=context.wording.language_switched)


def _shown(context: TurnContext, topic: Topic) -> list[Fit]:
    """The passages of the last answer; the topic's primary passages if that answer had another topic."""
    guide = context.guide
    shown = [guide.passages[name] for name in context.question.memory.shown if name in guide.passages]
    fits = [Fit(passage, 0.0, False) for passage in shown if passage.topic == topic.topic]
    return fits or [Fit(passage_of(guide, topic, name), 0.0, False) for name in topic.rests_on]


def _examples(context: TurnContext, topic: Topic) -> list[Example]:
    """Two examples, those of passages just shown first."""
    shown = set(context.question.memory.shown)
    return sorted(topic.examples, key=lambda example: example.passage not in shown)[:2]


def _draft(context: TurnContext, names: Iterable[str], topic: Topic | None) -> Handover:
    """The draft of a question to one of these contact points."""
    memory, wording = context.question.memory, context.wording.handover
    # After a refusal or choices the current topic is not what was asked.
    known = topic is not None and not memory.unanswered
    subject = wording.subject.format(title=topic.title) if topic and known else wording.subject_general
    return hand_over(context.guide.contacts, names, "\n".join(memory.asked), subject)
