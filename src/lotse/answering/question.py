"""What a turn knows: the message as it was understood, and what the conversation remembers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)

Problem = Literal["empty", "too_long", "command"]

# Circumstances of the person or the account stay true for the whole conversation; the others belong to one question.
LASTING_FACETS = frozenset({"status", "platform"})


class Offer(BaseModel):
    """A choice the assistant has offered in this conversation."""

    label: str
    payload: str


class Memory(BaseModel):
    """What is remembered between turns. No name; of the person's words only the last question, masked.

    Attributes:
        topic: the topic of the last answer.
        earlier_topics: topics before that, latest first.
        facets: circumstances known so far.
        shown: passages of the last answer.
        offered: the choices of the last answers, latest answer first.
        listed: how many of `offered` belong to the last answer and can be picked by number.
        alternatives: other topics the last question could have meant, best first; after choices, the ones offered.
        asked: the last question to the guide and what was added to it, for handing it over to a person.
        unanswered: how many turns in a row ended in a refusal or in choices.
        choosing: whether the last answer offered topics to choose from.
        noticed: whether the notice that this is no legal advice has been given.
        language: ISO 639-1 code of the conversation, None until a message had one.
        language_chosen: whether the person asked for it; then messages in another language do not change it.
    """

    topic: str | None = None
    earlier_topics: list[str] = Field(default_factory=list)
    facets: dict[str, list[str]] = Field(default_factory=dict)
    shown: list[str] = Field(default_factory=list)
    offered: list[Offer] = Field(default_factory=list)
    listed: int = 0
    alternatives: list[str] = Field(default_factory=list)
    asked: list[str] = Field(default_factory=list)
    unanswered: int = 0
    choosing: bool = False
    noticed: bool = False
    language: str | None = None
    language_chosen: bool = False

    @staticmethod
    def read(value: object) -> Memory:
        """The memory kept in a slot; an empty one if the slot holds nothing usable."""
        try:
            return Memory.parse_obj(value or {})
        except (ValueError, TypeError):
            logger.error("The memory of a conversation is unreadable; it starts with an empty one.")
            return Memory()

    @property
    def at_hand(self) -> str | None:
        """The topic a follow-up leans on: of the last answer, or the likeliest of the choices offered since."""
        return self.alternatives[0] if self.choosing and self.alternatives else self.topic

    @property
    def status(self) -> str | None:
        """The person's status, if they have told it."""
        values = self.facets.get("status")
        return values[0] if values else None


@dataclass(frozen=True)
class Question:
    """One message, understood.

    Attributes:
        intents: intent names with probabilities, best first; topics are ``ask_<topic>``.
        passages: passage ids with scores.
        facets: circumstances named in this message.
        text: the message with personal data masked. Used for its length, for numbers that pick a choice, for the mask,
            and as the question that can be handed over to a person; never for what it means.
        picked: whether the message is an offered choice, not typed text.
        problem: why the message could not be understood at all.
        language: the language it is written in and how certain that is.
        switched: whether the person asked for another language than before and now gets it.
        foreign: the language it is written in or asks for, if the guide does not speak it.
        today: the day the answer is given, for overdue reviews.
    """

    intents: tuple[tuple[str, float], ...] = ()
    passages: Mapping[str, float] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    picked: bool = False
    problem: Problem | None = None
    language: tuple[str | None, float] = (None, 0.0)
    foreign: str | None = None
    switched: bool = False
    memory: Memory = field(default_factory=Memory)
    today: date = field(default_factory=date.today)

    @staticmethod
    def from_parse(parse: Mapping[str, Any], memory: Memory, today: date | None = None) -> Question:
        """A question from Rasa's parse output.

        Args:
            parse: with `intent`, `intent_ranking`, `entities`, `passages`, `language` and `problem`.
            memory: of the conversation.
            today: the day it is asked; today if not given.
        """
        ranking = parse.get("intent_ranking") or [parse.get("intent") or {}]
        facets: dict[str, list[str]] = {}
        for entity in parse.get("entities") or []:
            values = facets.setdefault(str(entity.get("entity")), [])
            if entity.get("value") not in values:
                values.append(str(entity.get("value")))
        text = str(parse.get("text") or "")
        language = parse.get("language") or {}
        return Question(
            intents=tuple((str(item["name"]), float(item["confidence"])) for item in ranking if item.get("name")),
            passages={str(name): float(score) for name, score in (parse.get("passages") or {}).items()},
            facets={facet: tuple(values) for facet, values in facets.items()},
            text=text,
            picked=text.startswith("/"),
            problem=parse.get("problem"),
            language=(language.get("code"), float(language.get("certainty") or 0.0)),
            memory=memory,
            today=today or date.today(),
        )

    @property
    def words(self) -> int:
        """Length of the message in words."""
        return len(self.text.split())
