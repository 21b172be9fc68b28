"""What is kept to improve the guide: counts that stand for nobody, and questions that people gave."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select

from lotse import paths
from lotse.content.improvement import load_improvement
from lotse.rasa_adapter.improvement_tables import daily_counts, given_questions
from lotse.rasa_adapter.names import QUESTION_SLOT
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

DAY = 86_400
# The middle of a day, so that it is the same day in every time zone of Europe.
NOON = 20_000.5 * DAY
TODAY = date.fromtimestamp(NOON)
ANSWER = {
    "type": "guidance",
    "outcome": "answered",
    "topic": "blocking",
    "language": "de",
    "short": "Ja.",
    "why": {"certainty": "high"},
}
REFUSED: dict[str, Any] = {
    "type": "guidance",
    "outcome": "refused",
    "topic": None,
    "language": "de",
    "short": "Nein.",
    "why": {},
}
GIVEN = {"id": "1", "text": "Wo beantrage ich Elternzeit?", "outcome": "refused", "language": "de"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    opened = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield opened
    opened.engine.dispose()


def turn(
    store: ForgettingTrackerStore,
    *answers: dict[str, Any],
    sender: str = "someone",
    given: dict[str, Any] | None = None,
    at: float = NOON,
    asked: bool = True,
) -> None:
    tracker = DialogueStateTracker(sender, [AnySlot(QUESTION_SLOT, [{"type": "custom"}])])
    tracker.lotse_stored_events = 0
    if asked:
        tracker.update(UserUttered("Eine Frage", message_id=f"{at}", timestamp=at))
    if given is not None:
        tracker.update(SlotSet(QUESTION_SLOT, given, timestamp=at))
    for answer in answers:
        tracker.update(BotUttered("Antwort", {"custom": answer}, timestamp=at))
    asyncio.run(store.save(tracker))


def counts(store: ForgettingTrackerStore) -> list[tuple[Any, ...]]:
    with store.session_scope() as session:
        return sorted(tuple(row) for row in session.execute(select(daily_counts)))


def questions(store: ForgettingTrackerStore) -> list[tuple[Any, ...]]:
    with store.session_scope() as session:
        table = given_questions.c
        return sorted(tuple(row) for row in session.execute(select(table.day, table.text, table.outcome)))


def test_answers_are_counted_by_day_and_nothing_else_is_kept_of_them(store: ForgettingTrackerStore) -> None:
    turn(store, ANSWER)
    turn(store, ANSWER, sender="else")
    turn(store, REFUSED)
    turn(store, ANSWER, at=NOON + DAY)
    day, next_day = TODAY.isoformat(), date.fromtimestamp(NOON + DAY).isoformat()
    assert counts(store) == [
        (day, "answered", "blocking", "high", "de", 2),
        (day, "refused", "", "", "de", 1),
        (next_day, "answered", "blocking", "high", "de", 1),
    ]


def test_a_greeting_answers_nothing_and_what_has_no_payload_is_not_counted(store: ForgettingTrackerStore) -> None:
    turn(store, ANSWER, asked=False)
    turn(store, {"type": "something else"})
    assert counts(store) == []


def test_counts_stay_when_a_conversation_is_forgotten(store: ForgettingTrackerStore) -> None:
    turn(store, ANSWER)
    store.delete("someone")
    assert len(counts(store)) == 1


def test_a_given_question_is_kept_once_with_the_day_and_without_who_asked(
    store: ForgettingTrackerStore, tmp_path: Path
) -> None:
    turn(store, given=GIVEN, sender="teams-4711")
    turn(store, given=GIVEN, sender="teams-4711", at=NOON + 60)
    turn(store, given=GIVEN, sender="else")
    assert questions(store) == [(TODAY.isoformat(), GIVEN["text"], "refused")] * 2
    with store.session_scope() as session:
        kept = [str(value) for row in session.execute(select(given_questions)) for value in row]
    assert not [value for value in kept if "4711" in value]


def test_a_given_question_goes_when_it_is_taken_back_and_when_all_is_forgotten(
    store: ForgettingTrackerStore, tmp_path: Path
) -> None:
    turn(store, given=GIVEN)
    turn(store, given={**GIVEN, "id": "2", "text": "Wie viel Urlaub habe ich?"})
    turn(store, given=GIVEN, sender="else")
    turn(store, given={"id": "1", "language": "de"})
    assert [text for _, text, _ in questions(store)] == ["Wie viel Urlaub habe ich?", GIVEN["text"]]
    store.delete("someone")
    assert [text for _, text, _ in questions(store)] == [GIVEN["text"]]
    store.delete("else")
    assert not [path for path in tmp_path.glob("*.db*") if b"Elternzeit" in path.read_bytes()]


def test_given_questions_and_counts_go_after_their_own_days(store: ForgettingTrackerStore) -> None:
    settings = load_improvement(paths.data())
    for days in (settings.question_days + 1, settings.question_days - 1):
        turn(store, given={**GIVEN, "id": str(days)}, at=NOON - days * DAY, sender=f"of {days}")
    for days in (settings.count_days + 1, settings.count_days - 1):
        turn(store, ANSWER, at=NOON - days * DAY)
    purged = store.purge(30, NOON)
    assert purged.questions == 1
    assert [day for day, _, _ in questions(store)] == [
        date.fromtimestamp(NOON - (settings.question_days - 1) * DAY).isoformat()
    ]
    assert [row[0] for row in counts(store)] == [date.fromtimestamp(NOON - (settings.count_days - 1) * DAY).isoformat()]
