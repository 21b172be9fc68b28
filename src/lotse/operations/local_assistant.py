"""The assistant without servers: answers single questions in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lotse.answering import Answer, Memory
from lotse.answering.input_gate import gate
from lotse.answering.question import unread_message
from lotse.conversation.assistant import Assistant
from lotse.rasa_adapter.names import PROBLEM_INTENT

if TYPE_CHECKING:
    from rasa.core.agent import Agent


@dataclass(frozen=True)
class LocalAssistant:
    """Answers single questions with a trained model and the guide."""

    agent: Agent
    assistant: Assistant

    @staticmethod
    def load(model: Path) -> LocalAssistant:
        """Load a trained model.

        Raises:
            ContentError: the guide does not load.
            OperationError: the model's archive is damaged.
        """
        from rasa.core.agent import Agent

        from lotse.rasa_adapter import patches

        # Before the model's components do it: how the archive is unpacked is one of them.
        patches.apply()
        return LocalAssistant(Agent.load(str(model)), Assistant.load())

    async def ask(self, text: str) -> Answer:
        """Answer one message as the first of a conversation."""
        passed = gate(text, Memory(), self.assistant.settings.max_characters)
        if passed.problem:
            parse = unread_message(passed.text, passed.problem, PROBLEM_INTENT)
        else:
            parse = await self.agent.parse_message(passed.text)
        return self.assistant.turn(parse, None, None).answer
