"""Ratings find the answer they are about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import select

from lotse.channels.teams.delivery.sent_answers import KEPT_DAYS, SentAnswers
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

KEY = b"k" * 32

ME, OTHER = "teams-me", "teams-other"
CHAT, THREAD = "19:secret-chat", "19:team;messageid=1"


def guidance(answer: str) -> dict[str, object]:
    return {
        "answer_id": answer,
        "outcome": "answered",
        "topic": "blocking",
        "language": "de",
        "short": "Ja, das dürfen Sie.",
        "citations": [{"passage": "blocking.own_account", "excerpt": "…"}],
    }


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield store
    store.engine.dispose()


@pytest.fixture
def sent(database: ForgettingTrackerStore) -> SentAnswers:
    return SentAnswers(lambda: database, KEY)


def rated(database: ForgettingTrackerStore, *kept_under: str) -> None:
    for name in kept_under:
        FeedbackStore(lambda: database, KEY).add(Feedback(name, "down", f"zu {name}"), {})


def comments(database: ForgettingTrackerStore) -> set[str]:
    with database.session_scope() as session:
        return {comment for comment in session.execute(select(ratings.c.comment)).scalars() if comment is not None}


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("conversations.db*"))


def test_a_rating_finds_the_message_it_names(sent: SentAnswers) -> None:
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    sent.note(ME, CHAT, "m2", guidance("answer-2"))
    found = sent.find(ME, CHAT, "m1")
    assert found == (
        "answer-1",
        {
            "outcome": "answered",
            "topic": "blocking",
            "language": "de",
            "citations": [{"passage": "blocking.own_account"}],
        },
    )


def test_without_a_message_the_last_answer_to_this_person_is_meant(sent: SentAnswers) -> None:
    assert sent.find(ME, CHAT, None) is None
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    sent.note(ME, CHAT, "m2", guidance("answer-2"))
    sent.note(OTHER, CHAT, "m3", guidance("answer-3"))
    found = sent.find(ME, CHAT, None)
    assert found is not None
    assert found[0] == "answer-2"


def test_in_a_group_anybody_can_rate_an_answer_and_another_chat_cannot(sent: SentAnswers) -> None:
    sent.note(ME, THREAD, "m1", guidance("answer-1"))
    found = sent.find(OTHER, THREAD, "m1")
    assert found is not None
    assert sent.find(OTHER, CHAT, "m1") is None
    assert sent.find(OTHER, THREAD, None) is None


def test_in_a_group_nobody_rates_in_the_place_of_another(sent: SentAnswers) -> None:
    sent.note(ME, THREAD, "m1", guidance("answer-1"))
    by_me, by_other, by_third = (sent.find(who, THREAD, "m1") for who in (ME, OTHER, "teams-third"))
    assert by_me and by_other and by_third
    assert by_me[0] == "answer-1"
    assert len({by_me[0], by_other[0], by_third[0]}) == 3
    assert by_me[1] == by_other[1]
    assert sent.find(OTHER, THREAD, "m1") == by_other


def test_whose_a_comment_is_is_known_as_long_as_there_is_the_comment(
    database: ForgettingTrackerStore, tmp_path: Path
) -> None:
    day = 20_000
    sent = SentAnswers(lambda: database, KEY, clock=lambda: day * 86_400.0)
    sent.note(ME, THREAD, "m1", guidance("answer-1"))
    mine, others = (sent.find(who, THREAD, "m1") for who in (ME, OTHER))
    assert mine and others
    sent.commented(ME, mine[0])
    sent.commented(OTHER, others[0])
    day += KEPT_DAYS + 1
    sent.note(ME, THREAD, "m2", guidance("answer-2"))
    rated(database, "answer-1", "answer-2", others[0])
    database.delete(ME)
    assert comments(database) == {f"zu {others[0]}"}
    database.delete(OTHER)
    assert comments(database) == set()
    assert b"teams-other" not in kept(tmp_path)


def test_forgetting_leaves_nothing_of_a_person_and_all_of_the_others(
    database: ForgettingTrackerStore, sent: SentAnswers, tmp_path: Path
) -> None:
    database.delete(ME)
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    sent.note(OTHER, CHAT, "m2", guidance("answer-2"))
    rated(database, "answer-1", "answer-2")
    database.delete(ME)
    assert sent.find(ME, CHAT, "m1") is None
    assert sent.find(OTHER, CHAT, "m2") is not None
    assert comments(database) == {"zu answer-2"}
    assert b"answer-1" not in kept(tmp_path)


def test_a_message_that_is_noted_again_is_kept_once(sent: SentAnswers) -> None:
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    sent.note(ME, CHAT, "m1", guidance("answer-2"))
    found = sent.find(ME, CHAT, "m1")
    assert found is not None and found[0] == "answer-2"


def test_neither_ids_nor_texts_are_kept_and_nothing_for_ever(database: ForgettingTrackerStore, tmp_path: Path) -> None:
    day = 20_000
    sent = SentAnswers(lambda: database, KEY, clock=lambda: day * 86_400.0)
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    content = kept(tmp_path)
    for secret in (b"teams-me", b"secret-chat", b"m1", b"Ja, das"):
        assert secret not in content
    day += KEPT_DAYS
    sent.note(ME, CHAT, "m2", guidance("answer-2"))
    assert sent.find(ME, CHAT, "m1") is not None
    day += 1
    sent.note(ME, CHAT, "m3", guidance("answer-3"))
    assert sent.find(ME, CHAT, "m1") is None
    assert sent.find(ME, CHAT, "m2") is not None
