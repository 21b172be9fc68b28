"""What the report says about questions that were misunderstood."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.evaluation.error_analysis import as_markdown, explain
from lotse.evaluation.questions import LabelledQuestion
from lotse.evaluation.rest_client import Reply

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
