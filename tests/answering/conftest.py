"""The real content, and a conversation without Rasa."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lotse.answering import Answer, Memory
from lotse.answering.answer import Handover
from lotse.answering.input_gate import gate
from lotse.answering.question import ParsedMessage
from lotse.conversation.assistant import Assistant, Turn
from tests.parsed_messages import parsed

DATA = Path(__file__).parents[2] / "data"

# What the ranking of a real message ends with: a passage far behind the others.
_FAR = {"authority_tiktok.fine_2025": 0.2}


class Talk:
    """A conversation: messages go through the gate and the turn as they do behind Rasa, understood as the test says."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.memory: Any = None
        self._turn: Turn | None = None

    @property
    def turn(self) -> Turn:
        """The last turn; there must have been one."""
        assert self._turn is not None
        return self._turn

    def say(
        self,
        intents: str | Mapping[str, float],
        text: str = "irgendein Satz, den jemand wirklich so schreiben würde, wenn er es wissen will",
        passages: Mapping[str, float] | None = None,
        language: Mapping[str, Any] | str | None = None,
        facets: Mapping[str, str] | None = None,
        parts: Mapping[str, Mapping[str, float]] | None = None,
        need: tuple[str, float] | None = None,
        about_other: bool = False,
        in_passing: bool = False,
        in_conversation: float = 1.0,
        **more: Any,
    ) -> Answer:
        """A typed message, understood as the test says.

        Args:
            intents: one intent, or several with their probabilities, best first.
            text: the message.
            passages: passage ids with scores.
            language: as recognised, `{"code": …, "certainty": …}`; given as text it is one the message asks for.
            facets: circumstances that the message names, such as `{"status": "beamte"}`; where a word of the text
                begins like a form of the value, it is the word that names it.
            parts: questions within it, with the probabilities of their intents, best first.
            need: the kind of need that is recognised, with its certainty.
            about_other: whether that is somebody else's need.
            in_passing: whether only a part of the message tells of it.
            in_conversation: its certainty by what such messages after an answer mean.
            more: other parts of the parse output, such as `form`.
        """
        named_facets = dict(facets or {})
        whose = {"about_other": about_other, "in_passing": in_passing, "in_conversation": in_conversation}
        recognised = {"need": {"kind": need[0], "certainty": need[1], **whose}} if need else {}
        if isinstance(language, str):
            named_facets["language"] = language
        ranking = {intents: 0.95} if isinstance(intents, str) else dict(intents)
        named = [{"name": name, "confidence": value} for name, value in ranking.items()]
        return self.understood(
            parsed(
                text=text,
                intent=named[0] if named else {"name": None, "confidence": 0.0},
                intent_ranking=named,
                entities=[
                    {"entity": facet, "value": value, **self._place(text, facet, value)}
                    for facet, value in named_facets.items()
                ],
                passages=dict(passages or {}),
                further_passages=more.pop("further_passages", _FAR if passages else {}),
                parts=[
                    {"text": part, "intent_ranking": [{"name": n, "confidence": c} for n, c in intents.items()]}
                    for part, intents in (parts or {}).items()
                ],
                language=language if isinstance(language, Mapping) else None,
                **more,
                **recognised,
            )
        )

    def _place(self, text: str, facet: str, value: str) -> dict[str, int]:
        """Where the text names a circumstance; empty if it names it nowhere."""
        forms = self.assistant.guide.facets[facet].values[value].forms
        for form in forms:
            found = re.search(rf"\b{re.escape(form.rstrip('*'))}\w*", text, re.IGNORECASE)
            if found:
                return {"start": found.start(), "end": found.end()}
        return {}

    def pick(self, choice: str) -> Answer:
        """A tapped choice or its number, read as Rasa reads a payload. It must have been offered."""
        settings = self.assistant.settings
        passed = gate(choice, Memory.parse_obj(self.memory or {}), settings.max_characters, settings.words.picks)
        assert passed.problem is None, passed
        name, brace, rest = passed.text.lstrip("/").partition("{")
        intent = {"name": name, "confidence": 1.0}
        entities = [{"entity": key, "value": value} for key, value in json.loads(brace + rest or "{}").items()]
        return self.understood(
            parsed(text=passed.text, intent=intent, intent_ranking=[intent], entities=entities, passages={})
        )

    @property
    def handover(self) -> Handover:
        """The draft for an office that the last answer brought; it must have brought one."""
        assert self.turn.answer.handover is not None
        return self.turn.answer.handover

    @property
    def offers(self) -> list[str]:
        """Payloads of the last answer."""
        return [item.payload for item in self.turn.answer.follow_ups]

    def understood(self, parse: ParsedMessage) -> Answer:
        """A message with this parse output."""
        self._turn = self.assistant.turn(parse, self.memory, "rest")
        # The slot travels as JSON between the servers.
        self.memory = json.loads(json.dumps(self.turn.events[0]["value"]))
        assert Memory.parse_obj(self.memory).dict() == self.memory
        return self.turn.answer


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    return Assistant.load(DATA)


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    return Talk(assistant)
