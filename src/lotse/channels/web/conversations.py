"""Conversations of the web chat: begun, continued, read and erased.

A conversation exists as long as it has events in the tracker store. So any server can go on with it, a retried message
finds its answer wherever it was given, and erasing the events ends the session everywhere at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lotse.answering import Memory
from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.session_tokens import Session
from lotse.conversation.assistant import Assistant
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.conversation.message import Message
from lotse.conversation.service import ConversationService
from lotse.conversation.transcript import AssistantItem, TranscriptItem
from lotse.conversation.turn_queue import DeclinedError
from lotse.rasa_adapter.names import WEB_CHANNEL
from lotse.rasa_adapter.store_threads import in_one_turn

logger = logging.getLogger(__name__)

NAME = WEB_CHANNEL

# Below the time after which the widget (45 s) and Sanic (60 s) give up. The turn goes on; a retry collects its answer.
_PATIENCE_SECONDS = 40

Result = TypeVar("Result")


@dataclass
class Conversations:
    """All conversations of the web chat.

    Attributes:
        assistant: the content, for the greeting.
        key: hashes what must be compared but not kept.
        agent: gives Rasa's agent; None while no model is loaded.
    """

    assistant: Assistant
    key: bytes
    agent: Callable[[], Any]
    clock: Callable[[], float] = time.time
    service: ConversationService = field(init=False)
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        wordings = self.assistant.wordings
        self.service = ConversationService(self.agent, NAME, wordings, self.key, lambda: self.clock())

    def ready(self) -> bool:
        """Whether messages can be answered."""
        return self.service.ready()

    async def begin(self, session: Session) -> AssistantItem:
        """Store the beginning of a conversation and greet."""
        greeting = self.assistant.greeting(Memory(language=session.language), NAME)
        async with self._locked(session, begun=False):
            return await self.service.begin(session.sender, greeting)

    async def ask(self, session: Session, message: Message) -> list[AssistantItem]:
        """Answer a message, or give the answer it has already got.

        Raises:
            ApiError: the session is over, the id belongs to another message, the choice was never offered, or it takes
                too long.
        """
        return await self._to_the_end(self._ask(session, message))

    async def history(self, session: Session) -> list[TranscriptItem]:
        """Everything said. Waits for a turn that is under way, so that a reload in mid-answer loses nothing.

        Raises:
            ApiError: the session is over.
        """
        async with self._locked(session):
            return await self.service.in_thread(self.service.transcript, session.sender)

    async def rate(self, session: Session, feedback: Feedback, ratings: FeedbackStore) -> bool:
        """Keep a rating of an answer of this conversation; False if the answer is not of it.

        Found and kept in one go: whoever erases the conversation meanwhile erases this comment, too.

        Raises:
            ApiError: the session is over.
            Exception: it is not kept; whatever the database raised.
        """
        async with self._locked(session):
            find = self.service.find_answer
            answer = await self.service.in_thread(find, session.sender, feedback.answer_id)
            if answer is None:
                return False
            await self.service.in_thread(ratings.add, feedback, answer.payload())
            return True

    async def office(self, session: Session, office_id: str) -> str | None:
        """The name of an office that was offered in a conversation; None if it was not.

        Raises:
            ApiError: the session is over.
        """
        async with self._locked(session):
            return await self.service.in_thread(self.service.office, session.sender, office_id)

    async def erase(self, session: Session) -> None:
        """Delete a conversation for good, with the comments on its answers.

        Raises:
            ApiError: the session is over already.
            Exception: it is not deleted; whatever the tracker store raised.
        """
        async with self._locked(session):
            await self.service.in_thread(self.service.erase, session.sender)

    async def _ask(self, session: Session, message: Message) -> list[AssistantItem]:
        with in_one_turn():
            try:
                async with self._locked(session, begun=False):
                    given = await self.service.answer(session.sender, message, session.language, only_begun=True)
                    return given.items
            except ApiError:
                raise
            except Exception:
                logger.exception("A turn failed before it began. The person is told so.")
                return [await self.service.failed(session.sender, message, session.language)]

    @asynccontextmanager
    async def _locked(self, session: Session, begun: bool = True) -> AsyncIterator[None]:
        """The conversation to ourselves, if it has begun and is not over."""
        try:
            async with self.service.locked(session.sender):
                if begun and not await self.service.in_thread(self.service.exists, session.sender):
                    raise ApiError("session_ended")
                yield
        except DeclinedError as declined:
            later = {"not_ready": {"retry-after": "10"}, "busy": {"retry-after": "5"}}
            raise ApiError(declined.reason, later.get(declined.reason)) from None

    async def _to_the_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let a turn finish even if the client hangs up: the answer is in the history after a reload."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        # Waiting does not cancel the turn, neither when the time is up nor when the request is cancelled.
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        if not done:
            raise ApiError("busy", {"retry-after": "5"})
        return task.result()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains if the client has gone
