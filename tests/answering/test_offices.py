"""After offices were named: one of them alone, and how to reach it. What the house has not filled in is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.answering import Answer
from lotse.conversation.assistant import Assistant

from .conftest import Talk

DIRECTORY = "Telefonverzeichnis"


@pytest.fixture
def helped(talk: Talk) -> Talk:
    talk.say("ask_blocking", "Darf ich einen Bürger blockieren?")
    talk.say("request_person", "ich will mit jemandem sprechen")
    return talk


def asks(talk: Talk, text: str) -> Answer:
    # The classifier knows such messages as a wish for a person, or not at all.
    return talk.say({"request_person": 0.6, "unclear": 0.3}, text)


@pytest.mark.parametrize(
    "text", ["die Nummer bitte", "Wie erreiche ich die?", "hast du eine E-Mail-Adresse?", "what's their number please"]
)
def test_whoever_asks_for_a_number_is_told_where_it_stands(helped: Talk, text: str) -> None:
    answer = asks(helped, text)
    assert answer.outcome == "handed_over"
    assert DIRECTORY in answer.short
    assert answer.contacts[0].label == "Führungskraft"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("vom Personalrat", "Personalrat"),
        ("lieber mit der Pressestelle", "Pressestelle"),
        ("und die Datenschutzbeauftragte?", "Datenschutzbeauftragte oder Datenschutzbeauftragter"),
        ("mein Chef", "Führungskraft"),
        ("die Nummer vom Personalrat bitte", "Personalrat"),
    ],
)
def test_an_office_that_is_named_comes_alone_with_the_draft_for_it(helped: Talk, text: str, label: str) -> None:
    answer = asks(helped, text)
    assert [contact.label for contact in answer.contacts] == [label]
    assert [office.label for office in helped.handover.offices] == [label]
    assert DIRECTORY in answer.short


@pytest.fixture
def with_a_number(assistant: Assistant) -> Talk:
    """The same in a house that has filled in the phone of one office."""
    guide = assistant.guides["de"]
    known = guide.contacts["personnel_council"].copy(update={"phone": "+49 711 123-0"})
    filled = replace(guide, contacts={**guide.contacts, "personnel_council": known})
    talk = Talk(replace(assistant, guides={**assistant.guides, "de": filled}))
    talk.say("ask_blocking")
    talk.say("request_person")
    return talk


def test_a_number_that_the_house_has_filled_in_is_said(with_a_number: Talk) -> None:
    answer = asks(with_a_number, "die Nummer vom Personalrat")
    assert [contact.phone for contact in answer.contacts] == ["+49 711 123-0"]
    assert DIRECTORY not in answer.short


@pytest.mark.parametrize("text", ["Darf ich die Nummer vom Personalrat posten?", "Mein Chef liest meine Posts"])
def test_a_message_that_says_more_is_no_wish_for_an_office(helped: Talk, text: str) -> None:
    assert helped.say("ask_posting_about_work", text).topic == "posting_about_work"


def test_without_offices_before_a_name_of_one_is_a_message_like_others(talk: Talk) -> None:
    talk.say("ask_blocking")
    assert talk.say({"refine": 0.9}, "und der Personalrat?", passages={}).outcome != "handed_over"


@pytest.mark.parametrize(("text", "labels"), [("the press office please", ["Press office"]), ("what is it?", None)])
def test_a_word_that_many_offices_have_names_none(talk: Talk, text: str, labels: list[str] | None) -> None:
    talk.say("ask_blocking", "May I block a citizen?", language={"code": "en", "certainty": 1.0})
    talk.say("request_person", "I want to talk to somebody")
    answer = asks(talk, text)
    if labels:
        assert [contact.label for contact in answer.contacts] == labels
    else:
        assert len(answer.contacts) != 1


def test_of_two_offices_both_are_told_though_one_can_be_reached_only(assistant: Assistant, with_a_number: Talk) -> None:
    answer = asks(with_a_number, "Personalrat und Pressestelle bitte")
    assert [contact.label for contact in answer.contacts] == ["Personalrat", "Pressestelle"]
    assert assistant.wording.offices.reached.format(offices="Personalrat") in answer.short
    assert assistant.wording.offices.not_known.format(offices="Pressestelle") in answer.short


def test_nobody_is_sent_to_the_person_they_complain_about(talk: Talk) -> None:
    talk.say("ask_hostility", "Mein Chef beleidigt mich auf Facebook", facets={"person": "superior"})
    talk.say("request_person", "ich will mit jemandem sprechen")
    labels = [contact.label for contact in asks(talk, "mein Chef").contacts]
    assert labels and "Führungskraft" not in labels
