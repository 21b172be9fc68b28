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

from lotse import paths
from lotse.content.wording import load_wording
from lotse.conversation.feedback import Feedback, FeedbackStore, reason_names, split_reasons
from lotse.rasa_adapter.rating_tables import forget_comments, rating_reasons, ratings
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


REASONS = reason_names({language: load_wording(paths.data(), language) for language in ("de", "en")})


def test_reasons_have_the_same_names_in_both_languages() -> None:
    assert set(REASONS.values()) == {"question", "long", "unclear", "wrong"}
    assert REASONS["zu lang"] == REASONS["too long"] == "long"


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("zu lang, falsch: Die Frist: sie fehlt.", (["long", "wrong"], "Die Frist: sie fehlt.")),
        ("Nicht meine Frage", (["question"], "")),
        ("falsch, falsch", (["wrong"], "")),
        ("falsch ist das nicht: nur lang", ([], "falsch ist das nicht: nur lang")),
        ("zu lang, sagt mein Chef: kürzer", ([], "zu lang, sagt mein Chef: kürzer")),
        ("", ([], "")),
    ],
)
def test_reasons_are_taken_from_the_beginning_of_a_comment(comment: str, expected: tuple[list[str], str]) -> None:
    assert split_reasons(comment, REASONS) == expected


def test_reasons_are_kept_without_words_and_replaced_with_their_rating(database: ForgettingTrackerStore) -> None:
    store = FeedbackStore(lambda: database, b"k" * 32, REASONS)
    store.add(Feedback("answer-1", "down", "zu lang: Bitte kürzer"), GUIDANCE)
    store.add(Feedback("answer-1", "down", "unverständlich, falsch"), GUIDANCE)
    with database.session_scope() as session:
        kept = session.execute(select(rating_reasons.c.answer, rating_reasons.c.reason)).all()
    [row] = rows(database)
    assert {reason for _, reason in kept} == {"unclear", "wrong"}
    assert {answer for answer, _ in kept} == {row[0]}
    assert row[7] is None
