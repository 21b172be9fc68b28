"""Turns of a conversation with a stand-in for Rasa's agent: order, retries, hang-ups, failures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.events import BotUttered, UserUttered

from lotse.answering import Answer, Memory
from lotse.channels.web.api_errors import Problem
from lotse.channels.web.conversations import Conversations
from lotse.channels.web.session_tokens import Session
from lotse.conversation.assistant import Assistant
from lotse.conversation.message import Message
from lotse.conversation.transcript import NEWEST, transcript

KEY = b"k" * 32
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


class Store:
    """Events by sender, as the real store gives them; wrapped once, as Rasa wraps it."""

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.failure: Exception | None = None

    def exists(self, sender: str) -> bool:
        return sender in self.events

    def said(self, sender: str, newest: int) -> list[dict[str, Any]]:
        return self.events.get(sender, [])[-newest:]

    def turn(self, sender: str, message: str) -> list[dict[str, Any]]:
        events = self.events.get(sender, [])
        start = next((n for n, event in enumerate(events) if event.get("message_id") == message), None)
        return [] if start is None else [events[start], *(e for e in events[start + 1 :][:1] if e["event"] == "bot")]

    def answers_holding(self, sender: str, name: str, value: str) -> list[dict[str, Any]]:
        field = f'"{name}": "{value}"'
        return [event for event in self.events[sender] if event["event"] == "bot" and field in json.dumps(event)]

    def delete(self, sender: str) -> None:
        if self.failure:
            raise self.failure
        self.events.pop(sender, None)


class Wrapper:
    def __init__(self, store: Store) -> None:
        self._tracker_store = store


class Agent:
    """Agent, processor and lock store in one."""

    def __init__(self) -> None:
        self.store = Store()
        self.tracker_store = Wrapper(self.store)
        self.lock_store = self.processor = self
        self.domain = SimpleNamespace(session_config=SimpleNamespace(session_expiration_time=60))
        self.memory: Any = Memory(language="de").dict()
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self.go.set()
        self.started = asyncio.Event()
        self.failure: Exception | None = None
        self.forgets = False
        self.at_once = self.most_at_once = 0

    def is_ready(self) -> bool:
        return True

    @asynccontextmanager
    async def lock(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        yield

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
        payload = Answer(outcome=outcome, short=message.text, answer_id=f"answer-{len(self.asked)}").payload()
        payload["follow_ups"] = [OFFER]
        await message.output_channel.send_response(message.sender_id, {"text": message.text, "custom": payload})
        if self.forgets:
            self.store.delete(message.sender_id)
            return
        user = UserUttered(message.text, message_id=message.message_id, metadata=message.metadata)
        events = [user, BotUttered(message.text, {"custom": payload})]
        self.store.events[message.sender_id] += [event.as_dict() for event in events]


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant.load()


@pytest.fixture
async def agent() -> Agent:
    agent = Agent()
    agent.store.events[SESSION.sender] = []
    return agent


@pytest.fixture
def talk(agent: Agent, assistant: Assistant) -> Conversations:
    return Conversations(assistant, KEY, lambda: agent, clock=lambda: 0.0)


def typed(text: str, identity: str = "m1") -> Message:
    return Message(identity, text, None)


async def problem(work: Any) -> str:
    with pytest.raises(Problem) as raised:
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
    assert [item["text"] for item in await reload] == ["Darf ich?", "Darf ich?"]


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
    assert item["guidance"]["outcome"] == "error"
    assert item["text"] == assistant.wordings["en"].error
    agent.failure = None
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert item["guidance"]["outcome"] == "answered"


async def test_only_offered_choices_are_carried_out(talk: Conversations, agent: Agent) -> None:
    picked = Message("m2", None, OFFER["payload"])
    assert await problem(talk.ask(SESSION, picked)) == "unknown_payload"
    assert agent.asked == []
    await talk.ask(SESSION, typed("Darf ich?"))
    await talk.ask(SESSION, picked)
    assert agent.asked == ["Darf ich?", OFFER["payload"]]
    assert OFFER in agent.memory["offered"]
    assert [item["text"] for item in await talk.history(SESSION) if item["from"] == "user"] == [
        "Darf ich?",
        OFFER["label"],
    ]


async def test_a_choice_of_another_conversation_is_not_offered(talk: Conversations, agent: Agent) -> None:
    agent.store.events[OTHER.sender] = []
    await talk.ask(SESSION, typed("Darf ich?"))
    assert await problem(talk.ask(OTHER, Message("m9", None, OFFER["payload"]))) == "unknown_payload"


async def test_the_language_of_the_session_outlasts_a_pause(talk: Conversations, agent: Agent) -> None:
    agent.memory = None
    agent.store.events[SESSION.sender] = [{"event": "bot", "text": "", "timestamp": 1000.0}]
    talk.clock = lambda: 1000.0 + 58 * 60
    await talk.ask(SESSION, typed("LinkedIn?", "m1"))
    assert agent.memory is None
    agent.store.events[SESSION.sender] = [{"event": "bot", "text": "", "timestamp": 1000.0}]
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
    assert agent.store.events == {}
    for work in (talk.history(SESSION), talk.erase(SESSION), talk.ask(SESSION, typed("x", "m2"))):
        assert await problem(work) == "session_ended"


async def test_forgetting_answers_and_ends_the_session(talk: Conversations, agent: Agent) -> None:
    agent.forgets = True
    [item] = await talk.ask(SESSION, typed("Vergiss alles"))
    assert item["text"] == "Vergiss alles"
    assert await problem(talk.history(SESSION)) == "session_ended"


async def test_forgotten_is_said_only_if_it_is_true(talk: Conversations, agent: Agent, assistant: Assistant) -> None:
    agent.forgets = True
    agent.store.failure = RuntimeError("read-only")
    agent.store.events[SESSION.sender] = [{"event": "bot", "text": "", "timestamp": 0.0}]
    [item] = await talk.ask(SESSION, typed("Vergiss alles"))
    assert (item["guidance"]["outcome"], item["guidance"]["retry"]) == ("error", True)
    assert item["text"] == assistant.wordings["en"].error
    assert len(await talk.history(SESSION)) == 1


async def test_an_answer_that_was_not_stored_is_not_given(talk: Conversations, agent: Agent) -> None:
    def lost(sender: str, message: str) -> list[dict[str, Any]]:
        return []

    agent.store.turn = lost  # type: ignore[method-assign]
    [item] = await talk.ask(SESSION, typed("Darf ich?"))
    assert (item["guidance"]["outcome"], item["guidance"]["retry"]) == ("error", True)


async def test_old_answers_can_be_rated_and_their_offices_asked(talk: Conversations, agent: Agent) -> None:
    office = {"id": "press_office", "label": "Pressestelle", "deliverable": True, "mailto": "mailto:?body=x"}
    handover = {"question": "Darf ich?", "subject": "Frage", "offices": [office]}
    answer = Answer.parse_obj({"outcome": "handed_over", "short": "x", "answer_id": "first", "handover": handover})
    plain = [BotUttered("Antwort", {"custom": Answer(outcome="answered", short="x").payload()})] * (NEWEST + 5)
    spoken = [BotUttered("Erste Antwort", {"custom": answer.payload()}), *plain]
    agent.store.events[SESSION.sender] = [event.as_dict() for event in spoken]
    history = await talk.history(SESSION)
    assert "first" not in [item["id"] for item in history]
    found = await talk.answer(SESSION, "first")
    assert found is not None and found["text"] == "Erste Antwort"
    assert await talk.office(SESSION, "press_office") == "Pressestelle"
    assert await talk.answer(SESSION, history[-1]["id"]) == history[-1]
    assert (await talk.answer(SESSION, "none"), await talk.office(SESSION, "first")) == (None, None)


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
    assert (items[-2]["text"], items[0]["id"]) == ("Frage 149", "m50")
    assert items == transcript(events)
    assert len({item["id"] for item in items}) == NEWEST
    assert items[-1]["guidance"]["outcome"] == "error"
