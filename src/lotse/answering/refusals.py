"""Answers without guidance: choices if it is uncertain what is meant, a refusal for questions out of scope."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.answering.answer import Answer
from lotse.answering.turn_context import TurnContext


def unsure(context: TurnContext) -> Answer:
    """Up to three topics to choose from; with contact points the second time in a row."""
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
    """Topics to choose from, the suggested ones if `topics` is empty; a refusal the third time in a row.

    Args:
        context: the message and the content.
        topics: ids, the most likely first.
        text: the sentence above the choices.
    """
    if context.question.memory.unanswered >= 2:
        return refused(context)
    known = [name for name in dict.fromkeys(topics) if name in context.guide.topics]
    names = known or context.suggested_topics()
    offers = [context.topic_choice(name) for name in names[: context.settings.choices]]
    return Answer(outcome="choices", short=text, follow_ups=offers, why=context.why(None))


def ask_back(context: TurnContext) -> Answer:
    """Asks what is meant by a message that names no topic, with topics to choose from."""
    memory, topic = context.question.memory, context.topic_at_hand()
    related = topic.related if topic else []
    return choices(context, [*memory.alternatives, *related, *memory.earlier_topics], context.wording.ask_back)


def refused(context: TurnContext) -> Answer:
    """The answer to a question out of scope, in other words each time in a row."""
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
