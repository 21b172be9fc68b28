"""The result of understanding one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lotse.answering.memory import Memory

InputProblem = Literal["empty", "too_long", "command"]


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
    def from_parse(parse: Mapping[str, Any], memory: Memory, today: date | None = None) -> Question:
        """A question from Rasa's parse output.

        Args:
            parse: a dictionary; every key may be missing.

                - ``text``: str, the message with personal data masked, or an offered payload;
                - ``intent``: ``{"name": str, "confidence": float}``, used if there is no ranking;
                - ``intent_ranking``: list of the same, the most likely first;
                - ``entities``: list of ``{"entity": facet, "value": str}``;
                - ``passages``: float by passage id, see `passages` above;
                - ``language``: ``{"code": ISO 639-1 code or None, "certainty": float from 0 to 1}``;
                - ``problem``: ``empty``, ``too_long``, ``command`` or None.
            memory: state of the conversation.
            today: the day the message is answered; the current day if not given.
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
        """Number of words, separated by blanks."""
        return len(self.text.split())
