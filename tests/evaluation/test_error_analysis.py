"""What the report says about questions that were misunderstood."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.evaluation.error_analysis import as_markdown, explain, needs_as_markdown, verdicts_as_markdown
from lotse.evaluation.need_score import NeedMiss
from lotse.evaluation.questions import LabelledQuestion, NeedMessage, VerdictQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.verdict_score import VerdictMiss

EXAMPLES = {
    "ask_blocking": ["Darf ich meinen Chef blockieren?", "Kollegin auf Insta sperren"],
    "ask_likes": ["Ein Herz unter dem Post vom Landrat", "Darf ich das liken?"],
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The memory of vectors goes there.
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))


def test_a_miss_names_the_training_messages_nearest_to_it() -> None:
    questions = [
        LabelledQuestion(text="Darf ich meine Chefin sperren?", topic="blocking"),
        LabelledQuestion(text="x", topic="likes"),
    ]
    replies = [Reply("answered", "likes", probability=0.4, passages=("likes.a",)), Reply("answered", "likes")]
    (miss,) = explain(questions, replies, EXAMPLES)
    assert miss.result == "wrong"
    assert miss.nearest[0][1] == "ask_blocking"
    assert [similarity for similarity, _, _ in miss.nearest] == sorted((n[0] for n in miss.nearest), reverse=True)
    page = as_markdown([miss])
    assert "Erwartet: blocking. Gekommen: answered likes, Sicherheit 0.40." in page
    assert "Passagen: likes.a." in page
    assert f"`ask_blocking` {miss.nearest[0][2]}" in page


def test_nothing_missed_needs_no_encoder() -> None:
    assert explain([LabelledQuestion(text="x", topic="likes")], [Reply("answered", "likes")], {}) == []
    assert as_markdown([]).startswith("# ")


def test_a_wrong_verdict_is_shown_with_the_reason() -> None:
    question = VerdictQuestion(text="Selfie mit Ausweis?", ok=["not_allowed"], never=["allowed"], why="§ 35 BeamtStG")
    green = Reply("answered", "likes", passages=("likes.a",), verdict="allowed")
    page = verdicts_as_markdown(
        [VerdictMiss(question, green, "never"), VerdictMiss(question, Reply("choices"), "other")]
    )
    assert "Richtig: not_allowed; nie: allowed. Gekommen: allowed answered likes." in page
    assert "§ 35 BeamtStG" in page and "Passagen: likes.a." in page
    assert "Richtig: not_allowed. Gekommen: none choices." in page


def test_who_was_not_met_and_who_was_taken_for_somebody_in_need() -> None:
    page = needs_as_markdown(
        [
            NeedMiss(NeedMessage(text="Hilfe!", need="panic"), Reply("answered", "likes")),
            NeedMiss(NeedMessage(text="Akku tot", need="none"), Reply("answered", help="crisis")),
        ]
    )
    assert "- Hilfe! (erwartet: panic; gekommen: answered likes)" in page
    assert "- Akku tot (erwartet: keine Not; gekommen: crisis)" in page
