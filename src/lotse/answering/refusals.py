"""Answers without guidance: choices if it is uncertain what is meant, a refusal for questions out of scope."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.answering.answer import Answer, Citation, FollowUp, Point
from lotse.answering.passages import Citations, fitting, points_of
from lotse.answering.turn_context import TurnContext


def unsure(context: TurnContext) -> Answer:
    """Up to three topics to choose from; with contact points the second time in a row.

    What the guide says nearest to the message stands above them, so that a clear question that we did not place is not
    met with a bare menu. It has no verdict. Every message is read afresh: how often choices were offered before changes
    the sentence, not what is offered.
    """
    wording, unanswered = context.wording, context.question.memory.unanswered
    likely = [topic for topic, probability in context.topics if probability >= context.settings.choice_at]
    names = likely or [topic for topic, _ in context.topics] or context.suggested_topics(unanswered)
    near, citations = _nearest(context, likely[: context.settings.choices])
    if near:
        text = wording.choices_near
    elif unanswered:
        text = wording.choices_again
    else:
        text = wording.choices_one if len(names[: context.settings.choices]) == 1 else wording.choices
    return Answer(
        outcome="choices",
        short=text,
        points=near,
        citations=citations,
        contacts=context.contacts(context.settings.general_contacts) if unanswered else [],
        follow_ups=topic_choices(context, names),
        why=context.why(None),
    )


def _nearest(context: TurnContext, topics: Iterable[str]) -> tuple[list[Point], list[Citation]]:
    """The passage of each topic that fits the message best, if it fits well, the best first, with its citations."""
    question, settings, guide = context.question, context.settings, context.guide
    if question.picked or not question.passages:
        return [], []
    scores, counted = question.all_passages, frozenset(question.facets)
    best = [
        fit
        for topic in topics
        for fit in fitting(guide, topic, scores, question.facets, counted, settings)[:1]
        if fit.score >= settings.choice_point_at and fit.passage.id in scores
    ]
    best.sort(key=lambda fit: -fit.score)
    citations = Citations(guide)
    status = question.memory.status
    found = points_of(best[: settings.choice_points], status, guide, citations, usual=False)
    return found, citations.all


def topic_choices(context: TurnContext, topics: Iterable[str]) -> list[FollowUp]:
    """Topics to choose from, then “none of these” and a person to ask.

    Args:
        context: the message and the content.
        topics: ids, the most likely first; unknown ones are left out.
    """
    known = [name for name in dict.fromkeys(topics) if name in context.guide.topics]
    offers = [context.topic_choice(name) for name in known[: context.settings.choices]]
    return [*offers, context.move("none_of_these"), context.move("request_person")]


def choices(context: TurnContext, topics: Iterable[str], text: str) -> Answer:
    """Topics to choose from; suggested ones, other ones each time in a row, if none of `topics` is known.

    Args:
        context: the message and the content.
        topics: ids, the most likely first.
        text: the sentence above the choices.
    """
    known = [name for name in dict.fromkeys(topics) if name in context.guide.topics]
    names = known or context.suggested_topics(context.question.memory.unanswered)
    return Answer(outcome="choices", short=text, follow_ups=topic_choices(context, names), why=context.why(None))


def ask_back(context: TurnContext) -> Answer:
    """Asks what is meant by a message that names no topic, with topics to choose from."""
    memory, topic = context.question.memory, context.topic_at_hand()
    related = topic.related if topic else []
    return choices(context, [*memory.alternatives, *related, *memory.earlier_topics], context.wording.ask_back)


def refused(context: TurnContext) -> Answer:
    """The answer to a question out of scope: who is responsible, if known; else other words each time in a row."""
    settings, turn = context.settings, context.question.memory.refused
    names = context.suggested_topics(turn)[: settings.choices]
    area = _area(context)
    if area is None:
        texts = context.wording.refused
        short, offices = texts[turn % len(texts)], settings.general_contacts if turn else []
    else:
        short, offices = context.wording.elsewhere[area], settings.elsewhere_contacts.get(area, [])
    return Answer(
        outcome="refused",
        short=short,
        contacts=context.contacts(offices) if offices else [],
        follow_ups=[context.topic_choice(name) for name in names],
        why=context.why(None),
    )


def _area(context: TurnContext) -> str | None:
    """The area of a question outside the guide whose office is known; None if it is not certain."""
    name, certainty = context.question.outside_area or ("", 0.0)
    return name if name in context.wording.elsewhere and certainty >= context.settings.elsewhere_at else None
