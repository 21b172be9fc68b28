"""What comes of activities, with a stand-in for the turns: over real tokens and a fake Connector."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotse.answering.answer import FollowUp
from lotse.channels.teams.activities import parse_activity
from lotse.channels.teams.activities.events import sender_id
from lotse.channels.teams.bot import TURNS_AT_ONCE
from lotse.channels.teams.settings import read_settings
from lotse.conversation.assistant import Assistant
from tests.channels.teams.exchange import done, give, give_all, handed_in, ratings
from tests.channels.teams.stand_in_turns import KEY, OFFERED, OFFICE, Bot
from tools.fake_azure.connector import Arrived
from tools.fake_azure.server import BOT_ID, USER_ID, FakeAzure, Fault


def texts(azure: FakeAzure, conversation: str | None = None) -> list[str]:
    return [item.activity["text"] for item in azure.sent(conversation)]


MENTION = {"type": "mention", "text": "<at>Lotse</at>", "mentioned": {"id": BOT_ID, "name": "Lotse"}}


def in_group(activity: dict[str, Any]) -> dict[str, Any]:
    """The same in a group chat."""
    return {**activity, "conversation": {**activity["conversation"], "id": "19:g", "conversationType": "groupChat"}}


def sender_of(activity: dict[str, Any]) -> str:
    return sender_id(KEY, parse_activity.read(activity).envelope)


# --- questions and answers ------------------------------------------------------------------------------------------


async def test_the_connector_has_its_answer_before_the_turn_is_over(bot: Bot, azure: FakeAzure) -> None:
    bot.turns.go.clear()
    question = azure.message("Darf ich bloggen?")
    assert await give(bot, azure, question) == [200]
    assert azure.sent() == []
    bot.turns.go.set()
    await done(bot)
    [answer] = azure.sent()
    assert "Antwort auf: Darf ich bloggen?" in answer.activity["text"]
    assert answer.body["replyToId"] == question["id"]
    assert answer.conversation == question["conversation"]["id"]
    assert len(azure.sent(kind="typing")) == 1
    assert [item.kind for item in azure.connector.arrived] == ["typing", "message", "card"]


async def test_nothing_pops_up_and_nobody_is_named(bot: Bot, azure: FakeAzure) -> None:
    await give(bot, azure, azure.message("Darf ich bloggen?"))
    await done(bot)
    sent = json.dumps(azure.sent()[0].body, ensure_ascii=False)
    assert "Kim Beispiel" not in sent
    assert not azure.sent()[0].activity.get("channelData", {}).get("notification", {}).get("alert", False)


async def test_a_repeated_activity_is_answered_once(
    bot: Bot, azure: FakeAzure, assistant: Assistant, tmp_path: Path
) -> None:
    question = azure.message("Darf ich bloggen?")
    assert await give(bot, azure, *[question] * 5) == [200] * 5
    await done(bot)
    assert await give(bot, azure, question) == [200]
    await done(bot)
    assert len(azure.sent()) == 1
    # Another server, or the same after a restart: it knows nothing of the activity, but the tracker store does.
    other = Bot(azure.settings(), assistant, tmp_path, bot.turns)
    await give(other, azure, question)
    await other.finish()
    assert len(azure.sent()) == 1
    assert bot.turns.order == ["Darf ich bloggen?"]


async def test_answers_come_in_the_order_of_the_questions(bot: Bot, azure: FakeAzure) -> None:
    bot.turns.go.clear()
    await give(bot, azure, *(azure.message(f"Frage {number}") for number in range(10)))
    bot.turns.go.set()
    await done(bot)
    assert bot.turns.order == [f"Frage {number}" for number in range(10)]
    said = texts(azure)
    assert len(said) == 10
    assert all(f"Frage {number}" in text for number, text in enumerate(said))


async def test_threads_and_persons_have_conversations_of_their_own(bot: Bot, azure: FakeAzure) -> None:
    thread, other_thread = (f"19:team@thread.tacv2;messageid={number}" for number in (1, 2))
    somebody = {"id": "29:somebody", "aadObjectId": "99999999-2222-4333-8444-555555555555"}
    activities = [
        azure.message("persönlich"),
        azure.message("erster Faden", thread),
        azure.message("zweiter Faden", other_thread),
        azure.message("jemand anderes", thread, **{"from": somebody}),
    ]
    await give(bot, azure, *activities)
    await done(bot)
    assert len({sender_of(activity) for activity in activities}) == 4
    assert sorted(bot.turns.asked) == sorted(sender_of(activity) for activity in activities)
    assert all(sender.startswith("teams-") for sender in bot.turns.asked)
    assert [len(azure.sent(place)) for place in ("a:personal-1", thread, other_thread)] == [1, 2, 1]


async def test_a_button_works_only_where_it_was_offered(bot: Bot, azure: FakeAzure) -> None:
    pressed = {"lotse": {"payload": OFFERED.payload}}
    await give(bot, azure, azure.pressed(pressed, conversation="a:other"))
    await give(bot, azure, azure.message("Darf ich bloggen?"), azure.pressed(pressed))
    await done(bot)
    assert bot.turns.order == ["Darf ich bloggen?", OFFERED.payload]
    [refusal] = texts(azure, "a:other")
    assert "nicht angeboten" in refusal


@pytest.mark.parametrize(
    "payload", ["/ask_blocking", '/request_example{"topic": "blocking"}', '/request_person{"topic": "likes"}']
)
async def test_a_colleague_may_press_what_tells_nothing_of_anybody(bot: Bot, azure: FakeAzure, payload: str) -> None:
    await give_all(bot, azure, in_group(azure.pressed({"lotse": {"payload": payload}})))
    assert bot.turns.order == [payload]
    assert [item.only_for for item in azure.sent()] == [None]


@pytest.mark.parametrize(
    "payload", ["/request_example", '/refine{"status": "beamte", "topic": "blocking"}', "/forget_me", "/ask_nothing"]
)
async def test_who_presses_what_was_not_offered_to_them_in_a_group_is_told_so_alone(
    bot: Bot, azure: FakeAzure, payload: str
) -> None:
    await give_all(bot, azure, in_group(azure.pressed({"lotse": {"payload": payload}})))
    assert bot.turns.order == []
    [refusal] = azure.sent()
    assert refusal.only_for == USER_ID and "nicht angeboten" in refusal.activity["text"]


async def test_nobody_else_reads_the_refusal_if_teams_cannot_send_it_to_one(bot: Bot, azure: FakeAzure) -> None:
    # The first request shows that the bot is typing.
    azure.fail("connector", Fault(202), Fault(400))
    await give_all(bot, azure, in_group(azure.pressed({"lotse": {"payload": "/forget_me"}})))
    assert azure.sent() == []


@pytest.mark.parametrize("one_only", [True, False])
async def test_what_went_wrong_is_told_in_a_group_to_whom_it_happened(
    bot: Bot, azure: FakeAzure, one_only: bool
) -> None:
    bot.turns.failure = RuntimeError("broken")
    # The first request shows that the bot is typing.
    azure.fail("connector", Fault(202), *([] if one_only else [Fault(400)]))
    await give_all(bot, azure, in_group(azure.message("<at>Lotse</at> Darf ich?", entities=[MENTION])))
    assert [item.only_for for item in azure.sent()] == [USER_ID if one_only else None]


async def test_only_the_person_reads_in_a_group_what_became_of_their_form(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, in_group(azure.message("<at>Lotse</at> handed_over: x", entities=[MENTION])))
    await give_all(bot, azure, in_group(handed_in(azure, {"consent": "false"})))
    answer, told = azure.sent("19:g")
    assert (answer.only_for, told.only_for) == (None, USER_ID)


async def test_in_a_group_nobody_is_asked_who_they_are(bot: Bot, azure: FakeAzure) -> None:
    status = FollowUp(label="Ich bin verbeamtet", payload='/refine{"status": "beamte", "topic": "blocking"}')
    bot.turns.offered = [OFFERED, status]
    await give_all(bot, azure, azure.message("Darf ich bloggen?"))
    await give_all(bot, azure, in_group(azure.message("<at>Lotse</at> Darf ich?", entities=[MENTION])))
    private, public = (json.dumps(item.activity, ensure_ascii=False) for item in azure.sent(kind="card"))
    assert OFFERED.label in private and OFFERED.label in public
    assert (status.label in private, status.label in public) == (True, False)


async def test_thousand_conversations_at_once(bot: Bot, azure: FakeAzure) -> None:
    people = [f"a:person-{number}" for number in range(1000)]
    bot.turns.go.clear()
    statuses = await give(bot, azure, *(azure.message(f"Frage von {person}", person) for person in people))
    assert statuses == [200] * 1000
    assert bot.work.waiting == 1000
    bot.turns.go.set()
    await done(bot)
    assert bot.turns.most_at_once <= TURNS_AT_ONCE
    by_person = {item.conversation: item.activity["text"] for item in azure.sent()}
    assert len(azure.sent()) == len(by_person) == 1000
    assert all(f"Frage von {person}" in by_person[person] for person in people)
    # Each answer and its card.
    assert bot.connector.counts.delivered == 2000


async def test_a_turn_that_fails_is_told_in_the_language_of_the_conversation(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    bot.turns.failure = RuntimeError("database gone")
    await give(bot, azure, azure.message("Darf ich bloggen?"))
    await done(bot)
    bot.turns.failure = None
    await give(bot, azure, azure.message("English, please?"))
    await done(bot)
    bot.turns.is_ready = False
    await give(bot, azure, azure.message("And now?"))
    await done(bot)
    assert assistant.wording.error in texts(azure)[0]
    assert assistant.wording.not_ready in texts(azure)[2]


async def test_a_question_offered_in_english_that_fails_is_told_so_in_english(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    bot.turns.failure = RuntimeError("database gone")
    await give_all(bot, azure, azure.message(assistant.guides["en"].topics["likes"].title))
    assert assistant.wordings["en"].error in texts(azure)[0]


async def test_a_question_that_teams_offers_leads_to_its_topic_and_one_like_it_is_understood(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    title = assistant.guide.topics["blocking"].title
    await give(bot, azure, azure.message(f" {title} "), azure.message(f"Und: {title}"))
    await give(bot, azure, azure.message(assistant.guides["en"].topics["likes"].title, "a:english"))
    await done(bot)
    assert sorted(bot.turns.order) == ["/ask_blocking", "/ask_likes", f"Und: {title}"]


async def test_the_client_tells_the_language_of_a_conversation_that_begins(bot: Bot, azure: FakeAzure) -> None:
    for locale, chat in (("en-GB", "a:1"), ("en-GB", "a:1"), ("de-DE", "a:2"), ("fr-FR", "a:3"), ("", "a:4")):
        await give_all(bot, azure, azure.message("LinkedIn?", chat, locale=locale))
    # A message tells it better: who writes German sentences in an English client is answered in German.
    assert bot.turns.languages == ["en", None, None, None, None]


async def test_what_passes_is_sent_again_and_what_does_not_is_counted(
    bot: Bot, azure: FakeAzure, caplog: pytest.LogCaptureFixture
) -> None:
    typing = Fault(500)
    azure.fail("connector", typing, Fault(429, {"Retry-After": "3"}), Fault(502), Fault(503))
    await give(bot, azure, azure.message("eins"))
    await done(bot)
    assert len(azure.sent()) == 1
    assert len(bot.waited) == 3
    assert bot.waited[0] >= 3
    azure.fail("connector", typing, Fault(403))
    await give(bot, azure, azure.message("zwei"), azure.message("drei"))
    await done(bot)
    assert ["drei" in text for text in texts(azure)] == [False, True]
    # Two answers, each with its card.
    assert (bot.connector.counts.delivered, bot.connector.counts.undelivered) == (4, 1)
    assert "stays without an answer" in caplog.text
    assert "zwei" not in caplog.text


async def test_a_rating_names_the_message_and_not_only_the_last_one(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("eins"), azure.message("zwei"))
    first = azure.sent()[0]
    assert first.id is not None
    await give(bot, azure, azure.rated("dislike", "zum ersten", replyToId=first.id))
    await give(bot, azure, azure.rated("like", "zum letzten"))
    await done(bot)
    assert ratings(bot) == [("down", "zum ersten"), ("up", "zum letzten")]


async def test_text_and_cards_come_as_messages_of_their_own_and_only_the_text_can_be_rated(
    bot: Bot, azure: FakeAzure
) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    [answer], cards = azure.sent(), azure.sent(kind="card")
    assert [item.status for item in (answer, *cards)] == [201, 201, 201]
    assert answer.activity["channelData"] == {"feedbackLoop": {"type": "default"}}
    assert "attachments" not in answer.activity
    for card in cards:
        assert len(card.activity["attachments"]) == 1
        assert "channelData" not in card.activity
        # What a notification shows instead of “sent a card”.
        assert card.activity["summary"]
    assert [item.kind for item in azure.connector.arrived] == ["typing", "message", "card", "card"]


async def test_a_card_that_does_not_arrive_leaves_the_answer_and_its_rating(
    bot: Bot, azure: FakeAzure, caplog: pytest.LogCaptureFixture
) -> None:
    azure.fail("connector", Fault(500), Fault(201, body='{"id": "1"}', after=True), Fault(403))
    await give_all(bot, azure, azure.message("eins"), azure.rated("like", replyToId="1"))
    assert (len(azure.sent()), len(azure.sent(kind="card"))) == (1, 0)
    assert ratings(bot) == [("up", None)]
    assert "without an answer" not in caplog.text


async def test_an_answer_that_teams_refuses_comes_as_plain_text_with_its_sources(bot: Bot, azure: FakeAzure) -> None:
    azure.fail("connector", Fault(500), Fault(400))
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    [answer], cards = azure.sent(), azure.sent(kind="card")
    assert answer.activity["textFormat"] == "plain"
    assert "Antwort auf: handed_over" in answer.activity["text"]
    assert not {"entities", "channelData", "attachments"} & set(answer.activity)
    assert len(cards) == 2
    assert bot.connector.counts.simplified == 1


async def test_cards_that_teams_refuses_come_as_plain_text(bot: Bot, azure: FakeAzure) -> None:
    taken = Fault(201, body='{"id": "1"}', after=True)
    azure.fail("connector", Fault(500), taken, Fault(400), taken, Fault(400))
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    _, form, choices = azure.sent()
    assert "handed_over: mit jemandem sprechen" in form.activity["text"]
    assert OFFERED.label in choices.activity["text"]
    assert azure.sent(kind="card") == []


# --- welcome, help ---------------------------------------------------------------------------------------------------


def added(azure: FakeAzure, **fields: Any) -> dict[str, Any]:
    activity = azure.message(type="conversationUpdate", **fields)
    del activity["text"]
    return {**activity, "membersAdded": [{"id": activity["from"]["id"]}, {"id": activity["recipient"]["id"]}]}


async def test_everybody_is_welcomed_once(bot: Bot, azure: FakeAzure) -> None:
    installed = {**azure.message(type="installationUpdate"), "action": "add"}
    await give(bot, azure, installed, added(azure), added(azure))
    await give(bot, azure, added(azure, conversation="a:english", locale="en-GB"))
    await done(bot)
    [german] = azure.sent("a:personal-1")
    [english] = azure.sent("a:english")
    assert "replyToId" not in german.body
    assert german.activity["text"] != english.activity["text"]
    assert len(german.activity["suggestedActions"]["actions"]) <= 3


async def test_a_team_is_welcomed_once_whoever_adds_the_app_again(bot: Bot, azure: FakeAzure) -> None:
    somebody = {"id": "29:somebody", "aadObjectId": "99999999-2222-4333-8444-555555555555"}
    await give_all(bot, azure, in_group(added(azure)), in_group({**added(azure), "from": somebody}))
    assert len(azure.sent()) == 1


async def test_who_has_asked_already_is_not_welcomed_any_more(bot: Bot, azure: FakeAzure) -> None:
    await give(bot, azure, azure.message("Darf ich bloggen?"), added(azure))
    await done(bot)
    assert len(azure.sent()) == 1


async def test_help_is_given_without_a_turn(bot: Bot, azure: FakeAzure) -> None:
    await give(bot, azure, azure.message("Hilfe"), azure.message("help"))
    await done(bot)
    assert bot.turns.order == []
    german, english = azure.sent()
    assert german.activity != english.activity


@pytest.mark.parametrize("personal", [True, False])
async def test_help_and_welcome_that_teams_refuses_arrive_as_plain_text(
    bot: Bot, azure: FakeAzure, assistant: Assistant, personal: bool
) -> None:
    refused = Fault(400)
    azure.fail("connector", refused)
    joined = added(azure)
    await give(bot, azure, joined if personal else in_group(joined))
    await done(bot)
    azure.fail("connector", refused)
    await give(bot, azure, azure.message("Hilfe"))
    await done(bot)
    welcome, told = (item.activity for item in azure.sent())
    assert (welcome["textFormat"], told["textFormat"]) == ("plain", "plain")
    words = assistant.wording.teams
    assert welcome["text"].startswith(words.welcome[0] if personal else words.welcome_team)
    # What could be clicked stands below each other, to be written.
    assert (len(welcome["text"].split("\n- ")) == 4) is personal
    assert set(welcome) & {"suggestedActions", "attachments"} == set()
    assert told["text"].startswith(f"{words.help_title}\n\n{words.help[0]}\n\n- {words.help[1]}")


# --- ratings and forgetting -------------------------------------------------------------------------------------------


async def test_a_rating_of_no_named_message_is_about_the_last_answer(bot: Bot, azure: FakeAzure) -> None:
    await give(bot, azure, azure.message("eins"), azure.message("zwei"))
    await done(bot)
    header = azure.signer.header()
    body = json.dumps(azure.rated("dislike", '{"feedbackText":"Zu lang."}')).encode()
    reply = await bot.endpoint.receive(header, body)
    assert (reply.status, reply.body) == (200, b"{}")
    await done(bot)
    assert ratings(bot) == [("down", "Zu lang.")]
    await give(bot, azure, azure.rated("like", "doch gut"))
    await done(bot)
    assert ratings(bot) == [("up", "doch gut")]


async def test_a_rating_of_nothing_is_not_kept(bot: Bot, azure: FakeAzure) -> None:
    assert await give(bot, azure, azure.rated(), azure.rated(replyToId="1")) == [200, 200]
    await done(bot)
    assert ratings(bot) == []


async def test_forgetting_deletes_comments_and_what_led_to_them(bot: Bot, azure: FakeAzure) -> None:
    await give(bot, azure, azure.message("Darf ich bloggen?"), azure.rated("like", "Zimmer 4711"))
    await give(bot, azure, azure.message("forgotten: alles"))
    await done(bot)
    assert ratings(bot) == [("up", None)]
    with closing(sqlite3.connect(bot.path)) as database:
        assert database.execute("select count(*) from sent_answers").fetchone() == (0,)
    assert b"Zimmer 4711" not in bot.kept()


# --- handing over -----------------------------------------------------------------------------------------------------


async def test_a_question_goes_to_the_office_with_consent_only(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    words = assistant.wording.handover
    await give(bot, azure, handed_in(azure))
    await give(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    await give(bot, azure, handed_in(azure, {"consent": "false"}), handed_in(azure, {"question": " "}))
    await done(bot)
    assert azure.sent("19:press@thread.tacv2") == []
    await give(bot, azure, handed_in(azure))
    await done(bot)
    [card] = azure.sent("19:press@thread.tacv2")
    assert "Darf ich bloggen?" in json.dumps(card.activity, ensure_ascii=False)
    assert "Kim Beispiel" not in json.dumps(card.body, ensure_ascii=False)
    said = texts(azure, "a:personal-1")
    assert len(said) == 5
    assert words.unknown_office in said[0]
    assert words.no_consent in said[2]
    assert assistant.wording.problems["empty"] in said[3]
    assert words.delivered.format(office=OFFICE.label) in said[4]
    assert bot.turns.order == ["handed_over: mit jemandem sprechen"]


async def test_a_form_that_was_sent_gives_way_to_what_was_sent(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    form = azure.sent(kind="card")[0]
    await give_all(bot, azure, handed_in(azure, {"consent": "false"}, replyToId=form.id))
    assert [item.method for item in azure.connector.arrived].count("PUT") == 0
    await give_all(bot, azure, handed_in(azure, {"question": "Anders als im Entwurf?"}, replyToId=form.id))
    [shown] = [item for item in azure.connector.arrived if item.method == "PUT"]
    assert (shown.status, shown.path.split("/")[-1]) == (200, form.id)
    card = json.dumps(shown.activity, ensure_ascii=False)
    assert "Anders als im Entwurf?" in card
    assert "Input." not in card and "Action." not in card


async def test_a_form_that_cannot_be_replaced_changes_nothing_else(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    taken = Fault(201, body='{"id": "1"}', after=True)
    azure.fail("connector", taken, taken, Fault(404))
    await give_all(bot, azure, handed_in(azure, replyToId="gone"))
    assert len(azure.sent("19:press@thread.tacv2")) == 1
    assert bot.connector.counts.undelivered == 0


# --- guided checks ----------------------------------------------------------------------------------------------------


def pressed(azure: FakeAzure, title: str, card: Arrived) -> dict[str, Any]:
    """A press of a button on a card, as Teams sends it."""
    buttons = {str(found["title"]): found["data"] for found in submits(card.activity["attachments"][0]["content"])}
    return azure.pressed(buttons[title], replyToId=card.id)


def sent_cards(azure: FakeAzure) -> list[Arrived]:
    """Cards that were sent and did not take the place of another."""
    return [item for item in azure.sent(kind="card") if item.method == "POST"]


def submits(part: object) -> Iterator[dict[str, Any]]:
    """All `Action.Submit` of a card."""
    if isinstance(part, dict):
        if part.get("type") == "Action.Submit":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from submits(inner)


async def test_the_next_question_of_a_check_takes_the_place_of_the_last(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("check: prüf das"))
    [card] = azure.sent(kind="card")
    assert azure.sent() == [] and "Stimmt das?" in json.dumps(card.activity)
    await give_all(bot, azure, pressed(azure, "Ja", card))
    [shown] = [item for item in azure.connector.arrived if item.method == "PUT"]
    assert (shown.status, shown.path.split("/")[-1]) == (200, card.id)
    assert "Frage 2" in json.dumps(shown.activity) and len(list(submits(shown.activity["attachments"]))) == 3
    assert len(sent_cards(azure)) == 1 and azure.sent() == []


async def test_what_follows_a_check_is_sent_and_its_card_loses_its_buttons(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    await give_all(bot, azure, azure.message("check: prüf das"))
    [card] = azure.sent(kind="card")
    await give_all(bot, azure, pressed(azure, "Prüfung abbrechen", card))
    [shown] = [item for item in azure.connector.arrived if item.method == "PUT"]
    assert shown.path.split("/")[-1] == card.id
    assert list(submits(shown.activity["attachments"])) == []
    assert assistant.wording.teams.check_left in json.dumps(shown.activity, ensure_ascii=False)
    assert any("Antwort auf:" in item.activity.get("text", "") for item in azure.sent())


async def test_a_written_answer_to_a_check_gets_a_new_card(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("check: prüf das"), azure.message("check: ja"))
    assert len(sent_cards(azure)) == 2
    assert [item for item in azure.connector.arrived if item.method == "PUT"] == []


async def test_a_card_that_cannot_be_replaced_is_sent_anew(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("check: prüf das"))
    [card] = azure.sent(kind="card")
    # Typing, and then the replacement.
    azure.fail("connector", Fault(202), Fault(404))
    await give_all(bot, azure, pressed(azure, "Ja", card))
    assert len(sent_cards(azure)) == 2
    assert "Frage 2" in json.dumps(sent_cards(azure)[1].activity)


async def test_a_turn_that_fails_leaves_the_card_of_a_check(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("check: prüf das"))
    [card] = azure.sent(kind="card")
    bot.turns.failure = RuntimeError("broken")
    await give_all(bot, azure, pressed(azure, "Ja", card))
    assert [item for item in azure.connector.arrived if item.method == "PUT"] == []


async def test_buttons_of_other_answers_never_replace_them(bot: Bot, azure: FakeAzure) -> None:
    bot.turns.offered = [FollowUp(label="Weiter: Prüfung", payload='/answer_check{"check": "posting"}')]
    await give_all(bot, azure, azure.message("Darf ich bloggen?"))
    [choices] = azure.sent(kind="card")
    await give_all(bot, azure, pressed(azure, "Weiter: Prüfung", choices))
    assert [item for item in azure.connector.arrived if item.method == "PUT"] == []


# --- refusals ---------------------------------------------------------------------------------------------------------


async def test_strangers_are_refused_whatever_they_send(bot: Bot, azure: FakeAzure) -> None:
    question = json.dumps(azure.message("Darf ich bloggen?")).encode()
    for body in (question, b"", b"{", b"[]", b"\xff", None):
        assert (await bot.endpoint.receive(None, body)).status == 403
        assert (await bot.endpoint.receive("Bearer x.y.z", body)).status in (400, 403, 413)
    foreign = {**azure.message("Darf ich bloggen?"), "serviceUrl": "https://evil.example/"}
    assert await give(bot, azure, foreign) == [403]
    await done(bot)
    assert (azure.sent(), bot.turns.order) == ([], [])


async def test_bodies_that_are_no_activity_are_refused(bot: Bot, azure: FakeAzure) -> None:
    header = azure.signer.header()
    cases = {b"": 400, b"{": 400, b"[]": 400, b"\xff": 400, b"[" * 100_000: 400, b'{"a":' * 9000: 400}
    assert {body: (await bot.endpoint.receive(header, body)).status for body in cases} == cases
    assert (await bot.endpoint.receive(header, None)).status == 413


async def test_what_is_too_much_is_sent_back(bot: Bot, azure: FakeAzure) -> None:
    bot.turns.go.clear()
    statuses = await give(bot, azure, *(azure.message(f"Frage {number}") for number in range(40)))
    assert statuses == [200] * 30 + [503] * 10
    bot.turns.go.set()
    await done(bot)
    assert len(azure.sent()) == 30


async def test_without_settings_everything_is_refused_and_nobody_is_asked(assistant: Assistant, tmp_path: Path) -> None:
    bot = Bot(read_settings(None, {}), assistant, tmp_path)
    reply = await bot.endpoint.receive("Bearer x", b"{}")
    assert (reply.status, reply.body) == (503, b"")
    await bot.finish()


# --- rubbish ----------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    *("type", "id", "text", "textFormat", "from", "recipient", "conversation", "value", "entities", "membersAdded"),
    *("attachments", "channelData", "locale", "name", "replyToId", "channelId", "timestamp", "action"),
]


async def test_rubbish_never_fails_and_never_stops_the_others(bot: Bot, azure: FakeAzure) -> None:
    loop = asyncio.get_running_loop()
    header = azure.signer.header()
    kinds = ["message", "invoke", "conversationUpdate", "installationUpdate", "messageReaction", "typing"]

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        kind=st.sampled_from(kinds),
        changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5),
        gone=st.sets(st.sampled_from(FIELDS), max_size=3),
    )
    def send(kind: str, changes: dict[str, Any], gone: set[str]) -> None:
        activity = {**azure.message("Darf ich?"), "type": kind, **changes}
        body = json.dumps({key: value for key, value in activity.items() if key not in gone}).encode()
        waiting = asyncio.run_coroutine_threadsafe(bot.endpoint.receive(header, body), loop)
        # 403: the channel id belongs to what is checked. 503: hundreds of these are of one conversation.
        assert waiting.result(30).status in (200, 403, 503)

    await asyncio.to_thread(send)
    await done(bot)
    assert bot.work.failed == 0
    await give(bot, azure, azure.message("Und jetzt?", "a:after"))
    await done(bot)
    assert "Und jetzt?" in texts(azure, "a:after")[0]
