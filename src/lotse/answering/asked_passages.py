"""Which passage of all topics a message in a conversation asks for: its words count, and what was said before.

A conditional logit model like that of `lotse.answering.conversation_model`: every passage near the message, and every
one of the topic at hand, is a candidate. The weights are the same for all passages, so a new passage needs none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from lotse.answering.memory import Memory
from lotse.answering.passages import agrees
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.answering.question import FARTHER, Question
from lotse.answering.settings import Settings
from lotse.content.model import Guide

REFINE = "refine"
# Below it a probability says nothing, and its logarithm too much.
_LEAST = 1e-3

Features = dict[str, float]


def asked_passages(
    question: Question, probabilities: Mapping[str, float], guide: Guide, settings: Settings
) -> dict[str, float]:
    """The logarithm of each candidate's probability to be what is asked, by passage id.

    Args:
        question: the message, with the state of the conversation; a topic is at hand.
        probabilities: by intent, of the message by itself.
        guide: gives topics and passages.
        settings: the weights.
    """
    scores = weighed(passage_candidates(question, probabilities, guide), settings.asked_passage_weights)
    if not scores:
        return {}
    highest = max(scores.values())
    total = math.log(sum(math.exp(score - highest) for score in scores.values())) + highest
    return {name: score - total for name, score in scores.items()}


def weighed(candidates: Mapping[str, Features], weights: Mapping[str, float]) -> dict[str, float]:
    """The weighted sum of each candidate's features; a feature without a weight does not count.

    Args:
        candidates: features by candidate.
        weights: by feature.
    """
    return {
        name: sum(weights.get(feature, 0.0) * value for feature, value in features.items())
        for name, features in candidates.items()
    }


def shares_of_topics(standing: Mapping[str, float], guide: Guide) -> dict[str, float]:
    """The logarithm of each topic's probability, by topic: that one of its passages is asked for.

    Args:
        standing: see `asked_passages`.
        guide: gives the passages.
    """
    shares: dict[str, float] = {}
    for name, value in standing.items():
        topic = guide.passages[name].topic
        shares[topic] = shares.get(topic, 0.0) + math.exp(value)
    return {topic: math.log(share + _LEAST) for topic, share in shares.items()}


def passage_candidates(question: Question, probabilities: Mapping[str, float], guide: Guide) -> dict[str, Features]:
    """The features of every candidate, by passage id.

    Args:
        question: the message, with the state of the conversation; a topic is at hand.
        probabilities: by intent, of the message by itself.
        guide: gives topics and passages.
    """
    memory, near, in_context = question.memory, question.all_passages, question.in_context
    of_topic = [passage.id for passage in guide.of_topic.get(memory.at_hand or "", ())]
    names = [name for name in dict.fromkeys([*near, *in_context, *of_topic]) if name in guide.passages]
    passages = [guide.passages[name] for name in names]
    bottom = min(near.values(), default=0.0) - FARTHER
    words = _Words(question, probabilities)
    best = max(near.values(), default=0.0)
    behind_in_context = _behind_best(in_context, names)
    return {
        passage.id: words.features(
            passage.id, passage.topic, near.get(passage.id, bottom) - best, behind_in_context[passage.id], memory
        )
        for passage in passages
        if not passage.only_for or agrees(passage.only_for, memory.facets)
    }


def _behind_best(scores: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    """How far behind the best passage each of these is, 0 or less; all 0 if there are no scores.

    Args:
        scores: by passage id; a passage without one is a little behind the worst.
        names: ids of passages.
    """
    if not scores:
        return dict.fromkeys(names, 0.0)
    best, bottom = max(scores.values()), min(scores.values()) - FARTHER
    return {name: scores.get(name, bottom) - best for name in names}


class _Words:
    """What the features of all candidates have in common."""

    def __init__(self, question: Question, probabilities: Mapping[str, float]) -> None:
        self._probabilities = probabilities
        self._length = math.log(question.words + 1)
        self._refines = math.log(probabilities.get(REFINE, 0.0) + _LEAST)
        self._asks = float(question.text.rstrip().endswith("?"))
        self._tells = float(question.form == "statement")

    def features(self, name: str, topic: str, behind: float, in_context: float, memory: Memory) -> Features:
        alone = math.log(self._probabilities.get(TOPIC_PREFIX + topic, 0.0) + _LEAST)
        at_hand, led = float(topic == memory.at_hand), float(name in memory.led)
        return {
            "score": behind,
            "score, length": behind * self._length,
            "in context": in_context,
            "in context, length": in_context * self._length,
            "topic": alone,
            "topic, length": alone * self._length,
            "at hand": at_hand,
            "at hand, length": at_hand * self._length,
            "at hand, refinement": at_hand * self._refines,
            "at hand, question": at_hand * self._asks,
            "at hand, statement": at_hand * self._tells,
            "at hand, score": at_hand * behind,
            "earlier topic": float(topic in memory.earlier_topics),
            "led": led,
            "led, length": led * self._length,
            "led, question": led * self._asks,
            "led, statement": led * self._tells,
            "shown": float(name in memory.shown),
            "seen": float(name in memory.seen),
            "first before": float(memory.answered.passages[:1] == [name]),
        }
