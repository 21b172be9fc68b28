"""Ratings: what is kept of them, and how comments are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import select

from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.rasa_adapter.rating_tables import forget_comments, ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

GUIDANCE = {
    "outcome": "answered",
    "topic": "blocking",
    "language": "de",
    "citations": [{"passage": "blocking.press"}] * 2,
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield store
    store.engine.dispose()


def rows(database: ForgettingTrackerStore) -> list[tuple[Any, ...]]:
    with database.session_scope() as session:
        return [tuple(row) for row in session.execute(select(ratings))]


def test_feedback_keeps_no_id_and_masks_the_comment(database: ForgettingTrackerStore, tmp_path: Path) -> None:
    store = FeedbackStore(lambda: database, b"k" * 32)
    comment = "Fragen Sie Frau Müller, mueller@example.org"
    store.add(Feedback("answer-1", "down", comment), GUIDANCE, date(2026, 11, 23))
    [row] = rows(database)
    assert row[1:] == ("2026-11-23", "down", "answered", "blocking", "de", "blocking.press", "Fragen Sie Frau […], […]")
    assert not [path for path in tmp_path.glob("*.db*") if b"answer-1" in path.read_bytes()]


def test_a_second_rating_replaces_the_first_and_comments_can_be_forgotten(database: ForgettingTrackerStore) -> None:
    store = FeedbackStore(lambda: database, b"k" * 32)
    store.add(Feedback("answer-1", "down", "unklar"), GUIDANCE)
    store.add(Feedback("answer-1", "up", "ach so"), GUIDANCE)
    store.add(Feedback("answer-2", "up", "danke"), GUIDANCE)
    with database.session_scope() as session:
        forget_comments(session, b"k" * 32, "web-1", ["answer-1", "unknown"])
        session.commit()
    assert {(row[2], row[7]) for row in rows(database)} == {("up", None), ("up", "danke")}


def test_a_rating_needs_a_database_that_knows_what_to_replace() -> None:
    class Other:
        @contextmanager
        def session_scope(self) -> Iterator[Any]:
            yield SimpleNamespace(get_bind=lambda: SimpleNamespace(dialect=SimpleNamespace(name="oracle")))

    with pytest.raises(NotImplementedError, match="oracle"):
        FeedbackStore(Other, b"k" * 32).add(Feedback("answer-1", "down", None), GUIDANCE)
