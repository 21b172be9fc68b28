"""Answers to messages about the conversation: greetings, a stated status, unusable input, deleting the conversation."""

from __future__ import annotations

from lotse.answering.answer import Answer
from lotse.answering.failures import failure_answer
from lotse.answering.refusals import choices, unsure
from lotse.answering.status import OCCUPATION, STATUS, label_of
from lotse.answering.turn_context import TurnContext


def introduced(context: TurnContext) -> Answer:
    """The answer if the person has told or denied a status or an occupation but asked nothing yet."""
    memory, wording, question = context.question.memory, context.wording, context.question
    if memory.status:
        text = wording.introduced.format(status=label_of(context, STATUS, memory.status))
    elif question.denied.get(STATUS):
        text = wording.introduced_not.format(status=label_of(context, STATUS, question.denied[STATUS][-1]))
    elif memory.facets.get(OCCUPATION):
        text = wording.introduced_occupation.format(
            occupation=label_of(context, OCCUPATION, memory.facets[OCCUPATION][-1])
        )
    else:
        return unsure(context)
    return choices(context, [], text)


def foreign(language: str, sentence: str) -> Answer:
    """The answer to a message in a language that the guide does not support, in that language.

    Args:
        language: ISO 639-1 code.
        sentence: of ``other_languages.yml``.
    """
    return Answer(outcome="refused", language=language, short=sentence)


def problem(context: TurnContext, kind: str) -> Answer:
    """The answer to a message that is not processed.

    Args:
        context: the message and the content.
        kind: a key of ``problems`` in the wording: ``empty``, ``too_long`` or ``command``.
    """
    return failure_answer(context.wording, context.guide.language, kind, limit=context.settings.max_characters)


def smalltalk(context: TurnContext, intent: str) -> Answer:
    """The answer to a greeting, thanks and the like; for some of them with topics to choose from.

    Args:
        context: the message and the content.
        intent: a key of ``smalltalk`` in the wording.
    """
    text = context.wording.smalltalk.get(intent, context.wording.smalltalk["smalltalk"])
    offers = intent in ("greet", "capabilities", "smalltalk")
    if intent == "bot_challenge":
        # Who asks in the middle of a conversation has a topic.
        offers = context.question.memory.at_hand is None
    names = context.suggested_topics()[: context.settings.choices] if offers else []
    return Answer(outcome="smalltalk", short=text, follow_ups=[context.topic_choice(name) for name in names])


def forgotten(context: TurnContext) -> Answer:
    """The answer with outcome ``forgotten``: whoever receives it deletes the conversation."""
    return Answer(outcome="forgotten", short=context.wording.forgotten)


def offer_to_forget(context: TurnContext) -> Answer:
    """Asks for confirmation of a request to delete the conversation, which cannot be undone."""
    offers = [context.move("forget_me"), context.move("keep_conversation")]
    return Answer(outcome="choices", short=context.wording.forget_or_not, follow_ups=offers)


def check(context: TurnContext) -> Answer:
    """Topics to go through before posting (`check_topics` of the settings), as choices."""
    names = [name for name in context.settings.check_topics if name in context.guide.topics]
    return Answer(
        outcome="check", short=context.wording.check, follow_ups=[context.topic_choice(name) for name in names]
    )
