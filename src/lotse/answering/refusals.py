"""Answers where no guidance fits: choices where it is unsure what is meant, a refusal outside the guide."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.answering.answer import Answer
from lotse.answering.turn_context import TurnContext


def unsure(context: TurnContext) -> Answer:
    """Up to three topics to choose from; the second time in a row with contact points."""
    unanswered = context.question.memory.unanswered
    likely = [topic for topic, probability in context.topics if probability >= context.settings.choice_at]
    if unanswered >= 2 or (unanswered and not likely):
        return refused(context)
    text = context.wording.choices_again if unanswered else context.wording.choices
    answer = choices(context, likely or [topic for topic, _ in context.topics], text)
    if unanswered:
        return answer.copy(update={"contacts": context.contacts(context.settings.general_contacts)})
    return answer


def choices(context: TurnContext, topics: Iterable[str], text: str) -> Answer:
    """Topics to pick from; the commonest ones where nothing better is known. Never a third time in a row."""
    if context.question.memory.unanswered >= 2:
        return refused(context)
    known = [name for name in dict.fromkeys(topics) if name in context.guide.topics]
    names = known or context.suggested_topics()
    offers = [context.topic_choice(name) for name in names[: context.settings.choices]]
    return Answer(outcome="choices", short=text, follow_ups=offers, why=context.why(None))


def ask_back(context: TurnContext) -> Answer:
    """A message that opens something without naming it: what may be meant, to pick from."""
    memory, topic = context.question.memory, context.topic_at_hand()
    related = topic.related if topic else []
    return choices(context, [*memory.alternatives, *related, *memory.earlier_topics], context.wording.ask_back)


def refused(context: TurnContext) -> Answer:
    """Outside the guide: says so, says what it can do, never twice in a row with the same words."""
    turn = context.question.memory.unanswered
    texts = context.wording.refused
    suggested = context.suggested_topics()
    first = (turn * context.settings.choices) % len(suggested)
    offered = (suggested + suggested)[first : first + context.settings.choices]
    return Answer(
        outcome="refused",
        short=texts[turn % len(texts)],
        contacts=context.contacts(context.settings.general_contacts) if turn else [],
        follow_ups=[context.topic_choice(name) for name in offered],
        why=context.why(None),
    )
