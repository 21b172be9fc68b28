"""One turn between Rasa's data and the answering: used by the action and by `lotse ask`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from lotse import paths
from lotse.answering import (
    Answer,
    Memory,
    Question,
    Settings,
    choose_language,
    decide,
    load_settings,
    spoken_or_original,
)
from lotse.answering.question import ParsedMessage, picked_message
from lotse.checks import Check, load_checks
from lotse.content import ORIGINAL, Guide, languages, load_guide
from lotse.content.wording import Wording, load_other_languages, load_wording
from lotse.rasa_adapter.names import ERASE_SLOT, MEMORY_SLOT, QUESTION_SLOT, SHELL_CHANNEL, WEB_CHANNEL
from lotse.render.text import TERMINAL_WIDTH, render_text

# How the action would be told that somebody said hello.
_GREETING = picked_message("/greet", "greet")
# Channels that fold the points of an answer away.
_FOLDING = frozenset({WEB_CHANNEL})


@dataclass(frozen=True)
class Turn:
    """What one turn gives back to Rasa.

    Attributes:
        text: the answer for any client.
        payload: the answer for clients that render more; None in the terminal, which would print it as JSON.
        events: slots to set.
    """

    answer: Answer
    text: str
    payload: dict[str, Any] | None
    events: list[dict[str, Any]]


@dataclass(frozen=True)
class Assistant:
    """The content a turn needs, read once."""

    guides: Mapping[str, Guide]
    settings: Settings
    wordings: Mapping[str, Wording]
    other_languages: Mapping[str, str]
    checks: Mapping[str, Mapping[str, Check]] = field(default_factory=dict)

    @property
    def guide(self) -> Guide:
        """The German guide."""
        return self.guides[ORIGINAL]

    @property
    def wording(self) -> Wording:
        """What is said in German beside the guide."""
        return self.wordings[ORIGINAL]

    @staticmethod
    def load(data: Path | None = None) -> Assistant:
        """Read and check the content.

        Raises:
            ContentError: the content must not reach a user.
        """
        folder = data or paths.data()
        spoken = languages(folder)
        guides = {language: load_guide(folder, language) for language in spoken}
        return Assistant(
            guides,
            load_settings(folder),
            {language: load_wording(folder, language) for language in spoken},
            load_other_languages(folder),
            {language: load_checks(folder, guide) for language, guide in guides.items()},
        )

    def turn(self, parse: ParsedMessage | None, memory: object, channel: str | None, today: date | None = None) -> Turn:
        """Answer one message.

        Args:
            parse: Rasa's parse output of the message.
            memory: value of the memory slot; anything unreadable counts as empty.
            channel: input channel, for the width of the text and what is shown at once.
            today: the day it is asked, for overdue reviews; today if not given.
        """
        asked = Question.from_parse(parse or {}, Memory.read(memory), today)
        asked = replace(asked, folding=channel in _FOLDING)
        question = choose_language(asked, self.settings, list(self.guides))
        language = spoken_or_original(question.memory.language, self.guides)
        guide, wording = self.guides[language], self.wordings[language]
        checks = self.checks.get(language, {})
        decision = decide(question, guide, self.settings, wording, self.other_languages, checks)
        answer = decision.answer.copy(update={"answer_id": uuid4().hex})
        in_terminal = channel == SHELL_CHANNEL
        text = render_text(answer, wording, TERMINAL_WIDTH if in_terminal else None, guide.chat_address)
        if in_terminal:
            # Rasa's terminal channel tears a text apart at empty lines and drops them; a line with a blank stays.
            text = text.replace("\n\n", "\n \n")
        events = [_slot(MEMORY_SLOT, decision.memory.dict())]
        if decision.given is not None:
            events.append(_slot(QUESTION_SLOT, decision.given.slot()))
        if answer.outcome == "forgotten":
            events.append(_slot(ERASE_SLOT, True))
        return Turn(answer, text, None if in_terminal else answer.payload(), events)

    def greeting(self, memory: Memory, channel: str) -> Turn:
        """What the assistant says where it speaks first.

        Args:
            memory: with the language, if it is known.
            channel: input channel.
        """
        return self.turn(_GREETING, memory.dict(), channel)


def _slot(name: str, value: object) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}
