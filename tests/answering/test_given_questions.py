"""Giving a question that was not answered: who is asked, what is shown, and what a yes keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lotse.answering import Answer, Memory
from lotse.answering.given_questions import asked_for
from lotse.answering.personal_data import mask
from lotse.conversation.assistant import Assistant
from lotse.rasa_adapter.names import QUESTION_SLOT
from tests.answering.conftest import Talk

ASKED = "Wo beantrage ich denn eigentlich Elternzeit?"


def offers(answer: Answer, move: str = "offer_question") -> list[str]:
    return [choice.payload for choice in answer.follow_ups if choice.payload.startswith(f"/{move}")]


def kept(talk: Talk) -> list[Any]:
    """What this turn tells the tracker store."""
    return [event["value"] for event in talk.turn.events if event["name"] == QUESTION_SLOT]


def refused(talk: Talk) -> str:
    [offer] = offers(talk.say("out_of_scope", ASKED))
    return offer


def test_under_a_refusal_one_quiet_choice_stands_last(talk: Talk) -> None:
    answer = talk.say("out_of_scope", ASKED)
    assert offers(answer) == [answer.follow_ups[-1].payload]
    assert answer.follow_ups[-1].label == "Frage ohne Namen freigeben"
    assert answer.notice is None
    assert kept(talk) == []


def test_the_text_is_shown_before_anything_is_kept_and_kept_as_it_was_shown(talk: Talk, assistant: Assistant) -> None:
    asking = talk.pick(refused(talk))
    assert f"„{ASKED}“" in asking.short
    assert str(assistant.settings.improvement.question_days) in asking.short
    assert kept(talk) == []
    [yes] = offers(asking, "give_question")
    given = talk.pick(yes)
    [question] = kept(talk)
    assert (question["text"], question["outcome"], question["language"]) == (ASKED, "refused", "de")
    [back] = offers(given, "withdraw_question")
    talk.pick(back)
    assert kept(talk) == [{"id": question["id"], "language": "de"}]


def test_words_do_as_well_as_buttons(talk: Talk) -> None:
    refused(talk)
    assert offers(talk.pick("frage ohne namen freigeben"), "give_question")
    talk.say("affirm", "Ja, gerne")
    assert [question["text"] for question in kept(talk)] == [ASKED]


@pytest.mark.parametrize(("intent", "text"), [("deny", "nein"), ("deny", "Nein, nicht freigeben"), ("thank", "danke")])
def test_without_a_yes_nothing_is_kept(talk: Talk, intent: str, text: str) -> None:
    talk.pick(refused(talk))
    talk.say(intent, text)
    assert kept(talk) == []


def test_a_yes_keeps_nothing_unless_the_question_was_asked_for(talk: Talk) -> None:
    refused(talk)
    talk.say("affirm", "ja")
    assert kept(talk) == []
    assert asked_for(Memory()) is None


def test_each_choice_acts_on_the_question_it_stands_under(talk: Talk) -> None:
    first = refused(talk)
    talk.say("out_of_scope", "Wie viel Urlaub bekomme ich im Jahr?")
    assert f"„{ASKED}“" in talk.pick(first).short
    for number in range(3):
        talk.say("out_of_scope", f"Und wer zahlt mir eigentlich Umzug Nummer {number}?")
    assert offers(talk.pick(first), "give_question") == []


def test_a_question_is_asked_for_once_it_was_given_no_more(talk: Talk) -> None:
    [yes] = offers(talk.pick(refused(talk)), "give_question")
    talk.pick(yes)
    assert offers(talk.say("out_of_scope", ASKED)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mein Kollege Hans Müller fragt, wo er Elternzeit beantragt",
        "Wo beantrage ich Elternzeit? Meine Adresse ist mueller@example.org",
        "Rente?",
        "Das ist eine lange Geschichte, und sie hört nicht auf. " * 8,
    ],
)
def test_nobody_is_asked_for_names_scraps_or_stories(talk: Talk, text: str) -> None:
    assert offers(talk.say("out_of_scope", mask(text))) == []


def test_nobody_in_need_is_asked(talk: Talk) -> None:
    answer = talk.say("out_of_scope", "Ich kann nicht mehr und will nicht mehr leben", need=("crisis", 0.95))
    assert answer.help is not None
    assert offers(answer) == []


def test_topics_to_choose_from_are_no_failure_until_none_of_them_was_meant(talk: Talk) -> None:
    unsure = {"ask_likes": 0.16, "ask_reposts": 0.15, "ask_opinions": 0.14}
    assert offers(talk.say(unsure, ASKED)) == []
    [offer] = offers(talk.pick("/none_of_these"))
    assert f"„{ASKED}“" in talk.pick(offer).short


def test_an_answered_question_is_never_asked_for(talk: Talk) -> None:
    assert offers(talk.say("ask_blocking", "Darf ich meinen Chef blockieren?")) == []


def test_an_authority_can_switch_it_off(assistant: Assistant) -> None:
    silent = assistant.settings.improvement.copy(update={"ask_for_questions": False})
    talk = Talk(replace(assistant, settings=assistant.settings.copy(update={"improvement": silent})))
    answer = talk.say("out_of_scope", ASKED)
    assert offers(answer) == []
    assert talk.memory["open_questions"] == []
