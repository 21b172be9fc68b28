"""Understanding must not get worse: our own held-out questions, written by a hand that wrote no training message."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

QUESTIONS = Path(__file__).parent.parent / "questions" / "test.jsonl"


def verdict(row: dict[str, Any], answer: dict[str, Any]) -> str:
    """How one first message ended."""
    good = {row["topic"], *row["also"]}
    if answer["outcome"] in ("answered", "refined"):
        return "right" if answer["topic"] in good else "wrong"
    offered = {item["payload"].removeprefix("/ask_") for item in answer["follow_ups"]}
    return "offered" if answer["outcome"] == "choices" and offered & good else str(answer["outcome"])


def test_our_held_out_questions(base_url: str) -> None:
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["topic"] == "chitchat":
            continue
        body = {"sender": uuid4().hex, "message": row["text"]}
        [message] = requests.post(f"{base_url}/webhooks/rest/webhook", json=body, timeout=60).json()
        counts[row["topic"] != "out_of_scope"][verdict(row, message["custom"])] += 1
    inside, outside = counts[True], counts[False]
    total = inside.total()
    assert inside["right"] / total >= 0.82, inside
    assert (inside["right"] + inside["offered"]) / total >= 0.91, inside
    assert inside["wrong"] / total <= 0.08, inside
    assert outside["wrong"] / outside.total() <= 0.08, outside
