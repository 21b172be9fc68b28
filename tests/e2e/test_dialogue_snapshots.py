"""Every turn of our own dialogues, through real servers, ends as it ended before. See tests/snapshots/README.md.

Only what does not depend on how a machine rounds is compared: no probabilities.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from lotse.conversation.assistant import Assistant
from lotse.evaluation.questions import Dialogue, load_material
from tests.conftest import Snapshot

ROOT = Path(__file__).parents[2]
FILES = ["dialogues", "later_dialogues"]
OVERDUE = [wording.overdue for wording in Assistant.load(ROOT / "data").wordings.values()]


def turns(base_url: str, dialogue: Dialogue) -> list[dict[str, Any]]:
    """What each turn of a dialogue comes to, in a conversation of its own."""
    sender, seen = uuid4().hex, []
    for turn in dialogue.turns:
        body = {"sender": sender, "message": turn.text}
        response = requests.post(f"{base_url}/webhooks/rest/webhook", json=body, timeout=60)
        [message] = response.json()
        seen.append({"said": turn.text, **outcome(message["custom"], message["text"])})
    return seen


def outcome(answer: dict[str, Any], text: str) -> dict[str, Any]:
    """How a turn ended: the parts a reader recognises, and a hash of the whole text."""
    for sentence in OVERDUE:
        # Comes by itself when a review becomes due.
        text = text.replace(sentence, "")
    return {
        "outcome": answer["outcome"],
        "topic": answer["topic"],
        "language": answer["language"],
        "verdict": answer["verdict"],
        "status": answer["addressed"],
        "passages": list(dict.fromkeys(citation["passage"] for citation in answer["citations"])),
        "offers": [item["payload"] for item in answer["follow_ups"]],
        "text": hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16],
    }


@pytest.mark.parametrize("name", FILES)
def test_dialogues_go_as_they_went(name: str, base_url: str, snapshot: Snapshot) -> None:
    dialogues = load_material([ROOT / "tests" / "questions" / f"{name}.jsonl"]).dialogues
    lines = [
        json.dumps({"dialogue": number, **turn}, ensure_ascii=False)
        for number, dialogue in enumerate(dialogues, start=1)
        for turn in turns(base_url, dialogue)
    ]
    snapshot(f"dialogues/{name}.jsonl", "\n".join(lines) + "\n")
