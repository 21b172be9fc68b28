"""Wishes to delete the conversation, and wishes that are denied: “bitte nicht löschen”."""

from __future__ import annotations

import pytest

from lotse.answering import load_settings
from lotse.answering.phrases import negated
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import DATA, Talk

WORDS = load_settings(DATA).words


# --- deleting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["vergiss alles", "Löschen Sie das Gespräch", "forget everything", "weg damit"])
def test_a_typed_wish_to_delete_is_asked_back_about(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_blocking")
    answer = talk.say({"forget_me": 0.99}, text=text)
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.forget_or_not)
    assert talk.offers == ["/forget_me", "/keep_conversation"]
    assert talk.memory["topic"] == "blocking"


@pytest.mark.parametrize("text", ["ja", "Ja, bitte löschen!", "yes please", "klar", "ja, alles löschen"])
def test_a_plain_yes_right_after_the_question_deletes(talk: Talk, text: str) -> None:
    talk.say("ask_blocking")
    talk.say("forget_me")
    assert talk.say("affirm", text=text).outcome == "forgotten"


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("affirm", "ja, aber nicht alles"),
        ("affirm", "ja, warum denn"),
        ("forget_me", "lösch es endlich"),
        ("deny", "nein"),
        ("keep_conversation", "nein, behalten"),
        ("thank", "👍"),
        ("ask_likes", "ja darf ich liken"),
    ],
)
def test_anything_else_deletes_nothing(talk: Talk, intent: str, text: str) -> None:
    talk.say("ask_blocking")
    talk.say("forget_me")
    assert talk.say(intent, text=text).outcome != "forgotten"
    assert talk.say("affirm", text="ja").outcome != "forgotten" or intent in ("affirm", "forget_me")


def test_a_yes_one_turn_later_deletes_nothing(talk: Talk) -> None:
    talk.say("forget_me")
    talk.say("thank", text="danke")
    assert talk.say("affirm", text="ja").outcome == "smalltalk"


def test_no_and_the_button_keep_the_conversation(assistant: Assistant, talk: Talk) -> None:
    for pressed in (False, True):
        talk.say("ask_blocking")
        talk.say("forget_me")
        answer = talk.pick("/keep_conversation") if pressed else talk.say("deny", text="nein")
        assert answer.short == assistant.wording.kept
        assert talk.memory["topic"] == "blocking"
        assert talk.say("request_reason").topic == "blocking"


@pytest.mark.parametrize(
    "text",
    ["bitte nicht löschen", "lösch das nicht", "please don't delete this", "vergiss das nicht", "nichts löschen!"],
)
def test_a_denied_wish_to_delete_is_not_even_asked_about(assistant: Assistant, talk: Talk, text: str) -> None:
    assert talk.say({"forget_me": 0.9}, text=text).short == assistant.wording.kept


@pytest.mark.parametrize(
    "text", ["Wie lösche ich einen Kommentar?", "Lösch meinen Post bei LinkedIn", "delete my photo"]
)
def test_deleting_something_else_does_not_mean_the_conversation(assistant: Assistant, talk: Talk, text: str) -> None:
    assert talk.say({"forget_me": 0.9, "out_of_scope": 0.25}, text=text).outcome == "refused"
    assert talk.say({"forget_me": 0.9, "ask_likes": 0.05}, text=text).short != assistant.wording.forget_or_not


def test_a_photo_named_in_the_conversation_does_not_hide_the_wish(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"forget_me": 0.9}, text="lösch bitte, was ich hier über das Foto geschrieben habe")
    assert answer.short == assistant.wording.forget_or_not


# --- denied wishes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("request_example", "keine Beispiele bitte"),
        ("request_example", "no examples please"),
        ("request_person", "ich möchte mit niemandem sprechen"),
        ("request_person", "please don't connect me to any person"),
        ("request_sources", "ohne Quellen bitte"),
        ("switch_language", "bitte nicht auf Englisch"),
    ],
)
def test_a_denied_wish_is_not_carried_out(assistant: Assistant, talk: Talk, intent: str, text: str) -> None:
    talk.say("ask_blocking")
    answer = talk.say({intent: 0.95}, text=text, facets={"language": "en"} if intent == "switch_language" else None)
    assert (answer.outcome, answer.short, answer.language) == ("smalltalk", assistant.wording.left_out, "de")


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("request_simpler", "das verstehe ich nicht, einfacher bitte"),
        ("request_person", "ich kann mit niemandem darüber sprechen"),
        ("request_example", "ich kapiere es nicht, hast du vielleicht irgendwo ein Beispiel"),
        ("request_example", "kein Beispiel?"),
        ("request_person", "ich komme nicht weiter, wer hilft"),
    ],
)
def test_a_negation_of_something_else_denies_no_wish(talk: Talk, intent: str, text: str) -> None:
    talk.say("ask_blocking")
    assert talk.say({intent: 0.95}, text=text).outcome in ("explained", "handed_over")


def test_not_in_the_language_of_the_conversation_asks_for_the_other(talk: Talk) -> None:
    talk.say("ask_blocking", language={"code": "en", "certainty": 0.99})
    answer = talk.say({"switch_language": 0.95}, text="please not in English", language="en")
    assert (answer.outcome, answer.language, answer.topic) == ("refined", "de", "blocking")


def test_a_negation_counts_only_near_its_word() -> None:
    wish = WORDS.negated_wishes["forget_me"]
    far = "Ich verstehe das alles hier wirklich überhaupt nicht und bitte darum den Verlauf hier ganz zu löschen"
    assert not negated(far, wish, WORDS.negations, WORDS.negation_distance)
    near = "Bitte nicht den Verlauf löschen"
    assert negated(near, wish, WORDS.negations, WORDS.negation_distance)
