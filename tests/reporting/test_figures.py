"""Figures of a report: no number stands for fewer than a group, and none can be worked out from the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from sqlalchemy import insert

from lotse.rasa_adapter.improvement_tables import daily_counts, given_questions
from lotse.rasa_adapter.rating_tables import rating_reasons, ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from lotse.reporting.figures import GivenText, Grouped, grouped, read_figures, read_given

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 15)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    opened = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield opened
    opened.engine.dispose()


def count(store: ForgettingTrackerStore, day: str, outcome: str, topic: str, certainty: str, answers: int) -> None:
    row = {"day": day, "outcome": outcome, "topic": topic, "certainty": certainty, "language": "de", "answers": answers}
    with store.session_scope() as session:
        session.execute(insert(daily_counts).values(**row))
        session.commit()


def test_small_counts_are_summed_up_and_the_sum_is_not_small_either() -> None:
    assert grouped({"a": 9, "b": 5, "c": 3, "d": 2}, 5) == Grouped({"a": 9, "b": 5}, rest=5)
    assert grouped({"a": 9, "b": 6, "c": 2}, 5) == Grouped({"a": 9}, rest=8)
    assert grouped({"a": 9, "b": 0}, 5) == Grouped({"a": 9})
    assert grouped({"c": 2}, 5) == Grouped({}, hidden=True)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 20), max_size=8), st.integers(2, 10))
def test_no_number_is_smaller_than_a_group(counts: dict[str, int], smallest: int) -> None:
    found = grouped(counts, smallest)
    assert all(count >= smallest for count in found.shown.values())
    assert found.rest == 0 or found.rest >= smallest
    total = sum(counts.values())
    assert found.total == (0 if total < smallest else total)
    assert found.hidden is (0 < total < smallest)


def test_questions_are_counted_and_small_talk_is_not(store: ForgettingTrackerStore) -> None:
    count(store, "2026-11-02", "answered", "likes", "high", 8)
    count(store, "2026-11-03", "refined", "likes", "low", 6)
    count(store, "2026-11-10", "refused", "", "", 6)
    count(store, "2026-11-10", "smalltalk", "", "", 50)
    count(store, "2026-11-16", "answered", "likes", "high", 100)
    figures = read_figures(store, FIRST, LAST, 5)
    assert figures.outcomes.shown == {"answered": 14, "refused": 6}
    assert figures.topics.shown == {"likes": 14}
    assert figures.certainty.shown == {"high": 8, "low": 6}
    assert [(week.first.isoformat(), week.counts and week.counts.total) for week in figures.weeks] == [
        ("2026-11-02", 14),
        ("2026-11-09", 6),
    ]


def test_a_week_with_too_few_questions_has_no_number(store: ForgettingTrackerStore) -> None:
    count(store, "2026-11-02", "answered", "likes", "high", 4)
    count(store, "2026-11-10", "answered", "likes", "high", 7)
    assert [week.counts is None for week in read_figures(store, FIRST, LAST, 5).weeks] == [True, False]


def test_ratings_are_counted_with_their_reasons_and_comments_only_as_a_number(store: ForgettingTrackerStore) -> None:
    with store.session_scope() as session:
        for number in range(6):
            rating = {"answer": f"a{number}", "day": "2026-11-05", "rating": "down", "outcome": "answered"}
            more = {"topic": "likes", "language": "de", "passages": "", "comment": "Zimmer 4711"}
            session.execute(insert(ratings).values(**rating, **more))
            session.execute(insert(rating_reasons).values(answer=f"a{number}", reason="long"))
        session.commit()
    figures = read_figures(store, FIRST, LAST, 5)
    assert (figures.thumbs.shown, figures.down.shown) == ({"down": 6}, {"likes": 6})
    assert (figures.reasons.shown, figures.comments) == ({"long": 6}, 6)
    assert "4711" not in repr(figures)
    assert read_figures(store, FIRST, LAST, 7).comments == 0


def test_given_questions_are_read_whole(store: ForgettingTrackerStore) -> None:
    with store.session_scope() as session:
        row = {"sender": "s", "day": "2020-01-01", "text": "Frage?", "outcome": "refused", "language": "de"}
        session.execute(insert(given_questions).values(question="q", **row))
        session.commit()
    assert read_given(store) == [GivenText("Frage?", "s", "refused", "de")]
