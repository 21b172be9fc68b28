"""What is older than the operator keeps is deleted by the server itself, in small pieces, down to the file."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import insert, select

from lotse.rasa_adapter import retention
from lotse.rasa_adapter.rating_tables import comment_authors, rating_name, ratings, sent_answers
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

KEY = b"k" * 32
DAY = 86_400
NOW = 20_000.5 * DAY
Make = Callable[..., ForgettingTrackerStore]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    made: list[ForgettingTrackerStore] = []

    def make(**settings: Any) -> ForgettingTrackerStore:
        made.append(ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"), **settings))
        return made[-1]

    yield make
    for store in made:
        store.engine.dispose()


@pytest.fixture
def store(make: Make) -> ForgettingTrackerStore:
    return make()


def say(store: ForgettingTrackerStore, text: str, days_ago: float, sender: str = "someone") -> None:
    tracker = asyncio.run(store.retrieve(sender)) or DialogueStateTracker(sender, [])
    at = NOW - days_ago * DAY
    tracker.update(UserUttered(text, message_id=text, timestamp=at))
    tracker.update(BotUttered(f"Antwort auf {text}", timestamp=at))
    asyncio.run(store.save(tracker))


def test_old_messages_go_also_from_a_conversation_that_goes_on(store: ForgettingTrackerStore, tmp_path: Path) -> None:
    say(store, "Zimmer 4711", 31)
    say(store, "Frage 2", 29)
    say(store, "Zimmer 4711", 400, sender="else")
    assert store.purge(30, NOW) == retention.Purged(events=4, comments=0)
    assert [event["text"] for event in store.messages("someone", 10)] == ["Frage 2", "Antwort auf Frage 2"]
    assert not store.exists("else")
    assert store.before_turn("someone", "Zimmer 4711").turn == []
    found = subprocess.run(["grep", "-rl", "Zimmer 4711", tmp_path], capture_output=True, text=True, check=False)
    assert found.stdout == ""
    assert store.purge(30, NOW) == retention.Purged(0, 0)


def test_each_piece_is_a_transaction_of_its_own(store: ForgettingTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 3)
    for number in range(5):
        say(store, f"Frage {number}", 31)
    assert store.purge(30, NOW).events == 10
    assert not store.exists("someone")


def test_comments_go_with_what_leads_from_them_to_a_person_and_bare_ratings_stay(store: ForgettingTrackerStore) -> None:
    with store.session_scope() as session:
        for name, days in (("old", 31), ("new", 29)):
            day = date(1970, 1, 1) + timedelta(days=20_000 - days)
            rating = {"answer": rating_name(KEY, name), "day": day.isoformat(), "rating": "down", "outcome": "answered"}
            session.execute(insert(ratings).values(**rating, language="de", passages="", comment=f"Text {name}"))
            session.execute(insert(comment_authors).values(rating=name, sender="hashed"))
            sent = {"message": name, "sender": "hashed", "day": 20_000 - days, "answer": name, "guidance": "{}"}
            session.execute(insert(sent_answers).values(**sent))
        session.commit()
    assert store.purge(30, NOW) == retention.Purged(events=0, comments=1)
    with store.session_scope() as session:
        assert sorted(map(str, session.execute(select(ratings.c.comment)).scalars())) == ["None", "Text new"]
        for column in (comment_authors.c.rating, sent_answers.c.message):
            assert session.execute(select(column)).scalars().all() == ["new"]


def test_the_server_purges_by_itself_and_goes_on_after_a_failure(
    store: ForgettingTrackerStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    say(store, "Frage", 31)
    failures = [RuntimeError("database gone")]
    purged = store.purge

    def purge(days: int, now: float | None = None) -> retention.Purged:
        if failures:
            raise failures.pop()
        done = purged(days, now)
        monkeypatch.setattr(retention, "purge_once", lambda *_: False)
        return done

    monkeypatch.setattr(store, "purge", purge)
    thread = retention.keep_purging(store, first=0, every=0, clock=lambda: NOW)
    thread.join(20)
    assert not thread.is_alive()
    assert "database gone" in caplog.text
    assert not store.exists("someone")


def test_nothing_is_purged_for_a_store_that_is_not_used_any_more() -> None:
    assert not retention.purge_once(lambda: None, lambda: NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [0, -1, "30 Tage", 1.5, None, True])
def test_a_wrong_number_of_days_is_named(make: Make, days: object) -> None:
    with pytest.raises(RasaException, match="retention_days"):
        make(retention_days=days)


def test_a_month_is_kept_unless_said_otherwise(make: Make) -> None:
    assert (make().retention_days, make(retention_days=7).retention_days) == (30, 7)
