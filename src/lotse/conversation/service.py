"""One turn of a conversation in Rasa, for every channel. The only module of the channels that knows agent and tracker.

A message is answered once, whoever asks how often: its id is kept with it in the tracker store, so any server finds the
answer again. A picked choice is carried out only if it was offered in this very conversation.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, SlotSet

from lotse import metrics
from lotse.answering import Answer, Memory, failure_answer, spoken_or_original
from lotse.answering.failures import FAILED
from lotse.answering.memory import Offer
from lotse.content import ORIGINAL
from lotse.content.wording import Wording
from lotse.conversation.assistant import Turn
from lotse.conversation.message import Message
from lotse.conversation.transcript import (
    NEWEST,
    AssistantItem,
    TranscriptItem,
    assistant_item,
    assistant_items,
    is_retry,
    metadata_of,
    offered_offices,
    offers,
    transcript,
    unstored_item,
)
from lotse.conversation.turn_queue import DRAIN_SECONDS, DeclinedError, TurnQueue
from lotse.rasa_adapter import patches
from lotse.rasa_adapter.channel_support import TurnOutput, UnsuitableStoreError, store_of
from lotse.rasa_adapter.names import MEMORY_SLOT
from lotse.rasa_adapter.patches import memory_of
from lotse.rasa_adapter.store_threads import StoreTimeoutError, after_the_turn
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.1

Result = TypeVar("Result")


@dataclass(frozen=True)
class TurnResult:
    """What came of a message.

    Attributes:
        items: the answers with their texts, as the transcript shows them.
        repeated: whether the message had its answer already.
    """

    items: list[AssistantItem]
    repeated: bool = False

    @property
    def answers(self) -> list[Answer]:
        """The answers alone."""
        return [item.answer for item in self.items]


@dataclass
class ConversationService:
    """The conversations of one channel. Every method but `ready`, `locked`, `failed`,
    `language_of` and `drain` belongs inside `locked`.

    Attributes:
        agent: gives Rasa's agent; None while no model is loaded.
        channel: its name in the tracker.
        wordings: by language, for a turn that fails.
        key: hashes what must be compared but not kept.
        clock: seconds since 1970.
    """

    agent: Callable[[], Any]
    channel: str
    wordings: Mapping[str, Wording]
    key: bytes
    clock: Callable[[], float] = time.time
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _turns: TurnQueue = field(init=False)

    def __post_init__(self) -> None:
        self._turns = TurnQueue(self.channel)

    def ready(self) -> bool:
        """Whether messages can be answered."""
        agent = self.agent()
        if agent is None or not agent.is_ready():
            return False
        try:
            store_of(agent)
        except UnsuitableStoreError as error:
            logger.error("%s", error)
            return False
        if not patches.applied():
            logger.error("The patches of Rasa are not applied: no message would be masked. Call patches.apply() first.")
            return False
        return True

    @asynccontextmanager
    async def locked(self, sender: str) -> AsyncIterator[None]:
        """One turn of a conversation at a time: in this process at once, between processes by Rasa's lock store.

        Raises:
            DeclinedError: no model is loaded.
        """
        if not self.ready():
            metrics.DECLINED.labels(self.channel, "not_ready").inc()
            raise DeclinedError("not_ready")
        lock = self._locks.setdefault(sender, asyncio.Lock())
        async with lock, self.agent().lock_store.lock(sender, wait_time_in_seconds=_POLL_SECONDS):
            yield

    async def in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What one of the functions below returns, while others are answered.

        Raises:
            StoreTimeoutError: the database does not answer.
        """
        return await self._store().in_thread(work, *arguments)

    def exists(self, sender: str) -> bool:
        """Whether anything of a conversation is stored."""
        return self._store().exists(sender)

    def conversation_language(self, sender: str) -> str:
        """The language of a conversation: of the last answer; the original one if there is none that can be read."""
        if not self.ready():
            return ORIGINAL
        try:
            said = assistant_items(self._store().messages(sender, 2))
        except Exception:
            logger.exception("The conversations cannot be read.")
            return ORIGINAL
        languages = (item.answer.language for item in reversed(said))
        return spoken_or_original(next((name for name in languages if name in self.wordings), None), self.wordings)

    def transcript(self, sender: str, newest: int = NEWEST) -> list[TranscriptItem]:
        """Everything said."""
        return transcript(self._store().messages(sender, newest))

    def find_answer(self, sender: str, answer_id: str) -> Answer | None:
        """One answer of a conversation, however long ago it was given; None if it is not of this conversation.

        Args:
            answer_id: as the transcript gave it; may come from anybody.
        """
        for event in self._store().answers_holding(sender, "answer_id", answer_id):
            item = assistant_item(event, "", 0)
            if item.id == answer_id:
                return item.answer
        # What the assistant said without an id has one in the transcript only.
        said = assistant_items(self._store().messages(sender, NEWEST))
        return next((item.answer for item in said if item.id == answer_id), None)

    def office(self, sender: str, office_id: str) -> str | None:
        """The name of an office that a question of this conversation could be handed over to; None if it could not.

        Args:
            office_id: may come from anybody.
        """
        events = self._store().answers_holding(sender, "id", office_id)
        return offered_offices(assistant_item(event, "", 0) for event in events).get(office_id)

    async def begin(self, sender: str, turn: Turn) -> AssistantItem:
        """Store the beginning of a conversation: the assistant speaks first.

        Returns:
            What it says.

        Raises:
            Exception: it is not stored; whatever Rasa's processor or the tracker store raised.
        """
        processor = self.agent().processor
        tracker = await processor.fetch_tracker_and_update_session(sender, TurnOutput(self.channel))
        for event in turn.events:
            tracker.update(SlotSet(event["name"], event["value"]))
        greeting = BotUttered(turn.text, {"custom": turn.payload})
        tracker.update(greeting)
        await processor.save_tracker(tracker)
        return assistant_item(greeting.as_dict(), "", 0)

    async def answer(
        self,
        sender: str,
        message: Message,
        language: str | None = None,
        offered: Mapping[str, str] = MappingProxyType({}),
        only_begun: bool = False,
    ) -> TurnResult:
        """Answer a message, or give the answer it has already got.

        If the conversation cannot be read or stored, the answer says that something went wrong, and the same message
        can be sent again. “Forgotten” is said only when everything is gone.

        Args:
            sender: name of the conversation.
            message: what the person said.
            language: of the conversation where its memory knows none; None leaves it to the message.
            offered: choices that the channel itself offers to everybody, payload to label.
            only_begun: decline if nothing of the conversation is stored (any more).

        Raises:
            DeclinedError: the id belongs to another message, the choice was never offered, too many turns wait, or the
                conversation is over.
        """
        begun = time.perf_counter()
        result = await self._answer_or_error(sender, message, language, offered, only_begun)
        metrics.TURN_SECONDS.labels(self.channel).observe(time.perf_counter() - begun)
        return result

    async def _answer_or_error(
        self, sender: str, message: Message, language: str | None, offered: Mapping[str, str], only_begun: bool
    ) -> TurnResult:
        try:
            result = await self._answer(sender, message, language, offered, only_begun)
        except DeclinedError as declined:
            metrics.DECLINED.labels(self.channel, declined.reason).inc()
            raise
        except Exception:
            logger.exception("A turn failed. The person is told so.")
            return TurnResult([await self.failed(sender, message, language)])
        if not result.items:
            return TurnResult([await self.failed(sender, message, language)], result.repeated)
        for answer in [] if result.repeated else result.answers:
            # What nobody can read (empty, too long, a number that picks nothing) has a sentence, too; nothing failed.
            unreadable = answer.outcome == "error" and not answer.retry
            metrics.TURNS.labels(self.channel, "unreadable" if unreadable else answer.outcome).inc()
        return result

    async def _answer(
        self, sender: str, message: Message, language: str | None, offered: Mapping[str, str], only_begun: bool
    ) -> TurnResult:
        agent = self.agent()
        before = await self.in_thread(self._store().before_turn, sender, message.id)
        if only_begun and not before.begun:
            raise DeclinedError("session_ended")
        if known := before.turn:
            if not is_retry(known[0], message, self.key):
                raise DeclinedError("id_reused")
            items = assistant_items(known)
            # An error that was stored as the answer is tried again: this is what the same id is for.
            if not all(item.answer.retry for item in items):
                return TurnResult(items, repeated=True)
        output = TurnOutput(self.channel)
        label = None
        # Rebuilding the tracker takes its time, so it is done only where its memory has to be looked into.
        if message.payload is not None or (language is not None and self._begins(agent, before.last)):
            label = await self._prepare(agent, sender, message, language, offered, output)
        metadata = metadata_of(message, label, self.key)
        text = message.payload if message.payload is not None else message.text
        # Returns when the turn is stored, and raises if it is not: what was collected is not said before.
        async with self._turns.place():
            await agent.processor.handle_message(
                UserMessage(text, output, sender, None, self.channel, message.id, metadata)
            )
        items = [assistant_item(event, message.id, position) for position, event in enumerate(output.said)]
        if any(item.answer.outcome == "forgotten" for item in items):
            await self.in_thread(self.erase, sender)
        return TurnResult(items)

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Before the process ends: decline what comes now as `busy`, and finish what was taken before.

        Args:
            seconds: to wait at most.
        """
        await self._turns.drain(seconds)

    def erase(self, sender: str) -> None:
        """Delete a conversation for good, with the comments on its answers: for a pressed button and for words.

        Raises:
            Exception: it is not deleted; whatever the tracker store raised.
        """
        self._store().delete(sender)

    async def _prepare(
        self,
        agent: Any,
        sender: str,
        message: Message,
        language: str | None,
        offered: Mapping[str, str],
        output: TurnOutput,
    ) -> str | None:
        """Make sure of the language and of the picked choice; returns the choice's label.

        After an hour without a message Rasa starts a new session without slots; the conversation's language and the
        choices that are still shown remain true.
        """
        tracker = await agent.processor.fetch_tracker_and_update_session(sender, output)
        memory: Memory = memory_of(tracker)
        label = None
        changed = memory
        if memory.language is None and language is not None:
            changed = changed.copy(update={"language": language})
        if message.payload is not None:
            label = next((offer.label for offer in memory.offered if offer.payload == message.payload), None)
            if label is None:
                label = {**offered, **offers(await self.in_thread(self.transcript, sender))}.get(message.payload)
                if label is None:
                    raise DeclinedError("unknown_payload")
                known = [*changed.offered, Offer(label=label, payload=message.payload)]
                changed = changed.copy(update={"offered": known})
        if changed is not memory:
            tracker.update(SlotSet(MEMORY_SLOT, changed.dict()))
            await agent.processor.save_tracker(tracker)
        return label

    def _begins(self, agent: Any, last: Mapping[str, Any] | None) -> bool:
        """Whether Rasa will start a session: nothing has been said at all, or for so long."""
        minutes = agent.domain.session_config.session_expiration_time
        if last is None:
            return True
        idle = self.clock() - float(last.get("timestamp") or 0)
        # A minute too early costs nothing, too late would cost the language.
        return bool(minutes) and idle >= (minutes - 1) * 60

    async def failed(
        self, sender: str, message: Message, language: str | None = None, reason: str = FAILED
    ) -> AssistantItem:
        """What is said when a turn fails; the message can be sent again. Counts it, wherever the turn failed.

        Args:
            language: of the conversation; None looks it up.
            reason: as for `failure_answer`; what was declined is counted where that was decided.
        """
        if reason == FAILED:
            metrics.TURNS.labels(self.channel, "error").inc()
        spoken = language if language in self.wordings else None
        if spoken is None:
            with after_the_turn():
                spoken = await self.language_of(sender)
        return unstored_item(failure_answer(self.wordings[spoken], spoken, reason), message.id, self.clock())

    async def language_of(self, sender: str) -> str:
        """As `conversation_language`, beside the event loop; the original one if the database does not answer."""
        if not self.ready():
            return ORIGINAL
        try:
            return await self.in_thread(self.conversation_language, sender)
        except StoreTimeoutError:
            return ORIGINAL

    def _store(self) -> ForgettingTrackerStore:
        return store_of(self.agent())
