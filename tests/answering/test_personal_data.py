"""Personal data in a message is masked before anything stores it; nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.answering import Memory
from lotse.answering.input_gate import gate
from lotse.answering.personal_data import MASK, mask
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Darf ich Frau Müller adden?", f"Darf ich Frau {MASK} adden?"),
        ("Herr Dr. von Hagen-Weber folgt mir", f"Herr Dr. {MASK} folgt mir"),
        ("may I block Mr. Smith", f"may I block Mr. {MASK}"),
        ("schreib mir an a.b-c@amt-nord.de ok", f"schreib mir an {MASK} ok"),
        ("ruf an: 0171 2345678!", f"ruf an: {MASK}!"),
        ("call +49 89 1234567 please", f"call {MASK} please"),
        ("IBAN DE89 3704 0044 0532 0130 00", f"IBAN {MASK}"),
        ("Aktenzeichen 4711-08/15 posten?", f"Aktenzeichen {MASK} posten?"),
        ("Urteil 12 C 345/21 teilen", f"Urteil {MASK} teilen"),
        ("Personalnummer 0081523", f"Personalnummer {MASK}"),
        ("case number 33/24", f"case number {MASK}"),
    ],
)
def test_masks_what_points_to_a_person(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Darf ich als Frau am 23.11.2026 um 14:30 vor 150 Gästen posten?",
        "Frau Ministerin, Herr Bürgermeister, Frau Kollegin und Herr Landrat liken das",
        "Gilt Art. 5 Abs. 1 GG und § 33 BeamtStG?",
        "Ich habe 12345 Follower, A13, E9 und wohne in 80331 München",
        "in my case 2 people filed 5 complaints in 2024 and 2025",
        "Mein Fall ging viral",
    ],
)
def test_leaves_everything_else(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=120))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_the_gate_passes_no_personal_data_on() -> None:
    for limit in (10, 2000):
        assert "mueller@web.de" not in gate("Frau Müller, mueller@web.de", Memory(), limit).text
    assert "Müller" not in gate("/ Frau Müller", Memory(), 2000).text


def test_the_person_is_told_once_per_message_and_still_answered(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("ask_blocking", text=f"Darf ich Frau {MASK} blockieren?")
    assert answer.outcome == "answered"
    assert (answer.notice or "").startswith(assistant.wording.notice)
    assert assistant.wording.personal_data in (answer.notice or "")
    assert assistant.wording.personal_data not in (talk.say("ask_likes").notice or "")
