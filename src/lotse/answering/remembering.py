"""The conversation state after an answer, and before a button of an older one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lotse.answering.answer import Answer
from lotse.answering.check_payloads import is_of_a_check
from lotse.answering.handover_draft import remembered
from lotse.answering.memory import LASTING_FACETS, Answered, Memory, Offer
from lotse.answering.message_kinds import feels_misunderstood
from lotse.answering.probabilities import topic_of
from lotse.answering.question import Question
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import asks_permission
from lotse.content.model import Topic

GUIDING = frozenset({"answered", "refined"})
# Intents that reject the last answer, or the topics offered.
REJECTING = frozenset({"deny", "not_helpful", "none_of_these"})
_EARLIER_TOPICS = 3


def at_its_answer(question: Question, topics: Mapping[str, Topic]) -> Question:
    """The question with the conversation state as it was after the answer whose button was picked.

    A button stands under its answer for good, also in a copied tab; what was asked since is not what it is about.

    Args:
        question: with the topic that the button names.
        topics: of the guide, by id.
    """
    memory, topic = question.memory, topics.get(question.about or "")
    if topic is None or topic.topic == memory.at_hand:
        return question
    if topic.topic == memory.topic:
        return replace(question, memory=memory.copy(update={"choosing": False}))
    changes = {
        "topic": topic.topic,
        "earlier_topics": _earlier(memory, topic.topic),
        "facets": _lasting(memory, ()),
        "shown": [],
        "supporting": [],
        "answered": Answered(),
        "verdict": None,
        "said": None,
        "choosing": False,
        "deed_told": False,
        "answered_question": [],
        # Its own words are no longer known.
        "asked": [topic.title],
    }
    return replace(question, memory=memory.copy(update=changes))


def asked(context: TurnContext, answer: Answer) -> list[str]:
    """The person's last question to the guide, and what they added to it."""
    return remembered(context.question, best_intent(context), answer, context.settings)


def remember(context: TurnContext, answer: Answer) -> Memory:
    """The conversation state after an answer."""
    memory = context.question.memory
    if answer.outcome == "forgotten":
        # Not the conversation, but how to talk to the person.
        return Memory(language=memory.language, language_chosen=memory.language_chosen)
    offered = [Offer(label=item.label, payload=item.payload) for item in answer.follow_ups]
    known = {offer.payload for offer in offered}
    # A check's choices carry all its answers; older ones are found in the transcript if somebody still picks one.
    earlier = [offer for offer in memory.offered if offer.payload not in known and not is_of_a_check(offer.payload)]
    failed = answer.outcome == "error"
    changes: dict[str, object] = {
        "offered": [*offered, *earlier][: context.settings.remembered_offers],
        "listed": len(offered),
        "asked": asked(context, answer),
        "outcome": answer.outcome,
        "confirming": "/forget_me" in known,
    }
    if answer.outcome == "choices":
        changes |= _after_choices(context, offered)
    elif not failed:
        changes["choosing"] = False
    if not changes["confirming"]:
        changes["unanswered"] = memory.unanswered + 1 if answer.outcome in ("choices", "refused", "error") else 0
        changes["refused"] = memory.refused + 1 if answer.outcome == "refused" else memory.refused if failed else 0
    changes["answered_question"] = _answered_before(memory, answer)
    if answer.outcome == "refused":
        changes["alternatives"] = []
    if answer.outcome in GUIDING:
        changes |= _after_guidance(context, answer)
    return memory.copy(update=changes)


def _answered_before(memory: Memory, answer: Answer) -> list[str]:
    """The question before one that is refused, as long as somebody may come back to it; no words of need."""
    if answer.outcome != "refused":
        return []
    if memory.outcome == "refused":
        return memory.answered_question
    return memory.asked[:1] if memory.outcome in GUIDING and memory.need is None else []


