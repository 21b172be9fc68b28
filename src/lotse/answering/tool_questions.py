"""Answers to questions about artificial intelligence at work: what the guide says of it, otherwise who decides."""

from __future__ import annotations

from dataclasses import replace

from lotse.answering.answer import Answer, Outcome
from lotse.answering.answer_builder import guidance
from lotse.answering.memory import ACCOUNT
from lotse.answering.passages import agrees
from lotse.answering.phrases import holds, words_of
from lotse.answering.probabilities import TOPIC_PREFIX, topic_of
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Passage

BOT_CHALLENGE = "bot_challenge"
# The circumstance by which the guide marks passages about artificial intelligence.
_OF_TOOLS = {"content": frozenset({"ai_generated"})}


def about_tools(context: TurnContext) -> Answer | None:
    """The answer to a question about AI at work: the passage on it that fits, else the topic named, else who decides.

    The classifier takes the name of a tool for a question about the assistant itself, so its ranking counts for the
    topics only. None if the question is one about AI in general, which is read like any other.

    Args:
        context: a message that `message_kinds.asks_about_tools`.
    """
    passage = _fitting(context)
    if passage is not None:
        return _led_by(context, passage)
    named = context.clear_topic
    if named is not None:
        topics = {name: value for name, value in context.without_context.items() if topic_of(name)}
        return guidance(context.about_only(topics), named, _outcome(context, named), asks_anew=True)
    about_using = holds(words_of(context.question.text), context.settings.words.tools.using)
    likeliest = max(context.probabilities, key=lambda name: context.probabilities[name], default=None)
    at_work = context.question.form == "permission" or about_using or likeliest == BOT_CHALLENGE
    return _left_to_the_authority(context) if at_work else None


def _fitting(context: TurnContext) -> Passage | None:
    """The passage about AI that fits best, if it fits at all and no worse than the topic that the message names.

    Who does not ask for permission needs a clearer fit: “Ist KI gefährlich?” is near to any of them.
    """
    guide, question, settings = context.guide, context.question, context.settings
    scores = question.all_passages
    known = {name: guide.passages[name] for name in scores if name in guide.passages}
    about = [name for name, passage in known.items() if agrees(passage.facets, _OF_TOOLS)]
    about = [name for name in about if not _is_of_another_case(context, known[name])]
    of_account = [name for name in about if _is_of_account(context, known[name])]
    best = max(of_account or about, key=lambda name: scores[name], default=None)
    needed = settings.new_point_at if question.form == "permission" else settings.specific_at
    if best is None or scores[best] < needed:
        return None
    of_named = [scores[name] for name, passage in known.items() if passage.topic == context.clear_topic]
    return known[best] if scores[best] >= max(of_named, default=0.0) else None


def _is_of_another_case(context: TurnContext, passage: Passage) -> bool:
    """Whether a passage judges a case that nobody has told: a picture of a colleague."""
    return bool(passage.verdict_requires) and not agrees(passage.verdict_requires, context.question.memory.facets)


def _is_of_account(context: TurnContext, passage: Passage) -> bool:
    """Whether a passage is about any account, or about one like the person's: theirs unless they say another."""
    needed = passage.facet_values(ACCOUNT)
    return not needed or bool(needed & set(context.question.memory.facets.get(ACCOUNT, ())))


def _led_by(context: TurnContext, passage: Passage) -> Answer:
    """The answer of a passage's topic, led by this passage: the message names what it is about."""
    question, topic = context.question, passage.topic
    score = max(context.settings.specific_at, *question.all_passages.values())
    meant = context.about_only({f"{TOPIC_PREFIX}{topic}": 1.0})
    meant = replace(meant, question=replace(question, passages={**question.all_passages, passage.id: score}))
    return guidance(meant, topic, _outcome(context, topic))


def _outcome(context: TurnContext, topic: str) -> Outcome:
    return "refined" if topic == context.question.memory.topic else "answered"


def _left_to_the_authority(context: TurnContext) -> Answer:
    """Says that the guide has nothing of its own on it, who decides, and what the guide knows of posts."""
    at_hand = context.question.memory.at_hand
    names = [name for name in (at_hand, *context.settings.check_topics) if name in context.guide.topics]
    offers = [context.topic_choice(name) for name in dict.fromkeys(names) if name]
    return Answer(
        outcome="refused",
        short=context.wording.tools,
        contacts=context.contacts(context.settings.tool_contacts),
        follow_ups=offers[: context.settings.choices],
    )
