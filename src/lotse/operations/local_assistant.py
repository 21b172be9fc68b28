"""The assistant without servers: answers single questions in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lotse.answering import Answer, Memory
from lotse.answering.check_payloads import START
from lotse.answering.drafts import parsed_draft
from lotse.answering.input_gate import gate, question_before
from lotse.answering.question import QUESTION_BEFORE, ParsedMessage, unread_message
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
        return self.assistant.turn(await self.parse(text, Memory()), None, None).answer

    async def parse(self, text: str, memory: Memory) -> ParsedMessage:
        """Rasa's parse output of one message, after the input gate.

        Args:
            text: as it was typed.
            memory: of the conversation, with the choices that a number may pick.
        """
        settings = self.assistant.settings
        passed = gate(text, memory, settings.max_characters, settings.words.picks, settings.draft_reader)
        if passed.problem:
            return unread_message(passed.text, passed.problem, PROBLEM_INTENT)
        if passed.draft:
            parsed: ParsedMessage = await self.agent.parse_message(passed.draft.masked.lstrip("/"))
            return parsed_draft(passed.text, passed.draft, parsed, settings.drafts.facets, START)
        if before := question_before(passed, memory):
            from rasa.core.channels.channel import UserMessage

            # As the server does it, see `lotse.rasa_adapter.patches`.
            read = UserMessage(passed.text, metadata={QUESTION_BEFORE: before})
            in_context: ParsedMessage = await self.agent.processor.parse_message(read)
            return in_context
        parse: ParsedMessage = await self.agent.parse_message(passed.text)
        return parse
