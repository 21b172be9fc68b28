"""What a message asks that goes on with a topic: the passage that it asks for comes first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lotse.answering.memory import LASTING_FACETS, STATE, Memory
from lotse.answering.passages import Fit, agrees
from lotse.answering.phrases import Words, entry_length, holds, words_of
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import Ruling
from lotse.content.model import Guide, Passage, Topic, Verdict

# How far behind the best a passage counts that was not a point of the last answer.
_UNRANKED_BEFORE = 0.3
_UNCLEAR = "unclear"


@dataclass(frozen=True)
class Rivals:
    """How well a message fits the topic at hand, and the topic that it fits best beside it.

    Attributes:
        at_hand: score of the best passage of the topic at hand.
        other: the topic of the best other passage; None if there is none.
        other_score: score of that passage.
    """

    at_hand: float
    other: str | None
    other_score: float


def rivals(context: TurnContext) -> Rivals:
    """The best passage of the topic at hand against the best of any other topic."""
    best = best_of_topics(context.question, context.guide)
    at_hand = best.pop(context.question.memory.at_hand or "", 0.0)
    other = max(best, key=lambda topic: best[topic], default=None)
    return Rivals(at_hand, other, best[other] if other else 0.0)


def refers_back(question: Question, settings: Settings) -> bool:
    """Whether a short message leans on the one before by its words: “und bei Kommentaren?”, “gilt das auch für …?”."""
    if question.picked or question.words > settings.short_message_words:
        return False
    words = words_of(question.text)
    following = settings.words.following
    return bool(entry_length(words, 0, following.beginnings)) or holds(words, following.anywhere)


def asks_of_what_was_said(question: Question, settings: Settings) -> bool:
    """Whether a message is a whole question whose words by themselves are unclear: “muss ich die fragen?”.

    After an answer it has a matter, the one at hand.
    """
    alone, certainty = question.intents[0] if question.intents else (None, 0.0)
    if question.picked or alone != _UNCLEAR or certainty < settings.dialogue_at:
        return False
    words, given = words_of(question.text), settings.words.full_questions
    start = _after_openings(words, given.openings)
    length = entry_length(words, start, given.beginnings)
    return bool(length) and len(words) > start + length and not holds(words, given.other_matters)


def asks_whether_it_holds(question: Question, settings: Settings) -> bool:
    """Whether a message asks if what was said holds in another case, too: “Gilt das auch für Azubis?”"""
    if question.picked:
        return False
    words, given = words_of(question.text), settings.words.full_questions
    return entry_length(words, _after_openings(words, given.openings), given.holding) > 0


def _after_openings(words: Words, openings: Sequence[str]) -> int:
    """Where a message begins after what opens it: “und”, “ok, aber”."""
    start = 0
    while step := entry_length(words, start, openings):
        start += step
    return start


def told_first(fits: list[Fit], question: Question, settings: Settings) -> list[Fit]:
    """The passages with those first that are about what the message tells of the case; empty if none near is.

    Args:
        fits: the best first.
        question: the message.
        settings: gives `point_distance`.
    """
    told = {facet: values for facet, values in question.facets.items() if facet not in LASTING_FACETS}
    near = (fit for fit in fits if fit.score >= fits[0].score - settings.point_distance)
    about = [fit for fit in near if agrees(fit.passage.facets, told)]
    return [*about, *(fit for fit in fits if fit not in about)] if about else []


def counted_already(question: Question, guide: Guide) -> frozenset[str]:
    """The facets that make no passage likelier for a message that goes on with a topic.

    It says itself what it is about: that the pictures are of an outing was said before, and is true of whatever else is
    asked. Only the Land stays what it was.

    Args:
        question: the message.
        guide: gives the facets.
    """
    return frozenset(question.facets) | (frozenset(guide.facets) - {STATE})


def unsaid_first(fits: list[Fit], question: Question, settings: Settings) -> list[Fit]:
    """The passages with one first that has not led an answer yet, if the first one has led one and hardly fits better.

    Word for word as before, an answer helps nobody who asks on.

    Args:
        fits: in the order of `in_new_order`.
        question: the message; its memory knows what was said. If it names no matter, what led is meant.
        settings: gives `new_point_at`, and in `at_hand_lead` how much worse it may fit.
    """
    goes_back = asks_of_what_was_said(question, settings) or asks_whether_it_holds(question, settings)
    if not fits or fits[0].passage.id not in question.memory.led or goes_back:
        return fits
    needed = max(fits[0].score - settings.at_hand_lead, settings.new_point_at)
    unsaid = [fit for fit in fits if fit.passage.id not in question.memory.led and fit.score >= needed]
    first = max(unsaid, key=lambda fit: fit.score, default=fits[0])
    return [first, *(fit for fit in fits if fit is not first)]


def in_new_order(fits: list[Fit], question: Question, guide: Guide, topic: Topic, settings: Settings) -> list[Fit]:
    """The passages of the topic at hand, first what a message that goes on with it asks for.

    What a fragment such as “300 Euro im Monat” is about was said before, so the last answer counts, too. The weights
    are chosen on labelled dialogues, see `lotse.evaluation.conversation_tuning`.

    Args:
        fits: the best first.
        question: the message, with the state of the conversation.
        guide: gives the order of the passages.
        topic: the topic at hand.
        settings: the weights.
    """
    weights = settings.passage_weights
    standing = {
        fit.passage.id: sum(weights.get(name, 0.0) * value for name, value in features.items())
        for fit, features in zip(fits, passage_features(fits, question, guide, topic), strict=True)
    }
    return sorted(fits, key=lambda fit: -standing[fit.passage.id])


def passage_features(fits: Sequence[Fit], question: Question, guide: Guide, topic: Topic) -> list[dict[str, float]]:
    """For each passage, what says whether a message that goes on with its topic asks for it.

    Args:
        fits: the best first.
        question: the message, with the state of the conversation.
        guide: gives the order of the passages.
        topic: the topic at hand.
    """
    memory, length = question.memory, math.log(question.words + 1)
    scores = memory.answered.scores
    # Editors begin a topic with what holds in general.
    general = guide.of_topic[topic.topic][0].id
    best, best_before = (fits[0].score if fits else 0.0), max(scores.values(), default=0.0)
    tells, asks = float(question.form == "statement"), float(question.text.rstrip().endswith("?"))
    found = []
    for fit in fits:
        name = fit.passage.id
        before = scores[name] - best_before if name in scores else -_UNRANKED_BEFORE
        led, seen = float(name in memory.led), float(name in memory.seen)
        found.append(
            {
                "score": fit.score - best,
                "score, length": (fit.score - best) * length,
                "before": before,
                "before, length": before * length,
                "before, statement": before * tells,
                "first before": float(name in scores and before == 0),
                "led": led,
                "led, length": led * length,
                "led, statement": led * tells,
                "shown": float(name in memory.shown),
                "seen": seen,
                "seen, statement": seen * tells,
                "led, question": led * asks,
                "circumstances": float(fit.facet_match),
                "behind, question": (fit.score - best) * asks,
                "supporting": float(name in topic.rests_on),
                "general": float(name == general),
                "unranked": float(name not in question.all_passages),
            }
        )
    return found


def new_point(fits: list[Fit], memory: Memory, settings: Settings) -> Passage | None:
    """The passage that says something of its own about what is asked anew; None if none does.

    A passage that has led an answer is new only if it is clearly asked for again.

    Args:
        fits: in the order of `in_new_order`.
        memory: knows what was shown.
        settings: `new_point_at`, `specific_at`.
    """
    if not fits:
        return None
    first = fits[0]
    return first.passage if first.score >= settings.new_point_at else None


def cautious(general: Ruling, point: Ruling, passage: Passage | None) -> Ruling:
    """The ruling of an answer to a new point that its passage fits, but not clearly.

    The passage leads; of the verdicts of topic and passage nothing milder than both say is kept.

    Args:
        general: if the passage is not clearly meant.
        point: if it is.
        passage: the new point; None if the guide says nothing of its own.
    """
    if passage is not None and general.passage is passage:
        return general
    own: Verdict | None = passage.verdict if passage else None
    verdict = general.verdict
    if verdict == "allowed":
        verdict = "allowed" if own == "allowed" else "depends"
    elif verdict == "not_allowed":
        verdict = "depends" if own in ("allowed", "depends") else "not_allowed"
    elif verdict == "info":
        verdict = "depends" if own in ("not_allowed", "depends") else "info"
    assumed = general.assumed if verdict == general.verdict else ()
    lead = point.passage if passage is not None and point.passage is passage else None
    return Ruling(verdict, lead, assumed)


def best_of_topics(question: Question, guide: Guide, scores: Mapping[str, float] | None = None) -> dict[str, float]:
    """The score of the best passage of each topic, without passages of a setting that the person has not named.

    Args:
        question: the message.
        guide: gives the passages.
        scores: by passage id; those of the message by itself if not given.
    """
    best: dict[str, float] = {}
    for name, score in (question.all_passages if scores is None else scores).items():
        passage = guide.passages.get(name)
        if passage is not None and (not passage.only_for or agrees(passage.only_for, question.memory.facets)):
            best[passage.topic] = max(score, best.get(passage.topic, 0.0))
    return best
