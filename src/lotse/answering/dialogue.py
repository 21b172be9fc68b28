"""Answers about the conversation itself: greetings, who somebody is, what could not be read, forgetting."""

from __future__ import annotations

from lotse.answering.answer import Answer, FollowUp
from lotse.answering.failures import failure_answer
from lotse.answering.refusals import choices, unsure
from lotse.answering.turn_context import TurnContext


def introduced(context: TurnContext) -> Answer:
    """The person has said who they are, but asked nothing yet."""
    status = context.question.memory.status
    if status not in context.guide.facets["status"].values:
        return unsure(context)
    return choices(context, [], context.wording.introduced.format(status=context.guide.status_label(status)))


def foreign(language: str, sentence: str) -> Answer:
    """Written in a language the guide does not speak: says so in that language."""
    return Answer(outcome="refused", language=language, short=sentence)


def problem(context: TurnContext, kind: str) -> Answer:
    """A message that could not be read at all.

    Args:
        kind: a key of ``problems`` in the wording.
    """
    return failure_answer(context.wording, context.guide.language, kind, limit=context.settings.max_characters)


def smalltalk(context: TurnContext, intent: str) -> Answer:
    """A friendly word, and what one can ask."""
    text = context.wording.smalltalk.get(intent, context.wording.smalltalk["smalltalk"])
    offers = intent in ("greet", "capabilities", "bot_challenge", "smalltalk")
    names = context.suggested_topics()[: context.settings.choices] if offers else []
    return Answer(outcome="smalltalk", short=text, follow_ups=[context.topic_choice(name) for name in names])


def forgotten(context: TurnContext) -> Answer:
    """The conversation is erased."""
    return Answer(outcome="forgotten", short=context.wording.forgotten)


def offer_to_forget(context: TurnContext) -> Answer:
    """Perhaps a wish to be forgotten: asks before anything is deleted."""
    offers = [FollowUp(label=context.wording.labels["forget_me"], payload="/forget_me")]
    topic = context.topic_at_hand()
    return Answer(
        outcome="choices",
        short=context.wording.forget_or_not,
        follow_ups=offers + ([context.topic_choice(topic.topic)] if topic else []),
    )


def check(context: TurnContext) -> Answer:
    """What to look at before posting, as topics to pick."""
    names = [name for name in context.settings.check_topics if name in context.guide.topics]
    return Answer(
        outcome="check", short=context.wording.check, follow_ups=[context.topic_choice(name) for name in names]
    )
