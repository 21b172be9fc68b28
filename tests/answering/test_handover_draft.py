"""Handing a question over to a person: what counts as the question, and what the draft holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lotse.answering.handover_draft import MAX_QUESTION, hand_over, mailto, shortened
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

ASKED = "Mein Chef folgt mir auf Instagram. Darf ich ihn blockieren?"
OUTSIDE = "Und wie viele Urlaubstage stehen mir in diesem Jahr eigentlich zu?"
ADDED = "Und wie ist das bei einer Kollegin?"


def draft(talk: Talk) -> str:
    answer = talk.say("request_person", text="Ich möchte mit jemandem sprechen")
    assert (answer.outcome, (talk.turn.payload or {})["handover"]) == ("handed_over", talk.handover.dict())
    return talk.handover.question


def test_nothing_asked_yet_is_an_empty_draft(assistant: Assistant, talk: Talk) -> None:
    talk.say("greet")
    assert draft(talk) == ""
    handover = talk.handover
    assert handover.subject == assistant.wording.handover.subject_general
    assert [office.id for office in handover.offices] == assistant.settings.general_contacts


@pytest.mark.parametrize("topic", ["blocking", "event_photos", "account_security"])
def test_the_offices_and_the_subject_are_those_of_the_topic(assistant: Assistant, talk: Talk, topic: str) -> None:
    talk.say(f"ask_{topic}", text=ASKED)
    assert draft(talk) == ASKED
    answer = talk.turn.answer
    assert [office.id for office in talk.handover.offices] == assistant.guide.topics[topic].contacts
    assert [office.label for office in talk.handover.offices] == [contact.label for contact in answer.contacts]
    assert assistant.guide.topics[topic].title in talk.handover.subject


@pytest.mark.parametrize(
    "said", ["thank", "request_sources", "request_simpler", "unclear", "affirm", "deny", "greet", "request_person"]
)
def test_what_is_said_about_the_conversation_is_not_the_question(talk: Talk, said: str) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say(said, text="Das hier sagt etwas über das Gespräch und fragt nichts")
    assert draft(talk) == ASKED


def test_a_follow_up_goes_along_with_its_question(talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say("refine", text="Und als Beamtin?")
    talk.say("refine", text=ADDED, facets={"person": "colleague"})
    assert draft(talk) == f"{ASKED}\n{ADDED}"


def test_what_somebody_else_wrote_is_no_part_of_the_draft(talk: Talk) -> None:
    talk.say("ask_blocking", text=f"{ASKED}\n\n> Alle doof hier\n> Kim")
    assert draft(talk) == ASKED
    # Forwarded without a word of one's own.
    talk.say("ask_blocking", text="> Alle doof hier in der ganzen Abteilung, sagt Kim")
    assert draft(talk) == ASKED


def test_a_new_question_replaces_the_old_one(talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say("refine", text=ADDED)
    talk.say("ask_event_photos", text="Darf ich die Fotos vom Sommerfest der Abteilung zeigen?")
    assert draft(talk) == "Darf ich die Fotos vom Sommerfest der Abteilung zeigen?"


def test_a_refused_question_can_be_asked_elsewhere_but_is_not_of_the_last_topic(
    assistant: Assistant, talk: Talk
) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say("out_of_scope", text=OUTSIDE)
    assert draft(talk) == OUTSIDE
    assert talk.handover.subject == assistant.wording.handover.subject_general


def test_a_question_in_another_language_can_be_handed_over_too(talk: Talk) -> None:
    turkish = "Patronumu sosyal medyada engelleyebilir miyim acaba"
    answer = talk.say("ask_blocking", text=turkish, language={"code": "tr", "certainty": 0.99})
    assert (answer.outcome, answer.language) == ("refused", "tr")
    assert draft(talk) == turkish


def test_picking_one_of_the_choices_keeps_the_own_words(talk: Talk) -> None:
    talk.say({"ask_blocking": 0.2, "ask_networking": 0.15}, text=ASKED)
    talk.pick(talk.offers[1])
    assert draft(talk) == ASKED


def test_a_topic_picked_on_its_own_is_the_question(assistant: Assistant, talk: Talk) -> None:
    talk.say("greet")
    payload = talk.offers[0]
    talk.pick(payload)
    assert draft(talk) == assistant.guide.topics[payload.removeprefix("/ask_")].title


def test_telling_the_status_by_a_button_asks_nothing(talk: Talk) -> None:
    talk.say("ask_opinions", text=ASKED)
    talk.pick('/refine{"status": "beamte", "topic": "opinions"}')
    assert draft(talk) == ASKED


def test_a_long_question_is_cut_at_a_word(talk: Talk) -> None:
    talk.say("ask_blocking", text="Darf ich das wirklich? " * 80)
    talk.say("refine", text="Und das? " * 120)
    question = draft(talk)
    assert len(question) <= MAX_QUESTION + 1
    assert question.split("\n")[0].endswith("…")
    assert set(question.replace("…", " ").split()) <= {"Darf", "ich", "das", "wirklich?", "Und", "das?"}


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [(" kurz ", 10, "kurz"), ("eins zwei drei", 10, "eins zwei…"), ("x" * 20, 10, "x" * 9 + "…"), ("", 5, "")],
)
def test_shortening(text: str, longest: int, expected: str) -> None:
    assert shortened(text, longest) == expected


def test_an_office_with_a_channel_can_be_delivered_to(assistant: Assistant) -> None:
    office = assistant.guide.contacts["press_office"].copy(
        update={"email": "presse@example.org", "teams_channel": "19:presse@thread.tacv2"}
    )
    contacts = {**assistant.guide.contacts, "press_office": office}
    handover = hand_over(contacts, ["press_office", "superior", "gone"], "Darf ich?", "Frage")
    assert [(item.id, item.deliverable, item.email) for item in handover.offices] == [
        ("press_office", True, "presse@example.org"),
        ("superior", False, None),
    ]
    # The channel itself is nobody's business outside.
    assert "thread" not in handover.json()


def test_every_language_speaks_of_the_same_offices(assistant: Assistant) -> None:
    english = assistant.guides["en"].contacts
    changed = {name: replace_channel(contact) for name, contact in english.items()}
    handover = hand_over(changed, ["press_office"], "May I?", "Question")
    assert (handover.offices[0].label, handover.offices[0].deliverable) == ("Press office", True)


def replace_channel(contact: Any) -> Any:
    return contact.copy(update={"teams_channel": "19:x@thread.tacv2"})


@pytest.mark.parametrize("text", ["Darf ich?", "Straße & Co: 100 % = ?\nZweite Zeile", "a?b&cc=x@example.org#", ""])
def test_a_mail_link_carries_the_text_and_nothing_else(text: str) -> None:
    link = urlsplit(mailto("rat@example.org", "Frage: „Ja & Nein“", text))
    assert (link.scheme, link.path, link.fragment) == ("mailto", "rat@example.org", "")
    fields = parse_qs(link.query)
    assert fields.pop("subject") == ["Frage: „Ja & Nein“"]
    assert fields.pop("body", [""]) == [text.replace("\n", "\r\n")]
    assert fields == {}


def test_an_odd_address_adds_no_field_to_a_mail() -> None:
    assert parse_qs(urlsplit(mailto("a@b.example?cc=c@d.example", "S", "B")).query) == {"subject": ["S"], "body": ["B"]}


def test_without_an_address_the_person_fills_it_in() -> None:
    assert mailto(None, "S", "B") == "mailto:?subject=S&body=B"


def test_a_mail_link_is_short_enough_for_mail_programs() -> None:
    question = shortened(
        "Darf ich über das öffentliche Gespräch mit der Bürgermeisterin schreiben? " * 20, MAX_QUESTION
    )
    assert len(mailto("pressestelle@example.org", "Frage zu Social Media: " + "x" * 90, question)) < 2000


def test_a_desk_in_pieces_still_hands_over(assistant: Assistant, talk: Talk) -> None:
    guide = replace(assistant.guide, contacts={})
    talk.assistant = replace(assistant, guides={**assistant.guides, "de": guide})
    talk.say("request_person")
    assert talk.handover.offices == []


def test_a_refused_question_is_left_when_the_message_names_the_topic_before_it(talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say("out_of_scope", text=OUTSIDE)
    talk.say({"request_person": 0.6, "ask_blocking": 0.35}, text="Und wen frage ich wegen dem Blockieren?")
    assert talk.handover.question == ASKED


def test_a_refused_question_is_not_left_for_a_topic_that_nobody_asked_about(talk: Talk) -> None:
    talk.say("ask_likes", text="Darf ich Beiträge liken?")
    talk.say("out_of_scope", text=OUTSIDE)
    talk.say({"request_person": 0.6, "ask_blocking": 0.35}, text="Und wen frage ich wegen dem Blockieren?")
    assert talk.handover.question == OUTSIDE


def test_words_of_somebody_in_need_do_not_come_back_as_a_draft(talk: Talk) -> None:
    talk.say("ask_hostility", text="Er steht jeden Abend vor meiner Tür", need=("violence", 0.98))
    talk.say("out_of_scope", text=OUTSIDE)
    assert talk.memory["answered_question"] == []


def test_a_refused_question_is_the_draft_for_who_only_wants_a_person(talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    talk.say("out_of_scope", text=OUTSIDE)
    assert draft(talk) == OUTSIDE


def test_what_was_told_of_an_own_mistake_is_no_draft(talk: Talk) -> None:
    talk.say("ask_consequences", text="Soll ich das einfach löschen und sagen, dass ich es nicht war?")
    assert draft(talk) == ""
    talk.say("ask_blocking", text=ASKED)
    assert draft(talk) == ASKED


def test_somebody_to_ask_in_the_language_spoken_is_no_wish_for_plain_words(talk: Talk) -> None:
    talk.say("ask_blocking", text="May I block my boss on Instagram?", language={"code": "en", "certainty": 0.99})
    wish = {"switch_language": 0.7, "request_person": 0.25}
    answer = talk.say(wish, text="Is there someone I can ask who speaks English?", language="en")
    assert (answer.outcome, answer.language) == ("handed_over", "en")
