"""Conversations in Rasa: begun, continued, read and erased. The only module here that knows agent and tracker.

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
from weakref import WeakValueDictionary

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, SlotSet

from lotse.answering import Answer, Memory
from lotse.answering.question import Offer
from lotse.channels.web.problems import Problem
from lotse.channels.web.rasa_parts import NAME, TRACKER_STORE, WebOutput, drop_spare_copy, store_of
from lotse.channels.web.requests import Message
from lotse.channels.web.tokens import Session
from lotse.channels.web.transcript import (
    NEWEST,
    Item,
    answers,
    is_retry,
    metadata_of,
    offers,
    spoken_item,
    transcript,
)
from lotse.nlu.rasa_repairs import memory_of
from lotse.rasa_names import MEMORY_SLOT
from lotse.turn import Desk

logger = logging.getLogger(__name__)

# Below the time after which the widget (45 s) and Sanic (60 s) give up. The turn goes on; a retry collects its answer.
_PATIENCE_SECONDS = 40
_POLL_SECONDS = 0.1
# How the action would be told that somebody said hello.
_GREETING = {"text": "/greet", "intent_ranking": [{"name": "greet", "confidence": 1.0}]}

Result = TypeVar("Result")


@dataclass
class Conversations:
    """All conversations of the web chat.

    Attributes:
        desk: the content, for the greeting.
        key: hashes what must be compared but not kept.
        agent: gives Rasa's agent; None while no model is loaded.
    """

    desk: Desk
    key: bytes
    agent: Callable[[], Any]
    clock: Callable[[], float] = time.time
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    def ready(self) -> bool:
        """Whether messages can be answered."""
        agent = self.agent()
        if agent is None or not agent.is_ready():
            return False
        if not hasattr(store_of(agent), "said"):
            logger.error("The web chat needs tracker_store: type: %s in endpoints.yml.", TRACKER_STORE)
            return False
        return True

    async def begin(self, session: Session) -> list[Item]:
        """Store the beginning of a conversation and greet."""
        agent = self._ready_agent()
        memory = Memory(language=session.language)
        turn = self.desk.turn(_GREETING, memory.dict(), NAME)
        async with self._alone(session):
            tracker = await agent.processor.fetch_tracker_and_update_session(session.sender, WebOutput())
            for event in turn.events:
                tracker.update(SlotSet(event["name"], event["value"]))
            tracker.update(BotUttered(turn.text, {"custom": turn.payload}))
            await agent.processor.save_tracker(tracker)
            return self._transcript(agent, session)

    async def ask(self, session: Session, message: Message) -> list[Item]:
        """Answer a message, or give the answer it has already got.

        Raises:
            Problem: the session is over, the id belongs to another message, the choice was never offered, or it takes
                too long.
        """
        return await self._to_the_end(self._ask(session, message))

    async def history(self, session: Session) -> list[Item]:
        """Everything said. Waits for a turn that is under way, so that a reload in mid-answer loses nothing.

        Raises:
            Problem: the session is over.
        """
        agent = self._ready_agent()
        async with self._alone(session):
            self._require(agent, session)
            return self._transcript(agent, session)

    async def erase(self, session: Session) -> list[str]:
        """Delete a conversation for good; returns the ids of its answers.

        Raises:
            Problem: the session is over already.
        """
        agent = self._ready_agent()
        async with self._alone(session):
            self._require(agent, session)
            store = store_of(agent)
            identities = [item["id"] for item in transcript(store.said(session.sender, 10 * NEWEST))]
            store.delete(session.sender)
            drop_spare_copy(agent, session.sender)
        return identities

    # --- inside the lock --------------------------------------------------------------------------------------------

    async def _ask(self, session: Session, message: Message) -> list[Item]:
        agent = self._ready_agent()
        async with self._alone(session):
            self._require(agent, session)
            known = store_of(agent).turn(session.sender, message.id)
            if known:
                if not is_retry(known[0], message, self.key):
                    raise Problem("id_reused")
                return answers(known) or [self._failed(session, message)]
            output = WebOutput()
            label = None
            # Rebuilding the tracker takes its time, so it is done only where its memory has to be looked into.
            if message.payload is not None or self._rested(agent, session):
                label = await self._prepare(agent, session, message, output)
            metadata = metadata_of(message, label, self.key)
            text = message.payload if message.payload is not None else message.text
            try:
                await agent.processor.handle_message(
                    UserMessage(text, output, session.sender, None, NAME, message.id, metadata)
                )
            except Exception:
                logger.exception("A turn failed before it reached the assistant.")
            said = store_of(agent).turn(session.sender, message.id)
            if items := answers(said) if said else []:
                return items
            # Not in the store: the person has just been forgotten, or something failed.
            now = self.clock()
            unsaved = [
                spoken_item(part["text"], part["custom"], message.id, now, position)
                for position, part in enumerate(output.messages)
            ]
            return unsaved or [self._failed(session, message)]

    async def _prepare(self, agent: Any, session: Session, message: Message, output: WebOutput) -> str | None:
        """Make sure of the language and of the picked choice; returns the choice's label.

        After an hour of silence Rasa begins anew and forgets; the session's language and what the widget still shows
        remain true.
        """
        tracker = await agent.processor.fetch_tracker_and_update_session(session.sender, output)
        memory = memory_of(tracker)
        label = None
        changed = memory
        if memory.language is None:
            changed = changed.copy(update={"language": session.language})
        if message.payload is not None:
            label = next((offer.label for offer in memory.offered if offer.payload == message.payload), None)
            if label is None:
                label = offers(store_of(agent).said(session.sender, NEWEST)).get(message.payload)
                if label is None:
                    raise Problem("unknown_payload")
                offered = [*changed.offered, Offer(label=label, payload=message.payload)]
                changed = changed.copy(update={"offered": offered})
        if changed is not memory:
            tracker.update(SlotSet(MEMORY_SLOT, changed.dict()))
            await agent.processor.save_tracker(tracker)
        return label

    def _rested(self, agent: Any, session: Session) -> bool:
        """Whether Rasa will begin anew, because nothing has been said for so long."""
        minutes = agent.domain.session_config.session_expiration_time
        last = store_of(agent).said(session.sender, 1)
        idle = self.clock() - float(last[-1].get("timestamp") or 0) if last else 0.0
        # A minute too early costs nothing, too late would cost the language.
        return bool(minutes) and idle >= (minutes - 1) * 60

    def _transcript(self, agent: Any, session: Session) -> list[Item]:
        return transcript(store_of(agent).said(session.sender, NEWEST))

    def _failed(self, session: Session, message: Message) -> Item:
        wording = self.desk.wordings.get(session.language, self.desk.wording)
        answer = Answer(outcome="error", short=wording.error, language=session.language)
        return spoken_item(wording.error, answer.payload(), message.id, self.clock())

    def _require(self, agent: Any, session: Session) -> None:
        if not store_of(agent).exists(session.sender):
            raise Problem("session_ended")

    def _ready_agent(self) -> Any:
        if not self.ready():
            raise Problem("not_ready", {"retry-after": "10"})
        return self.agent()

    @asynccontextmanager
    async def _alone(self, session: Session) -> AsyncIterator[None]:
        """One turn of a conversation at a time: in this process at once, between processes by Rasa's lock store."""
        lock = self._locks.setdefault(session.id, asyncio.Lock())
        async with lock, self.agent().lock_store.lock(session.sender, wait_time_in_seconds=_POLL_SECONDS):
            yield

    async def _to_the_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let a turn finish even if the client hangs up: the answer is in the history after a reload."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        # Waiting does not cancel the turn, neither when the time is up nor when the request is cancelled.
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        if not done:
            raise Problem("busy", {"retry-after": "5"})
        return task.result()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains if the client has gone
