"""Answers without guidance: choices if it is uncertain what is meant, a refusal for questions out of scope."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.answering.answer import Answer, FollowUp
from lotse.answering.turn_context import TurnContext


def unsure(context: TurnContext) -> Answer:
    """Up to three topics to choose from; with contact points the second time in a row.

    Every message is read afresh: how often choices were offered before changes the sentence, not what is offered.
    """
    unanswered = context.question.memory.unanswered
    likely = [topic for topic, probability in context.topics if probability >= context.settings.choice_at]
    names = likely or [topic for topic, _ in context.topics] or context.suggested_topics(unanswered)
    offered = topic_choices(context, names)
    if unanswered:
        contacts = context.contacts(context.settings.general_contacts)
        text = context.wording.choices_again
        return Answer(outcome="choices", short=text, contacts=contacts, follow_ups=offered, why=context.why(None))
    single = len(names[: context.settings.choices]) == 1
    text = context.wording.choices_one if single else context.wording.choices
    return Answer(outcome="choices", short=text, follow_ups=offered, why=context.why(None))


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
    """The answer to a question out of scope, in other words each time in a row."""
    turn = context.question.memory.refused
    texts = context.wording.refused
    names = context.suggested_topics(turn)[: context.settings.choices]
    return Answer(
        outcome="refused",
        short=texts[turn % len(texts)],
        contacts=context.contacts(context.settings.general_contacts) if turn else [],
        follow_ups=[context.topic_choice(name) for name in names],
        why=context.why(None),
    )
