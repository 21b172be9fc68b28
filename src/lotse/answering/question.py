"""One message as it was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lotse.answering.memory import Memory

InputProblem = Literal["empty", "too_long", "command"]


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
    problem: InputProblem | None = None
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
