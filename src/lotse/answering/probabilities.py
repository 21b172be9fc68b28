"""The probability of each topic, from the intent ranking, the passage ranking and the conversation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from lotse.answering.memory import PERSONAL_FACETS, Memory
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.model import Guide

TOPIC_PREFIX = "ask_"
OUTSIDE = "out_of_scope"
# Whether to own up to something. Many questions to the guide sound like it: “Soll ich ihm selbst schreiben?”
DISCLOSURE = "disclosure"
# Statements that go on sound like these: “Ich verdiene damit noch nichts.”
SOUNDS_LIKE_NO = frozenset({"not_helpful", "correct_topic", "none_of_these", "deny", "decline"})
# An intent that is not even ranked is unlikely, however few are.
_UNRANKED_AT_MOST = 0.01


def topic_of(intent: str) -> str | None:
    """The topic that an intent asks for; None for intents about the conversation."""
    return intent[len(TOPIC_PREFIX) :] if intent.startswith(TOPIC_PREFIX) else None


def with_told_person(probabilities: dict[str, float], question: Question, settings: Settings) -> dict[str, float]:
    """Probabilities of a first message: who tells a status or an occupation has come with a question of work.

    Args:
        probabilities: 0 to 1, by intent.
        question: the message.
        settings: the factor for what is outside the guide.

    Returns:
        The same intents; the sum does not change.
    """
    if not any(facet in PERSONAL_FACETS for facet in question.facets):
        return probabilities
    return _scaled(probabilities, {OUTSIDE: settings.told_person_outside_factor})


def with_need(
    probabilities: dict[str, float], question: Question, guide: Guide, settings: Settings
) -> dict[str, float]:
    """Probabilities in a conversation about somebody's need: questions go on with it as long as its topic is at hand.

    What is outside the guide becomes less likely, too.

    Args:
        probabilities: 0 to 1, by intent.
        question: the message, with the state of the conversation.
        guide: gives the help, with the topics that each kind of need concerns.
        settings: the factor for these topics.

    Returns:
        The same intents; the sum does not change.
    """
    memory, concerned = question.memory, concerned_topics(question.memory, guide)
    if not concerned or question.picked or (memory.at_hand is not None and memory.at_hand not in concerned):
        return probabilities
    alone, certainty = max(probabilities.items(), key=lambda item: item[1], default=(OUTSIDE, 0.0))
    scores = {
        guide.passages[name].topic: score
        for name, score in sorted(question.all_passages.items(), key=lambda item: item[1])
        if name in guide.passages and guide.passages[name].topic in concerned
    }
    best = max(scores, key=lambda topic: scores[topic], default="")
    needed = settings.certainty_high if topic_of(alone) else settings.dialogue_at
    leads = scores.get(best, 0.0) >= max(question.all_passages.values(), default=0.0) - settings.need_topic_lead
    if scores.get(best, 0.0) >= settings.specific_at and (leads or certainty < needed or alone == DISCLOSURE):
        return {f"{TOPIC_PREFIX}{best}": 1.0}
    return _scaled(probabilities, {f"{TOPIC_PREFIX}{topic}": settings.need_topic_factor for topic in concerned})


def concerned_topics(memory: Memory, guide: Guide) -> Sequence[str]:
    """The topics that concern the need in a conversation about one that was certain, the most important first.

    Args:
        memory: of the conversation.
        guide: gives the help.
    """
    helps = guide.help.get(memory.need or "")
    if helps is None or helps.kind not in memory.helped:
        return ()
    return tuple(helps.topics) if helps.topics is not None else tuple(name for name in (helps.topic,) if name)


def _scaled(probabilities: dict[str, float], factors: Mapping[str, float]) -> dict[str, float]:
    """The probabilities times their factors, with the same sum."""
    scaled = {name: value * factors.get(name, 1.0) for name, value in probabilities.items()}
    sum_of_all = sum(scaled.values())
    if not sum_of_all:
        # All probabilities are zero; there is nothing to scale.
        return probabilities
    scale = sum(probabilities.values()) / sum_of_all
    return {name: value * scale for name, value in scaled.items()}


def combine_rankings(question: Question, topics: Iterable[str], settings: Settings) -> dict[str, float]:
    """The probability of every intent from the intent ranking and the passage ranking.

    Passages move probability between topics only; the probability that any topic is meant stays that of the intents. An
    intent that is not in the ranking keeps a small share, so that a very well fitting passage can make it the best.

    Args:
        question: with both rankings.
        topics: ids of the guide's topics.
        settings: `passage_weight` and `passage_sharpness`.

    Returns:
        Probabilities, 0 to 1, by intent (``ask_<topic>`` and the others).
    """
    ranked = dict(question.intents)
    if question.picked or not ranked:
        return ranked
    floor = min(max(min(ranked.values()) / 4, 1e-6), _UNRANKED_AT_MOST)
    names = [TOPIC_PREFIX + topic for topic in topics]
    from_intents = {name: max(ranked.get(name, floor), floor) for name in names}
    mass = sum(from_intents.values())
    best_passage: dict[str, float] = {}
    for passage, score in question.passages.items():
        name = TOPIC_PREFIX + passage.split(".", 1)[0]
        best_passage[name] = max(score, best_passage.get(name, 0.0))
    if not best_passage or not mass:
        return ranked
    top, bottom = max(best_passage.values()), min(best_passage.values())
    weight = settings.passage_weight
    fused = {
        name: (1 - weight) * math.log(from_intents[name] / mass)
        + weight * settings.passage_sharpness * (best_passage.get(name, bottom) - top)
        for name in names
    }
    peak = max(fused.values())
    shares = {name: math.exp(value - peak) for name, value in fused.items()}
    total = sum(shares.values())
    topics_now = {name: mass * share / total for name, share in shares.items()}
    return {**{name: value for name, value in ranked.items() if name not in topics_now}, **topics_now}
