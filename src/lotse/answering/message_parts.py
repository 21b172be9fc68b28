"""Which part of a message counts: the question after the thanks, at the end of a long story, the first of two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lotse.answering.probabilities import OUTSIDE, combine_rankings, topic_of
from lotse.answering.question import Part, Question
from lotse.answering.settings import Settings

# Intents that say nothing beside politeness or mood: a question in the same message has priority over them.
COURTESIES = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "decline", "smalltalk", "bot_challenge"})
# Intents that ask about the assistant itself.
_PRIVACY = "privacy"
_OF_THE_ASSISTANT = (_PRIVACY, "bot_challenge", "capabilities")


@dataclass(frozen=True)
class ReadParts:
    """A message with the part that counts.

    Attributes:
        question: with the passages that fit the part.
        probabilities: by intent, of the message alone.
        asked_too: the topic of a second question; None if there is none.
    """

    question: Question
    probabilities: dict[str, float]
    asked_too: str | None = None


@dataclass(frozen=True)
class _ReadPart:
    part: Part
    probabilities: dict[str, float]

    @property
    def best(self) -> tuple[str, float]:
        return max(self.probabilities.items(), key=lambda item: item[1], default=("", 0.0))

    @property
    def topic(self) -> str | None:
        return self.part.known.topic if self.part.known else topic_of(self.best[0])

    @property
    def words(self) -> int:
        return len(self.part.text.split())

    def says_something(self, settings: Settings) -> bool:
        return self.words >= settings.question_words and self.best[1] >= settings.dialogue_at

    def is_likely(self, settings: Settings) -> bool:
        """Whether its topic may be named as what was asked, too."""
        return self.part.known is not None or (self.topic is not None and self.best[1] >= settings.answer_at)

    def is_clear(self, settings: Settings) -> bool:
        return self.part.known is not None or (self.topic is not None and self.best[1] >= settings.part_at)


def read_parts(question: Question, topics: Iterable[str], settings: Settings) -> ReadParts:
    """The probabilities of a message, its questions counted by themselves.

    Two questions on two topics: the first is answered, the second is named, also if its topic is only likely. A
    question after a story on another topic counts as much as the story. A question beside thanks or a greeting is the
    message.

    Args:
        question: with its parts.
        topics: ids of the guide's topics.
        settings: `part_at`, `part_weight`, `story_words`, `story_part_weight`, `dialogue_at`, `alone_at`.
    """
    topics = list(topics)
    whole = combine_rankings(question, topics, settings)
    if question.picked or not question.parts or not whole:
        return ReadParts(question, whole)
    of_assistant = sum(whole.get(name, 0.0) for name in _OF_THE_ASSISTANT)
    if of_assistant >= settings.alone_at:
        # "Who are you, and does anybody of my authority read this?": the words of a topic in it ask for no topic. The
        # sentence on privacy says who answers, too.
        both = {_PRIVACY: of_assistant} if whole.get(_PRIVACY, 0.0) >= settings.second_topic_at else {}
        return ReadParts(question, {**whole, **both})
    parts = [_ReadPart(part, _combined(question, part, topics, settings)) for part in question.parts]
    clear = [part for part in parts if part.is_clear(settings)]
    intent, probability = max(whole.items(), key=lambda item: item[1])
    if not clear:
        said = [part for part in parts if part.best[0] not in COURTESIES and part.says_something(settings)]
        return _alone(question, said[-1]) if intent in COURTESIES and said else ReadParts(question, whole)
    first = clear[0]
    second = next((part.topic for part in clear if part.topic != first.topic), None)
    if second is not None:
        return replace(_alone(question, first), asked_too=second)
    likely = next((part.topic for part in parts if part.topic != first.topic and part.is_likely(settings)), None)
    if topic_of(intent) is None and intent != OUTSIDE:
        return replace(_alone(question, first), asked_too=likely)
    # “Annehmen?” and “allowed to upload?” lean on what was said before.
    leans = first.words < settings.part_words and first.part.known is None
    if topic_of(intent) == first.topic or question.known is not None or leans:
        return ReadParts(question, whole, likely)
    weight = settings.story_part_weight if question.words >= settings.story_words else settings.part_weight
    weighed = _weighed(whole, first.probabilities, weight)
    story = topic_of(intent) if probability >= settings.second_topic_at else None
    passages = {**question.passages, **first.part.passages}
    best = topic_of(max(weighed.items(), key=lambda item: item[1])[0])
    return ReadParts(replace(question, passages=passages), weighed, (story if best == first.topic else None) or likely)


def _combined(question: Question, part: Part, topics: Iterable[str], settings: Settings) -> dict[str, float]:
    alone = replace(question, intents=part.intents, passages=part.passages, known=part.known, text=part.text, parts=())
    return combine_rankings(alone, topics, settings)


def _alone(question: Question, read: _ReadPart) -> ReadParts:
    part = read.part
    return ReadParts(
        replace(question, intents=part.intents, passages=part.passages, known=part.known), read.probabilities
    )


def _weighed(whole: dict[str, float], part: dict[str, float], weight: float) -> dict[str, float]:
    """The weighted mean of two sets of probabilities."""
    names = {**whole, **part}
    return {name: (1 - weight) * whole.get(name, 0.0) + weight * part.get(name, 0.0) for name in names}
