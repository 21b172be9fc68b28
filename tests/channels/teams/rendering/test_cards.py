"""The card a contact point gets: all of the text, nothing but text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.teams.delivery.connector_api import LARGEST_BYTES
from lotse.channels.teams.rendering.cards import MOST_LINES, render_handover_card
from lotse.content.wording import load_wording

DATA = Path(__file__).parents[4] / "data"
WORDING = load_wording(DATA).handover


def runs(activity: dict[str, Any]) -> list[str]:
    (attachment,) = activity["attachments"]
    card = attachment["content"]
    assert (attachment["contentType"], card["type"], card["version"]) == (
        "application/vnd.microsoft.card.adaptive",
        "AdaptiveCard",
        "1.5",
    )
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    return [run["text"] for block in card["body"] for run in block["inlines"]]


def test_the_card_says_who_is_asked_what_by_whom() -> None:
    activity = render_handover_card("Pressestelle", "Darf ich das?\n\nUnd als Beamtin?", "Zimmer 12", WORDING)
    assert runs(activity) == [
        "Frage an: Pressestelle",
        "Darf ich das?",
        "Und als Beamtin?",
        "Von: Zimmer 12",
        WORDING.card["origin"],
    ]
    # What a notification shows.
    assert activity["summary"] == "Frage an: Pressestelle"


def test_without_a_name_the_card_says_so() -> None:
    activity = render_handover_card("Pressestelle", "Darf ich das?", None, WORDING)
    assert WORDING.card["anonymous"] in runs(activity)
    assert WORDING.card["sender"] + ":" not in str(activity)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_language_has_the_same_headings(language: str) -> None:
    card = load_wording(DATA, language).handover.card
    assert card.keys() == WORDING.card.keys()
    assert "{office}" in card["title"]


@given(st.text(max_size=300), st.one_of(st.none(), st.text(min_size=1, max_size=60)))
def test_whatever_is_written_stays_text(question: str, name: str | None) -> None:
    activity = render_handover_card("Pressestelle", question, name, WORDING)
    shown = runs(activity)
    assert "".join(question.split()) in "".join("".join(shown).split())
    assert set(keys(activity)) <= {
        *["type", "summary", "attachments", "contentType", "content", "$schema", "version", "body", "inlines"],
        *["text", "weight", "size", "isSubtle", "spacing", "separator"],
    }
    assert json.loads(json.dumps(activity)) == activity


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def test_a_question_of_many_lines_fills_no_channel() -> None:
    words = [f"w{number}" for number in range(500)]
    activity = render_handover_card("Pressestelle", "\n\n".join(words), None, WORDING)
    said = runs(activity)
    assert len(said) == MOST_LINES + 3
    assert " ".join(said[1:-2]).split() == words
    # With a line for each word it was too large for Teams.
    assert len(json.dumps(activity).encode("utf-16-le")) < LARGEST_BYTES
    few = "\n".join(words[:MOST_LINES])
    assert runs(render_handover_card("Pressestelle", few, None, WORDING))[1:-2] == words[:MOST_LINES]
