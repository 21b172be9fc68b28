"""Ratings of earlier versions are taken over once, and their file goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import select

from lotse.channels.teams.delivery.sent_answers import SentAnswers
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from lotse.secret_key import keyed_hash

KEY = b"k" * 32
Start = Callable[[], ForgettingTrackerStore]
OLD = """
create table feedback (answer text primary key, day text, rating text, outcome text, topic text, language text,
    passages text, comment text);
create table sent (message text primary key, sender text, day integer, answer text, guidance text);
create table commented (rating text primary key, sender text);
"""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "feedback.db"
    rating = ("2026-11-20", "down", "answered", "blocking", "de", "blocking.press")
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(OLD)
        for answer in ("answer-1", "answer-2"):
            row = (keyed_hash(KEY, "feedback", answer), *rating, f"zu {answer}")
            file.execute("insert into feedback values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        sender = keyed_hash(KEY, "teams-sender", "teams-me")
        message = keyed_hash(KEY, "teams-message", "chat\0m1")
        file.execute("insert into sent values (?, ?, 20000, 'answer-1', '{}')", (message, sender))
        file.execute("insert into commented values ('answer-1', ?)", (sender,))
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[ForgettingTrackerStore] = []

    def start() -> ForgettingTrackerStore:
        started.append(ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db")))
        return started[-1]

    yield start
    for store in started:
        store.engine.dispose()


def comments(store: ForgettingTrackerStore) -> list[str | None]:
    with store.session_scope() as session:
        return list(session.execute(select(ratings.c.comment).order_by(ratings.c.comment)).scalars())


def test_the_first_start_takes_over_what_erasing_must_reach(old: Path, start: Start) -> None:
    store = start()
    assert comments(store) == ["zu answer-1", "zu answer-2"]
    assert not old.exists()
    found = SentAnswers(lambda: store, KEY).find("teams-me", "chat", "m1")
    assert found is not None and found[0] == "answer-1"
    store.delete("teams-me")
    assert comments(store) == [None, "zu answer-2"]


def test_what_was_forgotten_since_does_not_come_back(old: Path, start: Start) -> None:
    before = old.read_bytes()
    start().delete("teams-me")
    old.write_bytes(before)
    assert comments(start()) == [None, "zu answer-2"]


def test_a_file_without_the_tables_of_teams_is_taken_over(old: Path, start: Start) -> None:
    with closing(sqlite3.connect(old)) as file, file:
        file.executescript("drop table sent; drop table commented")
    assert comments(start()) == ["zu answer-1", "zu answer-2"]


def test_a_file_that_cannot_be_read_stays_and_is_named(
    old: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    old.write_text("Das ist keine Datenbank. " * 100, encoding="utf-8")
    store = start()
    assert (comments(store), old.exists()) == ([], True)
    assert str(old) in caplog.text
