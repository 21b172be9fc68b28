"""Which choice a typed message picks."""

from __future__ import annotations

import pytest

from lotse.answering import Memory, Offer, load_settings
from lotse.answering.input_gate import gate
from lotse.answering.picks import picked
from tests.answering.conftest import DATA

WORDS = load_settings(DATA).words.picks
TOPICS = [
    Offer(label="Darf ich meine Meinung sagen?", payload="/ask_opinions"),
    Offer(label="Was darf ich in Messengern schreiben?", payload="/ask_messengers"),
    Offer(label="Darf ich Fotos von Feiern zeigen?", payload="/ask_event_photos"),
]
OTHERS = [Offer(label="Nichts davon", payload="/none_of_these"), Offer(label="Ja, löschen", payload="/forget_me")]
CHOICES = Memory(offered=[*TOPICS, *OTHERS], listed=5, choosing=True)
AFTER_AN_ANSWER = CHOICES.copy(update={"choosing": False})


@pytest.mark.parametrize(
    "text",
    [
        *[
            "2",
            "2.",
            "(2)",
            "#2",
            "nr 2",
            "Nummer 2 bitte",
            "die 2 bitte",
            "Option 2!",
            "No. 2",
            "2️⃣",
            "②",
            "ich nehme die 2",
        ],
        *["zwei", "Zwo bitte", "das zweite", "die zweite Frage, bitte", "Die Zweite."],
        *["the second one", "number two please", "second", "I'd like the second question", "2nd one please"],
    ],
)
def test_the_second_choice_is_picked_in_all_these_words(text: str) -> None:
    for memory in (CHOICES, AFTER_AN_ANSWER):
        offer = picked(text, memory, WORDS)
        assert offer is not None and offer.payload == "/ask_messengers", text


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("das letzte", "/forget_me"),
        ("the last one", "/forget_me"),
        ("das vorletzte bitte", "/none_of_these"),
        ("first", "/ask_opinions"),
        ("Punkt drei", "/ask_event_photos"),
        ("third please", "/ask_event_photos"),
        ("nichts davon!", "/none_of_these"),
    ],
)
def test_a_position_or_a_label_picks(text: str, payload: str) -> None:
    offer = picked(text, CHOICES, WORDS)
    assert offer is not None and offer.payload == payload


@pytest.mark.parametrize(
    "text",
    [
        *[
            "2 Kollegen haben mich blockiert",
            "Darf ich 2 Fotos posten?",
            "in 2 Minuten",
            "2 und 3",
            "das erste oder das zweite",
        ],
        *["mein zweites Konto", "beim zweiten Mal", "the second account", "zwei Fragen", "letzte Woche war das"],
        *["7", "das sechste", "", "?", "bitte", "die", "erstellen"],
    ],
)
def test_a_number_in_a_real_message_picks_nothing(text: str) -> None:
    for memory in (CHOICES, AFTER_AN_ANSWER):
        assert picked(text, memory, WORDS) is None


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("Messenger", "/ask_messengers"),
        ("das mit den Messengern", "/ask_messengers"),
        ("Fotos", "/ask_event_photos"),
        ("die Frage zu den Fotos bitte", "/ask_event_photos"),
        ("meine Meinung", "/ask_opinions"),
    ],
)
def test_a_word_of_one_choice_picks_it(text: str, payload: str) -> None:
    offer = picked(text, CHOICES, WORDS)
    assert offer is not None and offer.payload == payload
    assert picked(text, AFTER_AN_ANSWER, WORDS) is None


@pytest.mark.parametrize("text", ["darf ich", "Fotos und Messenger", "Kollegen", "löschen", "davon", "nicht löschen"])
def test_a_word_of_no_choice_or_of_several_picks_nothing(text: str) -> None:
    assert picked(text, CHOICES, WORDS) is None


def test_without_choices_nothing_is_picked() -> None:
    for memory in (Memory(), Memory(offered=TOPICS, listed=0), Memory(offered=TOPICS, listed=-2)):
        assert picked("das zweite", memory, WORDS) is None


def test_the_second_question_of_a_message_is_not_the_second_choice() -> None:
    memory = AFTER_AN_ANSWER.copy(update={"second": "opinions"})
    second, button = picked("und die zweite Frage?", memory, WORDS), picked("2", memory, WORDS)
    assert second is not None and second.payload == "/ask_opinions"
    assert button is not None and button.payload == "/ask_messengers"


def test_the_gate_passes_the_payload_of_what_was_picked() -> None:
    assert gate("  die zweite bitte ", CHOICES, 200, WORDS).text == "/ask_messengers"
    assert gate("die zweite Abmahnung", CHOICES, 200, WORDS).text == "die zweite Abmahnung"


@pytest.mark.parametrize(("text", "payload"), [("das letzte", "/forget_me"), ("die 6", "/offer_question")])
def test_the_quiet_choice_below_the_others_is_not_the_last_one(text: str, payload: str) -> None:
    quiet = Offer(label="Frage freigeben", payload='/offer_question{"question": "1"}')
    offer = picked(text, Memory(offered=[*TOPICS, *OTHERS, quiet], listed=6, choosing=True), WORDS)
    assert offer is not None
    assert offer.payload.partition("{")[0] == payload
