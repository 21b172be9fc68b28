"""Ratings find the answer they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.channels.teams.sent import KEPT_DAYS, SentAnswers

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
def sent(tmp_path: Path) -> SentAnswers:
    return SentAnswers(tmp_path / "feedback.db", b"k" * 32)


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
    assert found[0] == "answer-1"
    assert sent.find(OTHER, CHAT, "m1") is None
    assert sent.find(OTHER, THREAD, None) is None


def test_forgetting_leaves_nothing_of_a_person_and_all_of_the_others(sent: SentAnswers) -> None:
    assert sent.forget(ME) == []
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    sent.note(OTHER, CHAT, "m2", guidance("answer-2"))
    assert sent.forget(ME) == ["answer-1"]
    assert sent.find(ME, CHAT, "m1") is None
    assert sent.find(OTHER, CHAT, "m2") is not None
    assert b"answer-1" not in sent.path.read_bytes()


def test_neither_ids_nor_texts_are_kept_and_nothing_for_ever(tmp_path: Path) -> None:
    day = 20_000
    sent = SentAnswers(tmp_path / "feedback.db", b"k" * 32, clock=lambda: day * 86_400.0)
    sent.note(ME, CHAT, "m1", guidance("answer-1"))
    content = sent.path.read_bytes()
    for secret in (b"teams-me", b"secret-chat", b"m1", b"Ja, das"):
        assert secret not in content
    day += KEPT_DAYS
    sent.note(ME, CHAT, "m2", guidance("answer-2"))
    assert sent.find(ME, CHAT, "m1") is not None
    day += 1
    sent.note(ME, CHAT, "m3", guidance("answer-3"))
    assert sent.find(ME, CHAT, "m1") is None
    assert sent.find(ME, CHAT, "m2") is not None
