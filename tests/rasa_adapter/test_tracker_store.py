"""Conversations are stored whole, read in part, and really deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

LOADED = 12
EVENTS_PER_TURN = 4


@pytest.fixture
def domain() -> Domain:
    slots = {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("memory", "erase")}
    return Domain.from_dict({"slots": slots, "actions": ["answer"]})


@pytest.fixture
def store(tmp_path: Path, domain: Domain) -> Iterator[ForgettingTrackerStore]:
    path = str(tmp_path / "conversations.db")
    opened = ForgettingTrackerStore(domain, dialect="sqlite", db=path, loaded_events=LOADED)
    yield opened
    opened.engine.dispose()


async def hold(store: ForgettingTrackerStore, turns: int, sender: str = "someone", saves: int = 1) -> None:
    """As many turns as asked, each read from and written to the store as Rasa does."""
    for turn in range(turns):
        tracker = await store.retrieve(sender)
        if tracker is None:
            tracker = DialogueStateTracker(sender, store.domain.slots)
            tracker.update(SessionStarted())
        tracker.update(UserUttered(f"Frage {turn}"))
        for _ in range(saves - 1):
            await store.save(tracker)
        for event in (ActionExecuted("answer"), SlotSet("memory", {"turn": turn}), BotUttered(f"Antwort {turn}")):
            tracker.update(event)
        await store.save(tracker)


@pytest.mark.parametrize("saves", [1, 3])
def test_every_event_is_stored_once_and_in_order(store: ForgettingTrackerStore, saves: int) -> None:
    asyncio.run(hold(store, 20, saves=saves))
    whole = asyncio.run(store.retrieve_full_tracker("someone"))
    assert whole is not None
    assert len(whole.events) == 1 + 20 * EVENTS_PER_TURN
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == [f"Frage {n}" for n in range(20)]


def test_a_turn_reads_the_last_events_and_the_slots(store: ForgettingTrackerStore) -> None:
    asyncio.run(hold(store, 20))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    assert len(tracker.events) == LOADED
    assert tracker.get_slot("memory") == {"turn": 19}
    assert tracker.latest_message is not None and tracker.latest_message.text == "Frage 19"


def test_the_memory_outlasts_many_turns_that_fail(store: ForgettingTrackerStore) -> None:
    asyncio.run(hold(store, 3))
    for turn in range(10):
        tracker = asyncio.run(store.retrieve("someone"))
        assert tracker is not None
        for event in (UserUttered(f"Vergeblich {turn}"), BotUttered("Bei mir ist etwas schiefgegangen.")):
            tracker.update(event)
        asyncio.run(store.save(tracker))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    assert len(tracker.events) == LOADED + 1
    assert tracker.get_slot("memory") == {"turn": 2}
    assert tracker.latest_message is not None and tracker.latest_message.text == "Vergeblich 9"


def test_a_short_conversation_is_read_whole(store: ForgettingTrackerStore) -> None:
    asyncio.run(hold(store, 2))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None and len(tracker.events) == 1 + 2 * EVENTS_PER_TURN


def test_a_wish_to_be_forgotten_deletes_every_row_of_that_person_only(store: ForgettingTrackerStore) -> None:
    asyncio.run(hold(store, 20))
    asyncio.run(hold(store, 3, sender="else"))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    tracker.update(SlotSet("erase", True))
    asyncio.run(store.save(tracker))
    assert asyncio.run(store.retrieve_full_tracker("someone")) is None
    assert asyncio.run(store.retrieve("else")) is not None


def test_an_error_of_the_database_quotes_no_message(store: ForgettingTrackerStore) -> None:
    store.engine.execute("create trigger full before insert on events begin select raise(abort, 'disk is full'); end")
    tracker = DialogueStateTracker("someone", store.domain.slots)
    tracker.update(UserUttered("Mein Chef heißt Kim Beispiel"))
    with pytest.raises(SQLAlchemyError) as failed:
        asyncio.run(store.save(tracker))
    # Rasa logs it like this.
    assert "disk is full" in str(failed.value)
    assert "Kim" not in str(failed.value)


def test_whether_a_person_is_in_need_is_not_stored_with_their_message(store: ForgettingTrackerStore) -> None:
    """It is needed for the answer only; what was recognised in somebody's distress is nobody's business later."""
    need, intent = {"kind": "crisis", "certainty": 0.98}, {"name": "refine", "confidence": 0.9}
    tracker = DialogueStateTracker("someone", store.domain.slots)
    said = UserUttered("ich kann nicht mehr", parse_data={"text": "…", "intent": intent, "need": need})
    tracker.update(said)
    asyncio.run(store.save(tracker))
    (stored,) = store.messages("someone", newest=5)
    assert stored["parse_data"]["intent"] == intent
    assert "need" not in stored["parse_data"]
    # The turn itself still knows it.
    assert said.parse_data["need"] == need
