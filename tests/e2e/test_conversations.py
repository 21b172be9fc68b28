"""Every conversation of tests/conversations through real servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Say

FOLDER = Path(__file__).parent.parent / "conversations"


def conversations() -> list[Any]:
    """All conversations with their names."""
    return [
        pytest.param(conversation["turns"], id=f"{path.stem}: {conversation['name']}")
        for path in sorted(FOLDER.glob("*.yml"))
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("turns", conversations())
def test_conversation(turns: list[dict[str, Any]], say: Say) -> None:
    for turn in turns:
        message = say(turn["user"])
        answer, text = message["custom"], message["text"]
        where = f"{turn['user']!r} → {answer['outcome']} {answer['topic']}: {text[:200]}"
        assert answer["outcome"] in [turn["outcome"], *turn.get("or_outcome", [])], where
        if "topic" in turn:
            assert answer["topic"] == turn["topic"], where
        if "language" in turn:
            assert answer["language"] == turn["language"], where
        for part in turn.get("says", []):
            assert part in text, f"{part!r} is missing: {where}"
        for part in turn.get("not_says", []):
            assert part not in text, f"{part!r} should not be there: {where}"
        offered = [item["payload"] for item in answer["follow_ups"]]
        for payload in turn.get("offers", []):
            assert payload in offered, f"{payload} is not offered: {where}"
        if answer["outcome"] in ("answered", "refined", "sources"):
            assert answer["citations"], where
            # A circumstance that makes no difference is answered in one sentence.
            assert bool(answer["points"]) == (answer["outcome"] == "answered") or answer["outcome"] == "refined", where
            assert all(point["cites"] for point in answer["points"]), where
            assert {c["n"] for c in answer["citations"]} == set(range(1, len(answer["citations"]) + 1))
