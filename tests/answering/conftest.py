"""The real content, and a conversation without Rasa."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lotse.answering import Answer, Memory
from lotse.answering.input_gate import gate
from lotse.conversation.assistant import Desk, Turn

DATA = Path(__file__).parents[2] / "data"


class Talk:
    """A conversation: messages go through the gate and the turn as they do behind Rasa, understood as the test says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.memory: Any = None
        self.turn: Turn | None = None

    def say(
        self,
        intents: str | Mapping[str, float],
        text: str = "irgendein Satz, den jemand wirklich so schreiben würde, wenn er es wissen will",
        passages: Mapping[str, float] | None = None,
        language: Mapping[str, Any] | str | None = None,
        facets: Mapping[str, str] | None = None,
    ) -> Answer:
        """A typed message, understood as the test says.

        Args:
            intents: one intent, or several with their probabilities, best first.
            text: the message.
            passages: passage ids with scores.
            language: as recognised, `{"code": …, "certainty": …}`; given as text it is one the message asks for.
            facets: circumstances that the message names, such as `{"status": "beamte"}`.
        """
        named_facets = dict(facets or {})
        if isinstance(language, str):
            named_facets["language"] = language
        ranking = {intents: 0.95} if isinstance(intents, str) else dict(intents)
        named = [{"name": name, "confidence": value} for name, value in ranking.items()]
        return self._answer(
            {
                "text": text,
                "intent": named[0] if named else {"name": None, "confidence": 0.0},
                "intent_ranking": named,
                "entities": [{"entity": facet, "value": value} for facet, value in named_facets.items()],
                "passages": dict(passages or {}),
                "language": language if isinstance(language, Mapping) else None,
            }
        )

    def pick(self, choice: str) -> Answer:
        """A tapped choice or its number, read as Rasa reads a payload. It must have been offered."""
        passed = gate(choice, Memory.parse_obj(self.memory or {}), self.desk.settings.max_characters)
        assert passed.problem is None, passed
        name, brace, rest = passed.text.lstrip("/").partition("{")
        intent = {"name": name, "confidence": 1.0}
        entities = [{"entity": key, "value": value} for key, value in json.loads(brace + rest or "{}").items()]
        return self._answer(
            {"text": passed.text, "intent": intent, "intent_ranking": [intent], "entities": entities, "passages": {}}
        )

    @property
    def offers(self) -> list[str]:
        """Payloads of the last answer."""
        assert self.turn is not None
        return [item.payload for item in self.turn.answer.follow_ups]

    def _answer(self, parse: dict[str, Any]) -> Answer:
        self.turn = self.desk.turn(parse, self.memory, "rest")
        # The slot travels as JSON between the servers.
        self.memory = json.loads(json.dumps(self.turn.events[0]["value"]))
        assert Memory.parse_obj(self.memory).dict() == self.memory
        return self.turn.answer


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk.load(DATA)


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return Talk(desk)
