"""One turn between Rasa's data and the answering: used by the action and by `lotse ask`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from lotse import project
from lotse.answering import Answer, Memory, Question, Settings, Wording, decide, load_settings, load_wording
from lotse.guide import Guide, load_guide
from lotse.render.text import TERMINAL_WIDTH, render_text

logger = logging.getLogger(__name__)

SHELL_CHANNEL = "cmdline"


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
class Desk:
    """The content a turn needs, read once."""

    guide: Guide
    settings: Settings
    wording: Wording

    @staticmethod
    def load(data: Path | None = None) -> Desk:
        """Read and check the content.

        Raises:
            ContentError: the content must not reach a user.
        """
        folder = data or project.data()
        return Desk(load_guide(folder), load_settings(folder), load_wording(folder))

    def turn(self, parse: Mapping[str, Any] | None, memory: object, channel: str | None) -> Turn:
        """Answer one message.

        Args:
            parse: Rasa's parse output of the message.
            memory: value of the memory slot; anything unreadable counts as empty.
            channel: input channel, for the width of the text.
        """
        try:
            remembered = Memory.parse_obj(memory or {})
        except (ValueError, TypeError):
            logger.error("A conversation's memory is unreadable; it starts with an empty one.")
            remembered = Memory()
        decision = decide(Question.from_parse(parse or {}, remembered), self.guide, self.settings, self.wording)
        answer = decision.answer.copy(update={"answer_id": uuid4().hex})
        in_terminal = channel == SHELL_CHANNEL
        text = render_text(answer, self.wording, TERMINAL_WIDTH if in_terminal else None)
        if in_terminal:
            # Rasa's terminal channel tears a text apart at empty lines and drops them; a line with a blank stays.
            text = text.replace("\n\n", "\n \n")
        events = [_slot("memory", decision.memory.dict())]
        if answer.outcome == "forgotten":
            events.append(_slot("erase", True))
        return Turn(answer, text, None if in_terminal else answer.payload(), events)


def _slot(name: str, value: object) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}
