"""The result of understanding one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypedDict

from lotse.answering.memory import Memory

InputProblem = Literal["empty", "too_long", "command"]


# Parts of the parse output that are not Rasa's own but our components'.
PASSAGES: Final = "passages"
LANGUAGE: Final = "language"
INTENT_RANKING: Final = "intent_ranking"


class ParsedIntent(TypedDict):
    """An intent with its probability, 0 to 1; Rasa has no name for a message it could not read."""

    name: str | None
    confidence: float


class ParsedEntity(TypedDict):
    """A facet with its value; Rasa adds where it stands and who found it."""

    entity: str
    value: str


class ParsedLanguage(TypedDict):
    """The language of a message (ISO 639-1) and how certain that is, 0 to 1."""

    code: str | None
    certainty: float


class ParsedMessage(TypedDict, total=False):
    """What Rasa knows of a message after its pipeline: as `Agent.parse_message` returns it and as an event keeps it.

    Attributes:
        text: as it was understood, after the input gate.
        intent: the best intent.
        intent_ranking: all intents, best first.
        entities: the facets that are named.
        passages: scores by passage id, 0 to 1.
        language: as it was recognised.
        problem: why the message was not understood at all; None if it was.
    """

    text: str
    intent: ParsedIntent
    intent_ranking: list[ParsedIntent]
    entities: list[ParsedEntity]
    passages: dict[str, float]
    language: ParsedLanguage
    problem: InputProblem | None


def unread_message(text: str, problem: InputProblem, intent: str) -> ParsedMessage:
    """The parse output of a message that is not understood.

    Args:
        text: after the input gate.
        problem: why.
        intent: that stands for it, so that a rule can answer.
    """
    named: ParsedIntent = {"name": intent, "confidence": 1.0}
    return {"text": text, "intent": named, "intent_ranking": [named], "entities": [], "problem": problem}


def picked_message(payload: str, intent: str) -> ParsedMessage:
    """The parse output of an offered choice.

    Args:
        payload: of the choice.
        intent: that it stands for.
    """
    return {"text": payload, "intent_ranking": [{"name": intent, "confidence": 1.0}]}


@dataclass(frozen=True)
class Question:
    """One message as it was understood.

    Attributes:
        intents: intent names with probabilities from 0 to 1, the most likely first; topics are ``ask_<topic>``.
        passages: scores by passage id. A score is a cosine similarity (0 to 1 in practice), changed by 0.02 for each
            circumstance on which message and passage agree or differ.
        facets: circumstances named in this message: values by facet.
        text: the message with personal data masked. Used for its length, for numbers that pick a choice, for the mask,
            and as the question that can be handed over to a person; never for its meaning.
        picked: whether the message is an offered choice, not typed text.
        problem: why the message was not processed; None if it was.
        language: ISO 639-1 code of the language it is written in, and the certainty from 0 to 1.
        foreign: the language it is written in or asks for, if the guide does not support it.
        switched: whether the person requested another language than before and now gets it.
        memory: the conversation state before this message.
        today: the day the answer is given, for overdue reviews.
    """

    intents: tuple[tuple[str, float], ...] = ()
    passages: Mapping[str, float] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    picked: bool = False
    problem: InputProblem | None = None
    language: tuple[str | None, float] = (None, 0.0)
    foreign: str | None = None
    switched: bool = False
    memory: Memory = field(default_factory=Memory)
    today: date = field(default_factory=date.today)

    @staticmethod
    def from_parse(parse: ParsedMessage, memory: Memory, today: date | None = None) -> Question:
        """A question from Rasa's parse output.

        Args:
            parse: of the message; every part may be missing.
            memory: state of the conversation.
            today: the day the message is answered; the current day if not given.
        """
        named = parse.get("intent")
        ranking = parse.get("intent_ranking") or ([named] if named else [])
        facets: dict[str, list[str]] = {}
        for entity in parse.get("entities") or []:
            values = facets.setdefault(str(entity.get("entity")), [])
            if entity.get("value") not in values:
                values.append(str(entity.get("value")))
        text = str(parse.get("text") or "")
        language = parse.get("language")
        return Question(
            intents=tuple((str(item["name"]), float(item["confidence"])) for item in ranking if item.get("name")),
            passages={str(name): float(score) for name, score in (parse.get("passages") or {}).items()},
            facets={facet: tuple(values) for facet, values in facets.items()},
            text=text,
            picked=text.startswith("/"),
            problem=parse.get("problem"),
            language=(language["code"], language["certainty"]) if language else (None, 0.0),
            memory=memory,
            today=today or date.today(),
        )

    @property
    def words(self) -> int:
        """Number of words, separated by blanks."""
        return len(self.text.split())
