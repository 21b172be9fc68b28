"""What a channel gets of Rasa: the messages of a turn in one piece, and our own tracker store."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered

from lotse.rasa_adapter.channel_support import TRACKER_STORE, TurnOutput, UnsuitableStoreError, store_of
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

ENDPOINTS = Path(__file__).parents[2] / "endpoints.yml"


async def test_text_and_payload_stay_one_message_as_it_is_stored() -> None:
    output = TurnOutput("web")
    said = BotUttered("Ja.", {"custom": {"outcome": "answered"}, "buttons": None})
    await output.send_response("someone", said.message())
    await output.send_response("someone", {"text": "", "custom": {}})
    [event] = output.said
    stored = said.as_dict()
    assert {name: event[name] for name in ("event", "text", "timestamp")} == {
        name: stored[name] for name in ("event", "text", "timestamp")
    }
    assert event["data"]["custom"] == stored["data"]["custom"]
    assert output.name() == "web"


def test_our_store_is_found_in_what_rasa_wraps_it_in(tmp_path: Path) -> None:
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    assert store_of(SimpleNamespace(tracker_store=FailSafeTrackerStore(store))) is store
    store.engine.dispose()


def test_another_store_is_refused_with_the_class_path_to_set() -> None:
    with pytest.raises(UnsuitableStoreError, match=TRACKER_STORE):
        store_of(SimpleNamespace(tracker_store=FailSafeTrackerStore(InMemoryTrackerStore(Domain.empty()))))
    assert f"type: {TRACKER_STORE}\n" in ENDPOINTS.read_text(encoding="utf-8")
