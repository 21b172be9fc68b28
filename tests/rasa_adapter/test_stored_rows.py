"""A turn takes little room, and is the same when it is read back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from lotse.conversation.assistant import Assistant
from lotse.rasa_adapter.stored_messages import bot_event
from lotse.rasa_adapter.stored_rows import PACKED, event_of, readable, row_of, unpacked
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from tests.parsed_messages import parsed

ROOT = Path(__file__).parents[2]
TOPICS = sorted((ROOT / "tests/snapshots/topics").glob("*.json"))
# CHANGELOG.md names it; docs/operations.md plans with whole conversations.
MOST_BYTES = 6_000
OF_THE_MODEL = {"model_id": "0" * 32, "assistant_id": "lotse-assistant"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    slots = {"memory": {"type": "any", "mappings": [{"type": "custom"}]}}
    made = ForgettingTrackerStore(Domain.from_dict({"slots": slots}), db=str(tmp_path / "conversations.db"))
    yield made
    made.engine.dispose()


def ranking(count: int) -> dict[str, float]:
    return {f"posting_about_work.a_passage_{number}": 0.0123456789 + number for number in range(count)}


def keep(store: ForgettingTrackerStore, sender: str, question: str, text: str, payload: Any, memory: Any) -> None:
    """A turn as Rasa keeps it: what was understood, what was decided, and what was said."""
    understood = {
        "text": question,
        "intent": {"name": "ask", "confidence": 0.9},
        "entities": [],
        "passages": ranking(6),
        "further_passages": ranking(40),
        "intent_ranking": [{"name": "ask", "confidence": 0.9}] * 4,
        "text_tokens": [[0, 4]] * 12,
    }
    tracker = DialogueStateTracker(sender, store.domain.slots)
    for event in (
        ActionExecuted("action_listen"),
        UserUttered(
            question, understood["intent"], [], understood, message_id=sender, metadata={"lotse": {"body": "x"}}
        ),
        DefinePrevUserUtteredFeaturization(False),
        ActionExecuted("action_answer", "policy_0_RulePolicy", 1.0),
        BotUttered(text, {"custom": payload}),
        SlotSet("memory", memory),
    ):
        event.metadata = {**event.metadata, **OF_THE_MODEL}
        tracker.update(event)
    asyncio.run(store.save(tracker))


def test_a_turn_takes_little_room_and_is_read_back_as_it_was(store: ForgettingTrackerStore) -> None:
    assistant = Assistant.load()
    asked = {path.stem: json.loads(path.read_text(encoding="utf-8"))["answered"] for path in TOPICS}
    assert len(asked) == 38
    for name, answered in asked.items():
        topic = {"name": f"ask_{name.split('.')[0]}", "confidence": 0.95}
        memory = assistant.turn(parsed(text="Darf ich?", intent_ranking=[topic]), None, "web").events[0]["value"]
        keep(store, name, "Darf ich das überhaupt so machen?", answered["text"], answered["payload"], memory)
    for name, answered in asked.items():
        question, answer = store.messages(name, 10)
        assert question["text"] == "Darf ich das überhaupt so machen?"
        assert (answer["text"], answer["data"]["custom"]) == (answered["text"], answered["payload"])
    [size] = store.engine.execute("select sum(length(cast(data as blob))) from events").scalars()
    assert size / len(asked) <= MOST_BYTES


def test_what_only_the_turn_uses_is_not_stored(store: ForgettingTrackerStore) -> None:
    keep(store, "someone", "Frage", "Antwort", {"type": "guidance"}, {"last": "Frage"})
    [data] = store.engine.execute("select data from events where type_name = 'user'").scalars()
    assert set(json.loads(data)["parse_data"]) == {"intent", "entities"}
    [everything] = store.engine.execute("select group_concat(data) from events").scalars()
    assert "model_id" not in everything
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None and tracker.latest_message is not None
    assert tracker.latest_message.intent["name"] == "ask"
    assert tracker.get_slot("memory") == {"last": "Frage"}


@given(st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_every_answer_comes_back(text: str, payload: dict[str, Any]) -> None:
    data = row_of(dict(bot_event(text, payload, 1.5)))
    assert "\n" not in data
    assert list(readable([(1, data)])) == [bot_event(text, payload, 1.5)]


def test_a_row_of_an_earlier_version_is_read_as_it_is() -> None:
    event = bot_event("Antwort", {"type": "guidance"}, 1.0)
    assert unpacked(json.dumps(event)) == event


@pytest.mark.parametrize("packed", ["", "%%%", "0" * 40, "ü", 7, None])
def test_a_row_that_cannot_be_unpacked_is_left_out(packed: Any) -> None:
    data = json.dumps({"event": "bot", "timestamp": 1.0, PACKED: packed})
    assert list(readable([(1, data)])) == []
    assert event_of(1, data) is None
