"""Turns of a conversation with a stand-in for Rasa's agent: order, retries, hang-ups, failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from rasa.core.lock_store import LockError
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select

from lotse import metrics
from lotse.answering import Answer, Memory, failure_answer
from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.conversations import NAME, Conversations
from lotse.channels.web.session_tokens import Session
from lotse.content.wording import load_wording
from lotse.conversation import turn_queue
from lotse.conversation.assistant import Assistant
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.conversation.message import Message
from lotse.conversation.transcript import NEWEST, AssistantItem, UserItem, metadata_of, transcript
from lotse.conversation.turn_queue import TURNS_AT_ONCE
from lotse.rasa_adapter import rating_tables
from lotse.rasa_adapter.store_threads import StoreTimeoutError, in_one_turn
from lotse.rasa_adapter.stored_queries import BeforeTurn
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

KEY = b"k" * 32
HOME = Path(__file__).parents[3]
SESSION = Session("0" * 32, "en", 2_000_000_000)
OTHER = Session("1" * 32, "de", 2_000_000_000)
OFFER = {"label": "An example", "payload": "/request_example"}


class Tracker:
    def __init__(self, memory: Any) -> None:
        self.memory = memory

    def get_slot(self, _: str) -> Any:
        return self.memory

    def update(self, event: Any) -> None:
        if hasattr(event, "value"):
            self.memory = event.value


class Wrapper:
    """As Rasa wraps a store."""

    def __init__(self, store: ForgettingTrackerStore) -> None:
        self._tracker_store = store


class FailingStore(ForgettingTrackerStore):
    """A store whose saving or deleting can be made to fail."""

    unsaved: Exception | None = None
    undeleted: Exception | None = None

    async def save(self, tracker: DialogueStateTracker) -> None:
        if self.unsaved:
            raise self.unsaved
        await super().save(tracker)

    def delete(self, sender_id: str) -> None:
        if self.undeleted:
            raise self.undeleted
        super().delete(sender_id)


class Agent:
    """Agent, processor and lock store in one."""

    def __init__(self, store: FailingStore) -> None:
        self.store = store
        self.tracker_store = Wrapper(self.store)
        self.lock_store = self.processor = self
        self.domain = SimpleNamespace(session_config=SimpleNamespace(session_expiration_time=60))
        self.memory: Any = Memory(language="de").dict()
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self.go.set()
        self.started = asyncio.Event()
        self.failure: Exception | None = None
        self.forgets = self.hears_nothing = self.cannot_read = False
        self.at_once = self.most_at_once = 0
        self.is_locked = False

    def is_ready(self) -> bool:
        return True

    @asynccontextmanager
    async def lock(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        self.is_locked = True
        yield
        self.is_locked = False

    async def fetch_tracker_and_update_session(self, sender: str, _: Any) -> Tracker:
        self.tracker = Tracker(self.memory)
        return self.tracker

    async def save_tracker(self, tracker: Tracker) -> None:
        self.memory = tracker.memory

    async def handle_message(self, message: Any) -> None:
        self.asked.append(message.text)
        self.started.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.go.wait()
        self.at_once -= 1
        if self.failure:
            raise self.failure
        outcome: Any = "forgotten" if self.forgets else "answered"
        answer = Answer(outcome=outcome, short=message.text, answer_id=f"answer-{len(self.asked)}")
        if self.hears_nothing:
            answer = failure_answer(load_wording(HOME / "data", "de"), "de")
        if self.cannot_read:
            answer = failure_answer(load_wording(HOME / "data", "de"), "de", "empty")
        payload = answer.payload()
        payload["follow_ups"] = [OFFER]
        said = BotUttered(message.text, {"custom": payload})
        await message.output_channel.send_response(message.sender_id, said.message())
        if self.forgets:
            self.store.delete(message.sender_id)
            return
        user = UserUttered(message.text, message_id=message.message_id, metadata=message.metadata)
        await self.remember(message.sender_id, user, said)

    async def remember(self, sender: str, *events: Event) -> None:
        """Store some events of a conversation."""
        tracker = await self.store.retrieve(sender) or DialogueStateTracker(sender, [])
        for event in events:
            tracker.update(event)
        await self.store.save(tracker)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant.load()


@pytest.fixture
async def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Agent]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    agent = Agent(FailingStore(Domain.empty(), db=str(tmp_path / "conversations.db")))
    await agent.remember(SESSION.sender, SessionStarted())
    yield agent
    agent.store.engine.dispose()


@pytest.fixture
def talk(agent: Agent, assistant: Assistant) -> Conversations:
    return Conversations(assistant, KEY, lambda: agent, clock=lambda: 0.0)


def typed(text: str, identity: str = "m1") -> Message:
    return Message(identity, text, None)


async def problem(work: Any) -> str:
    with pytest.raises(ApiError) as raised:
        await work
    return raised.value.code


async def test_a_retry_gets_the_same_answer_and_nobody_is_asked_twice(talk: Conversations, agent: Agent) -> None:
    agent.go.clear()
    first = asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?")))
    await agent.started.wait()
    retries = [asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?"))) for _ in range(3)]
    agent.go.set()
    answers = await asyncio.gather(first, *retries)
    assert all(answer == answers[0] for answer in answers)
    assert agent.asked == ["Darf ich?"]


async def test_an_id_belongs_to_one_message(talk: Conversations) -> None:
    await talk.ask(SESSION, typed("Darf ich?"))
    assert await problem(talk.ask(SESSION, typed("Darf ich nicht?"))) == "id_reused"


async def test_who_hangs_up_finds_the_answer_in_the_history(talk: Conversations, agent: Agent) -> None:
    agent.go.clear()
    asked = asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?")))
    await agent.started.wait()
    asked.cancel()
    reload = asyncio.ensure_future(talk.history(SESSION))
    agent.go.set()
    assert [item.text for item in await reload] == ["Darf ich?", "Darf ich?"]


async def test_messages_of_one_conversation_are_answered_one_after_the_other(talk: Conversations, agent: Agent) -> None:
    agent.go.clear()
    first = asyncio.ensure_future(talk.ask(SESSION, typed("eins", "m1")))
    await agent.started.wait()
    second = asyncio.ensure_future(talk.ask(SESSION, typed("zwei", "m2")))
    agent.go.set()
    await asyncio.gather(first, second)
    assert (agent.asked, agent.most_at_once) == (["eins", "zwei"], 1)


async def test_a_turn_that_fails_says_so_and_can_be_tried_again(
    talk: Conversations, agent: Agent, assistant: Assistant
) -> None:
    agent.failure = RuntimeError("database gone")
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item.answer.outcome == "error"
    assert item.text == assistant.wordings["en"].error
    agent.failure = None
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item.answer.outcome == "answered"


def counted(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, {"channel": NAME, **labels}) or 0


def errors() -> float:
    return counted("lotse_turns_total", outcome="error")


@asynccontextmanager
async def no_lock(*_: Any, **__: Any) -> AsyncIterator[None]:
    raise LockError("lock store gone")
    yield


def never(*_: Any) -> NoReturn:
    raise OSError("database gone")


def break_lock(agent: Agent) -> None:
    agent.lock = no_lock  # type: ignore[method-assign]


def break_store(agent: Agent) -> None:
    agent.store.before_turn = never  # type: ignore[method-assign,assignment]


def break_turn(agent: Agent) -> None:
    agent.failure = RuntimeError("action server gone")


def break_action(agent: Agent) -> None:
    agent.hears_nothing = True


@pytest.mark.parametrize("fault", [break_lock, break_store, break_turn, break_action])
async def test_a_turn_that_fails_is_counted_once_wherever_it_fails(
    talk: Conversations, agent: Agent, fault: Callable[[Agent], None]
) -> None:
    fault(agent)
    before = errors()
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item.answer.outcome == "error"
    assert errors() == before + 1


async def test_a_message_that_cannot_be_read_is_no_failure_of_ours(talk: Conversations, agent: Agent) -> None:
    agent.cannot_read = True
    before = counted("lotse_turns_total", outcome="unreadable"), errors()
    await talk.ask(SESSION, typed("Darf ich?"))
    assert (counted("lotse_turns_total", outcome="unreadable"), errors()) == (before[0] + 1, before[1])


async def test_what_is_declined_for_want_of_a_model_is_counted(talk: Conversations, agent: Agent) -> None:
    agent.is_ready = lambda: False  # type: ignore[method-assign]
    before = counted("lotse_declined_total", reason="not_ready"), errors()
    assert await problem(talk.ask(SESSION, typed("Darf ich?"))) == "not_ready"
    assert (counted("lotse_declined_total", reason="not_ready"), errors()) == (before[0] + 1, before[1])


async def test_an_error_that_was_stored_is_no_answer_to_a_retry(talk: Conversations, agent: Agent) -> None:
    agent.hears_nothing = True
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item.answer.outcome == "error"
    agent.hears_nothing = False
    for _ in range(2):
        [item] = await talk.ask(SESSION, typed("Darf ich?"))
        assert item.answer.outcome == "answered"
    assert agent.asked == ["Darf ich?", "Darf ich?"]


async def begin_many(agent: Agent, count: int) -> list[Session]:
    """Sessions whose conversations have begun."""
    sessions = [Session(f"{number:032x}", "de", 2_000_000_000) for number in range(16, 16 + count)]
    for session in sessions:
        await agent.remember(session.sender, SessionStarted())
    return sessions


async def test_of_many_turns_a_few_are_worked_on_and_the_others_wait(talk: Conversations, agent: Agent) -> None:
    sessions = await begin_many(agent, 3 * TURNS_AT_ONCE)
    agent.go.clear()
    asked = [asyncio.ensure_future(talk.ask(session, typed("Darf ich?"))) for session in sessions]
    while len(agent.asked) < TURNS_AT_ONCE:
        await asyncio.wait(asked, timeout=0.01)
    agent.go.set()
    answers = await asyncio.gather(*asked)
    assert {item.answer.outcome for [item] in answers} == {"answered"}
    assert agent.most_at_once == TURNS_AT_ONCE


async def test_who_would_wait_too_long_is_told_at_once(
    talk: Conversations, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_queue, "MOST_WAITING", 1)
    [other] = await begin_many(agent, 1)
    agent.go.clear()
    first = asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?")))
    await agent.started.wait()
    assert await problem(talk.ask(other, typed("Darf ich?"))) == "busy"
    agent.go.set()
    assert (await first)[0].answer.outcome == "answered"
    assert (await talk.ask(other, typed("Darf ich?")))[0].answer.outcome == "answered"


async def test_who_comes_while_the_server_stops_is_told_and_what_was_taken_is_finished(
    talk: Conversations, agent: Agent
) -> None:
    [other] = await begin_many(agent, 1)
    agent.go.clear()
    first = asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?")))
    await agent.started.wait()
    stopping = asyncio.ensure_future(talk.service.drain())
    await asyncio.sleep(0)
    assert await problem(talk.ask(other, typed("Darf ich?"))) == "busy"
    assert not stopping.done()
    agent.go.set()
    assert (await first)[0].answer.outcome == "answered"
    await stopping


async def test_a_failure_that_took_the_whole_time_is_told_in_the_language_of_the_conversation(
    talk: Conversations, agent: Agent
) -> None:
    answer = Answer(outcome="answered", short="Yes.", language="en", answer_id="a")
    await agent.remember(SESSION.sender, BotUttered("Yes.", {"custom": answer.payload()}))
    with in_one_turn(seconds=0.0):
        told = await talk.service.failed(SESSION.sender, typed("?"))
        with pytest.raises(StoreTimeoutError):
            await talk.service.in_thread(talk.service.exists, SESSION.sender)
    assert told.answer.language == "en"


async def test_only_offered_choices_are_carried_out(talk: Conversations, agent: Agent) -> None:
    picked = Message("m2", None, OFFER["payload"])
    assert await problem(talk.ask(SESSION, picked)) == "unknown_payload"
    assert agent.asked == []
    await talk.ask(SESSION, typed("Darf ich?"))
    await talk.ask(SESSION, picked)
    assert agent.asked == ["Darf ich?", OFFER["payload"]]
    assert OFFER in agent.memory["offered"]
    assert [item.text for item in await talk.history(SESSION) if isinstance(item, UserItem)] == [
        "Darf ich?",
        OFFER["label"],
    ]


async def test_a_choice_of_another_conversation_is_not_offered(talk: Conversations, agent: Agent) -> None:
    await agent.remember(OTHER.sender, SessionStarted())
    await talk.ask(SESSION, typed("Darf ich?"))
    assert await problem(talk.ask(OTHER, Message("m9", None, OFFER["payload"]))) == "unknown_payload"


async def test_the_language_of_the_session_outlasts_a_pause(talk: Conversations, agent: Agent) -> None:
    agent.memory = None
    await agent.remember(SESSION.sender, BotUttered("", timestamp=1000.0))
    talk.clock = lambda: 1000.0 + 58 * 60
    await talk.ask(SESSION, typed("LinkedIn?", "m1"))
    assert agent.memory is None
    await agent.remember(SESSION.sender, BotUttered("", timestamp=1000.0))
    talk.clock = lambda: 1000.0 + 60 * 60
    await talk.ask(SESSION, typed("LinkedIn?", "m2"))
    assert agent.memory == {**(agent.memory or {}), "language": "en"}


async def test_erasing_waits_for_the_turn_and_ends_the_session(talk: Conversations, agent: Agent) -> None:
    agent.go.clear()
    asked = asyncio.ensure_future(talk.ask(SESSION, typed("Darf ich?")))
    await agent.started.wait()
    erased = asyncio.ensure_future(talk.erase(SESSION))
    agent.go.set()
    await erased
    await asked
    assert not agent.store.exists(SESSION.sender)
    for work in (talk.history(SESSION), talk.erase(SESSION), talk.ask(SESSION, typed("x", "m2"))):
        assert await problem(work) == "session_ended"


async def test_forgetting_answers_and_ends_the_session(talk: Conversations, agent: Agent) -> None:
    agent.forgets = True
    [item] = await talk.ask(SESSION, typed("Vergiss alles"))
    assert item.text == "Vergiss alles"
    assert await problem(talk.history(SESSION)) == "session_ended"


async def test_forgotten_is_said_only_if_it_is_true(talk: Conversations, agent: Agent, assistant: Assistant) -> None:
    agent.forgets = True
    agent.store.undeleted = RuntimeError("read-only")
    await agent.remember(SESSION.sender, BotUttered("Guten Tag"))
    [item] = await talk.ask(SESSION, typed("Vergiss alles"))
    assert (item.answer.outcome, item.answer.retry) == ("error", True)
    assert item.text == assistant.wordings["en"].error
    assert len(await talk.history(SESSION)) == 1


async def test_an_answer_that_was_not_stored_is_not_given(talk: Conversations, agent: Agent) -> None:
    agent.store.unsaved = RuntimeError("disk is full")
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert (item.answer.outcome, item.answer.retry) == ("error", True)
    agent.store.unsaved = None
    assert await talk.history(SESSION) == []
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item.answer.outcome == "answered"


async def test_an_answer_is_the_same_as_in_the_history_without_being_read_back(
    talk: Conversations, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    before_turn = agent.store.before_turn

    def counted(sender: str, name: str) -> BeforeTurn:
        read.append(name)
        return before_turn(sender, name)

    monkeypatch.setattr(agent.store, "before_turn", counted)
    answers = await talk.ask(SESSION, typed("Darf ich?"))
    assert read == ["m1"]
    assert (await talk.history(SESSION))[1:] == answers
    assert await talk.ask(SESSION, typed("Darf ich?")) == answers


async def test_a_payload_that_no_longer_reads_keeps_its_text_and_can_be_repeated(
    talk: Conversations, agent: Agent
) -> None:
    old = {"type": "guidance", "answer_id": "old", "outcome": "of the first version", "short": ["Ja."], "points": 5}
    question = UserUttered("Darf ich?", message_id="m1", metadata=metadata_of(typed("Darf ich?"), None, KEY))
    await agent.remember(SESSION.sender, question, BotUttered("Ja, das dürfen Sie.", {"custom": old}))
    _, item = await talk.history(SESSION)
    assert isinstance(item, AssistantItem)
    assert (item.id, item.text, item.answer.short) == ("old", "Ja, das dürfen Sie.", "Ja, das dürfen Sie.")
    assert await talk.ask(SESSION, typed("Darf ich?")) == [item]
    assert talk.service.find_answer(SESSION.sender, "old") == item.answer
    assert await talk.office(SESSION, "old") is None


async def test_old_answers_can_be_rated_and_their_offices_asked(talk: Conversations, agent: Agent) -> None:
    office = {"id": "press_office", "label": "Pressestelle", "deliverable": True, "mailto": "mailto:?body=x"}
    handover = {"question": "Darf ich?", "subject": "Frage", "offices": [office]}
    answer = Answer.parse_obj({"outcome": "handed_over", "short": "x", "answer_id": "first", "handover": handover})
    plain = [BotUttered("Antwort", {"custom": Answer(outcome="answered", short="x").payload()})] * (NEWEST + 5)
    await agent.remember(SESSION.sender, BotUttered("Erste Antwort", {"custom": answer.payload()}), *plain)
    history = await talk.history(SESSION)
    assert "first" not in [item.id for item in history]
    assert talk.service.find_answer(SESSION.sender, "first") == answer
    assert await talk.office(SESSION, "press_office") == "Pressestelle"
    last = history[-1]
    assert isinstance(last, AssistantItem)
    assert talk.service.find_answer(SESSION.sender, last.id) == last.answer
    assert (talk.service.find_answer(SESSION.sender, "none"), await talk.office(SESSION, "first")) == (None, None)


async def test_a_rating_is_kept_while_no_server_can_erase_the_conversation(talk: Conversations, agent: Agent) -> None:
    answer = Answer(outcome="answered", short="x", answer_id="first")
    await agent.remember(SESSION.sender, BotUttered("Antwort", {"custom": answer.payload()}))
    erased: list[Future[None]] = []
    loop = asyncio.get_running_loop()

    class Ratings(FeedbackStore):
        def add(self, feedback: Feedback, guidance: Mapping[str, Any], today: date | None = None) -> None:
            assert agent.is_locked
            erased.append(asyncio.run_coroutine_threadsafe(talk.erase(SESSION), loop))
            super().add(feedback, guidance, today)

    ratings = Ratings(lambda: agent.store, KEY)
    assert await talk.rate(SESSION, Feedback("first", "down", "unklar"), ratings)
    await asyncio.gather(*map(asyncio.wrap_future, erased))
    assert len(erased) == 1 and not agent.store.exists(SESSION.sender)
    with agent.store.session_scope() as session:
        assert session.execute(select(rating_tables.ratings.c.comment)).scalars().all() == [None]
    assert await problem(talk.rate(SESSION, Feedback("first", "down", "unklar"), ratings)) == "session_ended"


async def test_without_a_model_nothing_is_promised(assistant: Assistant) -> None:
    talk = Conversations(assistant, KEY, lambda: None)
    assert not talk.ready()
    assert await problem(talk.history(SESSION)) == "not_ready"


async def test_another_tracker_store_is_refused_with_the_setting_that_mends_it(
    talk: Conversations, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    agent.tracker_store = object()  # type: ignore[assignment]
    assert not talk.ready()
    assert "endpoints.yml" in caplog.text


def test_the_history_is_the_newest_and_stays_the_same() -> None:
    events: list[dict[str, Any]] = []
    for number in range(150):
        events.append({"event": "user", "message_id": f"m{number}", "text": f"Frage {number}", "timestamp": number})
        events.append({"event": "bot", "text": "Antwort", "timestamp": number, "data": {"custom": {"type": "other"}}})
    items = transcript(events)
    assert len(items) == NEWEST
    assert (items[-2].text, items[0].id) == ("Frage 149", "m50")
    assert items == transcript(events)
    assert len({item.id for item in items}) == NEWEST
    last = items[-1]
    assert isinstance(last, AssistantItem)
    assert (last.text, last.answer.outcome) == ("Antwort", "error")
