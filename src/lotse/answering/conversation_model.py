"""Reads a message in its conversation: which topic or which move is meant, given what was said before.

A conditional logit model (McFadden 1974): every topic and every move is a candidate with features that depend on the
message, the conversation and the candidate; the probability of a candidate is the softmax of the weighted sum of its
features. The weights are the same for all topics, so a new topic needs none. They lie in
``data/conversation_model.yml`` and chosen by ``./lotse tune-conversation`` on the dialogues in ``data/dialogues``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from lotse.answering.asked_passages import asked_passages, shares_of_topics, weighed
from lotse.answering.memory import LASTING_FACETS, STATE, Memory
from lotse.answering.new_points import (
    asks_of_what_was_said,
    asks_whether_it_holds,
    best_of_topics,
    refers_back,
)
from lotse.answering.passages import agrees
from lotse.answering.probabilities import DISCLOSURE, OUTSIDE, SOUNDS_LIKE_NO, TOPIC_PREFIX, topic_of, with_told_person
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.model import Guide

# What a move is about. Moves of one kind share their weights. What the dialogues do not label is no candidate: a “no”
# counts by itself, if it is clear.
KIND_OF_MOVE = {
    "request_more": "explain",
    "request_reason": "explain",
    "request_simpler": "explain",
    "request_example": "explain",
    "request_short": "explain",
    "request_sources": "sources",
    "request_person": "contact",
    "unclear": "clarify",
    OUTSIDE: "refuse",
    "start_check": "check",
    "forget_me": "forget",
    "greet": "talk",
    "goodbye": "talk",
    "thank": "talk",
    "smalltalk": "talk",
    "bot_challenge": "talk",
    "capabilities": "talk",
    "privacy": "talk",
    "decline": "talk",
}
REFINE = "refine"
START_CHECK = "start_check"
# Kinds that depend on how the message asks and leans on the one before.
_ASKING = frozenset({"refuse", "clarify", "contact", "explain", "sources"})
# Below it a probability says nothing, and its logarithm too much.
_SMALLEST = 1e-4
_LEAST_SHARE = 1e-3

Features = dict[str, float]


def goes_on(question: Question, guide: Guide) -> bool:
    """Whether a typed message comes after an answer or choices that it may lean on."""
    return not question.picked and question.memory.at_hand in guide.topics


def in_conversation(
    question: Question, probabilities: dict[str, float], guide: Guide, settings: Settings
) -> dict[str, float]:
    """Probabilities by intent with the conversation taken into account.

    Args:
        question: the message, with the state of the conversation.
        probabilities: by intent, of the message by itself.
        guide: gives topics and passages.
        settings: the weights, words that refer back, and from when a move counts by itself.

    Returns:
        After an answer, a probability for each topic and, at its likeliest move, each kind of move; a follow-up is one
        of the topic at hand. Otherwise the same intents as before.
    """
    if question.picked or not probabilities:
        return probabilities
    if not goes_on(question, guide):
        return with_told_person(probabilities, question, settings)
    alone, certainty = max(probabilities.items(), key=lambda item: item[1])
    if alone == REFINE and certainty >= settings.alone_at and _fits_the_topic_at_hand(question, guide, settings):
        return {TOPIC_PREFIX + (question.memory.at_hand or ""): certainty}
    if (
        asks_of_what_was_said(question, settings)
        or (
            asks_whether_it_holds(question, settings)
            and not _is_about_another(question, alone, certainty, guide, settings)
        )
        or _asks_of_the_topic_at_hand(question, alone, certainty, guide, settings)
    ):
        return {TOPIC_PREFIX + (question.memory.at_hand or ""): 1.0}
    needed = settings.alone_at if alone in KIND_OF_MOVE else settings.dialogue_at
    if certainty >= needed and alone not in (REFINE, OUTSIDE) and not topic_of(alone):
        return probabilities
    return _read(question, probabilities, guide, settings)


def _fits_the_topic_at_hand(question: Question, guide: Guide, settings: Settings) -> bool:
    """Whether no passage of another topic fits a follow-up clearly better: “und wenn ich damit Geld verdiene?”."""
    best = best_of_topics(question, guide)
    return best.get(question.memory.at_hand or "", 0.0) >= max(best.values(), default=0.0) - settings.follow_up_distance


def _is_about_another(question: Question, alone: str, certainty: float, guide: Guide, settings: Settings) -> bool:
    """Whether a message clearly names another topic, also when it is read with the question before.

    “Gilt das auch für WhatsApp?” has passages of its own.
    """
    best = best_of_topics(question, guide, question.in_context)
    other = topic_of(alone)
    fits = other is not None and bool(best) and max(best, key=lambda topic: best[topic]) == other
    return fits and other != question.memory.at_hand and certainty >= settings.certainty_high


def _asks_of_the_topic_at_hand(
    question: Question, alone: str, certainty: float, guide: Guide, settings: Settings
) -> bool:
    """Whether a passage of the topic at hand clearly fits, and better than those of all other topics.

    Fragments such as “das vom Sommerfest kommt aus Midjourney” look like another topic or a move by themselves. A move
    or another topic that the words alone say clearly still counts.

    Args:
        question: the message, with the state of the conversation.
        alone: the likeliest intent of the message by itself.
        certainty: its probability.
        guide: gives topics and passages.
        settings: thresholds.
    """
    best = best_of_topics(question, guide)
    at_hand = best.pop(question.memory.at_hand or "", 0.0)
    if at_hand < settings.specific_at or at_hand - max(best.values(), default=0.0) < settings.at_hand_lead:
        return False
    if topic_of(alone) not in (None, question.memory.at_hand):
        return certainty < settings.certainty_high
    needed = settings.alone_at if alone in {OUTSIDE, DISCLOSURE, *SOUNDS_LIKE_NO} else settings.dialogue_at
    return topic_of(alone) is not None or alone == REFINE or certainty < needed


def _read(question: Question, probabilities: Mapping[str, float], guide: Guide, settings: Settings) -> dict[str, float]:
    weights, found_features = settings.conversation_weights, candidates(question, probabilities, guide, settings)
    if probabilities.get(START_CHECK, 0.0) < settings.check_at:
        # A guided check takes over the conversation: the message itself has to sound like a wish for it.
        del found_features[START_CHECK]
    scores = weighed(found_features, weights)
    highest = max(scores.values())
    shares = {name: math.exp(score - highest) for name, score in scores.items()}
    total = sum(shares.values())
    found: dict[str, float] = {}
    likeliest: dict[str, str] = {}
    for name in sorted(shares, key=lambda name: -shares[name]):
        first = likeliest.setdefault(KIND_OF_MOVE.get(name, name), name)
        found[first] = found.get(first, 0.0) + shares[name] / total
    best = max(found, key=lambda name: found[name])
    topics = [value for name, value in probabilities.items() if topic_of(name) and value >= settings.answer_at]
    answered_alone = best == OUTSIDE and probabilities.get(OUTSIDE, 0.0) < max(topics, default=0.0)
    # “Darf ich sagen, wo ich arbeite? Der Chat fragt ja ständig, was ich so mache.” is no small talk.
    sounds_like_talk = KIND_OF_MOVE.get(best) == "talk" and probabilities.get(best, 0.0) >= settings.dialogue_at
    asks_for_permission = question.form == "permission" and sounds_like_talk
    if answered_alone or asks_for_permission:
        del found[best]
    return found


def candidates(
    question: Question, probabilities: Mapping[str, float], guide: Guide, settings: Settings
) -> dict[str, Features]:
    """The features of every topic and every move, by intent.

    Args:
        question: the message, with the state of the conversation; a topic is at hand.
        probabilities: by intent, of the message by itself.
        guide: gives topics and passages.
        settings: words that refer back.
    """
    message = _Message(question, probabilities, guide, settings)
    topics = {TOPIC_PREFIX + topic: message.topic(topic) for topic in guide.topics}
    return {**topics, **{move: message.move(move, kind) for move, kind in KIND_OF_MOVE.items()}}


def _about_what_is_told(question: Question, guide: Guide) -> frozenset[str]:
    """The topics of near passages about a circumstance of the case that the message names: a meme, the boss."""
    told = {facet: values for facet, values in question.facets.items() if facet not in LASTING_FACETS}
    near = (guide.passages[name] for name in question.all_passages if name in guide.passages)
    return frozenset(passage.topic for passage in near if agrees(passage.facets, told))


def _behind_in_context(question: Question, guide: Guide) -> dict[str, float]:
    """How far behind the best passage the best one of each topic is, read with the question before; 0 or less."""
    best = best_of_topics(question, guide, question.in_context)
    highest = max(best.values(), default=0.0)
    return {topic: score - highest for topic, score in best.items()}


class _Message:
    """What the features of all candidates have in common."""

    def __init__(
        self, question: Question, probabilities: Mapping[str, float], guide: Guide, settings: Settings
    ) -> None:
        self._question, self._probabilities, self._guide = question, probabilities, guide
        self._memory: Memory = question.memory
        self._best = best_of_topics(question, guide)
        self._shares = shares_of_topics(asked_passages(question, probabilities, guide, settings), guide)
        self._least_share = min(self._shares.values(), default=0.0)
        self._in_context = _behind_in_context(question, guide)
        self._least_in_context = min(self._in_context.values(), default=0.0)
        self._about = _about_what_is_told(question, guide)
        self._at_hand = self._memory.at_hand or ""
        self._length = math.log(question.words + 1)
        self._refers_back = float(refers_back(question, settings))
        self._asks = float(question.text.rstrip().endswith("?"))
        # A Land says nothing of what is asked: “Wie wird das Wetter in Bayern?”
        self._circumstances = float(bool(set(question.facets) - {STATE}))
        self._refines = math.log(probabilities.get(REFINE, 0.0) + _LEAST_SHARE)
        self._highest = max(self._best.values(), default=0.0)
        likeliest = max((probabilities.get(TOPIC_PREFIX + topic, 0.0) for topic in guide.topics), default=0.0)
        self._likeliest = math.log(likeliest + _LEAST_SHARE)

    def topic(self, name: str) -> Features:
        memory, own = self._memory, self._best.get(name, 0.0)
        features = {
            "alone": self._alone(TOPIC_PREFIX + name),
            "topic": 1.0,
            "topic, length": self._length,
            "topic, passage behind the best": own - self._highest,
            "topic, passage in context": self._in_context.get(name, self._least_in_context),
            "topic, asked passages": self._shares.get(name, self._least_share),
            "topic, about what is told": float(name in self._about),
        }
        if name == self._at_hand:
            features |= self._topic_at_hand(own)
        elif name in memory.earlier_topics:
            features["earlier topic"] = 1.0
        related = self._guide.topics[self._at_hand].related if self._at_hand in self._guide.topics else []
        features["related topic"] = float(name in related)
        features["alternative topic"] = float(name in memory.alternatives)
        features["second topic"] = float(name == memory.second)
        return features

    def _topic_at_hand(self, own: float) -> Features:
        question, memory = self._question, self._memory
        ahead = own - max((score for topic, score in self._best.items() if topic != self._at_hand), default=0.0)
        unclear = math.log(self._probabilities.get("unclear", 0.0) + _LEAST_SHARE)
        return {
            "at hand": 1.0,
            "at hand, length": self._length,
            "at hand, refers back": self._refers_back,
            "at hand, refinement": self._refines,
            "at hand, unclear": unclear,
            "at hand, question": self._asks,
            "at hand, statement": float(question.form == "statement"),
            "at hand, circumstances": self._circumstances,
            "at hand, only tells": float(question.only_tells),
            "at hand, passage": own,
            "at hand, passage ahead": ahead,
            "at hand, refers back, passage ahead": self._refers_back * ahead,
            "at hand, after choices": float(memory.choosing),
            "at hand, after refusal": float(memory.outcome == "refused"),
        }

    def move(self, intent: str, kind: str) -> Features:
        alone = self._alone(intent)
        features = {
            "alone": alone,
            kind: 1.0,
            f"{kind}, alone": alone,
            f"{kind}, length": self._length,
        }
        if kind in _ASKING:
            features |= {
                f"{kind}, question": self._asks,
                f"{kind}, refers back": self._refers_back,
                f"{kind}, refinement": self._refines,
                f"{kind}, passage": self._highest,
                f"{kind}, circumstances": self._circumstances,
                f"{kind}, likeliest topic": self._likeliest,
            }
        return features

    def _alone(self, intent: str) -> float:
        return math.log(self._probabilities.get(intent, 0.0) + _SMALLEST)