def _after_choices(context: TurnContext, offered: list[Offer]) -> dict[str, object]:
    """What choices change: what may have been meant, and what was not if none of them is picked."""
    memory = context.question.memory
    topics = [topic for topic in (topic_of(offer.payload.lstrip("/")) for offer in offered) if topic]
    if not topics:
        return {"choosing": False}
    at_hand = context.guide.topics.get(memory.topic or "")
    likely = {topic for topic, probability in context.topics if probability >= context.settings.choice_at}
    # Topics that were only suggested are not what a following “why?” is about.
    meant = likely | set(memory.alternatives) | set(at_hand.related if at_hand else ())
    return {
        "choosing": True,
        # “Hab das gestern reingestellt” counts for the topic that is picked, too.
        "deed_told": context.deed_told(memory.topic),
        "repairing": (best_intent(context) or ("", 0.0))[0] in REJECTING
        or feels_misunderstood(context.question, context.settings.words),
        "alternatives": [topic for topic in topics if topic in meant],
        "rejected": list(dict.fromkeys([*memory.rejected, *topics])),
    }


def _after_guidance(context: TurnContext, answer: Answer) -> dict[str, object]:
    """What an answer changes: its topic is now at hand, with its passages, verdict and circumstances."""
    memory, settings = context.question.memory, context.settings
    others = [topic for topic, likely in context.topics if topic != answer.topic and likely >= settings.alternative_at]
    second = context.second_topic(context.guide.topics[answer.topic or ""])
    changes: dict[str, object] = {
        "noticed": True,
        **_passages(answer, memory, answer.title != context.guide.topics[answer.topic or ""].title),
        "asked_permission": asks_permission(context.question, answer.outcome, settings),
        "deed_told": context.deed_told(answer.topic),
        "alternatives": others[: settings.choices],
        "rejected": [],
        "second": second,
        "topic": answer.topic,
        "verdict": answer.verdict,
        "said": memory.said if _says_again(answer, memory) else answer.short,
    }
    if answer.topic != memory.topic:
        changes["earlier_topics"] = _earlier(memory, answer.topic)
        changes["facets"] = _lasting(memory, context.question.facets)
    return changes


def _passages(answer: Answer, memory: Memory, led_by_passage: bool) -> dict[str, list[str]]:
    """The passages of an answer as the memory keeps them, so that its numbers can be given again.

    An answer without points says that the one before still holds, and so do its passages.

    Args:
        answer: of a topic.
        memory: before it.
        led_by_passage: whether a passage leads the answer and not the topic; its statement may be the short answer.
    """
    if not answer.points:
        return {}
    passage = {citation.n: citation.passage for citation in answer.citations}
    leading = answer.short_cites if led_by_passage else []
    cites = [*leading, *(number for point in answer.points for number in point.cites)]
    shown = list(dict.fromkeys(passage[number] for number in cites))
    return {
        "shown": shown,
        "led": list(dict.fromkeys([*memory.led, *shown[:1]])),
        "seen": list(dict.fromkeys([*memory.seen, *shown])),
        "supporting": list(dict.fromkeys(passage[number] for number in answer.short_cites)),
    }


def best_intent(context: TurnContext) -> tuple[str, float] | None:
    """The likeliest intent of the message by itself: what it adds to the question does not depend on the answer."""
    return max(context.without_context.items(), key=lambda item: item[1], default=None)


def _earlier(memory: Memory, topic: str | None) -> list[str]:
    before = [memory.topic, *memory.earlier_topics] if memory.topic else memory.earlier_topics
    return [name for name in before if name != topic][:_EARLIER_TOPICS]


def _lasting(memory: Memory, named: Iterable[str]) -> dict[str, list[str]]:
    """The circumstances without those of the old question, which are not those of the new one."""
    kept = {*LASTING_FACETS, *named}
    return {facet: values for facet, values in memory.facets.items() if facet in kept}


def _says_again(answer: Answer, memory: Memory) -> bool:
    """Whether an answer on the same topic says nothing but what was said before, perhaps after an introduction."""
    if answer.topic != memory.topic:
        return False
    return not answer.points or (memory.said is not None and answer.short.endswith(memory.said))
