"""What strangers, colleagues and broken parts must not achieve. docs/security-teams.md names the tests."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from lotse.channels.teams.activities import parse_activity
from lotse.channels.teams.activities.events import person_id
from lotse.channels.teams.activities.parse_activity import LONGEST, plain
from lotse.channels.teams.delivery.sent_answers import KEPT_DAYS, SentAnswers
from lotse.channels.teams.endpoint import SELDOM_SECONDS, Acceptance, Job, RejectionLog, WorkQueue
from lotse.conversation.assistant import Assistant
from tests.channels.teams.exchange import give_all, handed_in, ratings
from tests.channels.teams.stand_in_turns import KEY, Bot
from tools.fake_azure.server import FakeAzure, Fault
from tools.fake_azure.signer import Signer

PRESS = "19:press@thread.tacv2"
COLLEAGUE = {"id": "29:colleague", "aadObjectId": "99999999-2222-4333-8444-555555555555", "name": "Jo Beispiel"}
THREAD = "19:team@thread.tacv2;messageid=1"


@pytest.fixture
def given(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the messages sent."""
    ids: list[str] = []
    send = bot.connector.send

    async def noting(*args: Any) -> str | None:
        ids.append(str(await send(*args)))
        return ids[-1]

    monkeypatch.setattr(bot.connector, "send", noting)
    return ids


def of_colleague(activity: dict[str, Any]) -> dict[str, Any]:
    return {**activity, "from": COLLEAGUE}


# --- strangers --------------------------------------------------------------------------------------------------------


async def test_nothing_is_read_of_a_stranger(bot: Bot, azure: FakeAzure) -> None:
    read = 0

    async def body() -> bytes | None:
        nonlocal read
        read += 1
        return None

    stranger = Signer(service_url=azure.service_url)
    stranger.rotate("a key of a stranger")
    for header in (None, "Bearer x.y.z", stranger.header(), Signer(app_id="another").header()):
        assert (await bot.endpoint.receive(header, body)).status == 403
    assert read == 0
    assert (await bot.endpoint.receive(azure.signer.header(), body)).status == 413
    assert read == 1


async def test_strangers_cannot_fill_the_log(bot: Bot, azure: FakeAzure, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(500):
        await bot.endpoint.receive(None, b"{}")
    await bot.endpoint.receive("Bearer x.y.z", b"{}")
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_a_refusal_is_told_at_once_and_what_was_kept_back_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    now = 1000.0
    rejection_log = RejectionLog(lambda: now)
    for _ in range(5):
        rejection_log.tell(403, "there is no token.")
    rejection_log.tell(403, "the signature is wrong")
    now += SELDOM_SECONDS
    rejection_log.tell(403, "there is no token.")
    first, other, again = (record.getMessage() for record in caplog.records)
    assert first.endswith("with 403: there is no token.")
    assert other.endswith("with 403: the signature is wrong.")
    assert again.endswith("So were 4 before it.")


def test_reasons_that_strangers_make_up_are_not_all_remembered(caplog: pytest.LogCaptureFixture) -> None:
    rejection_log = RejectionLog(lambda: 1000.0, most_reasons=3)
    for host in ("a", "a", "b", "c", "d", "a", "a"):
        rejection_log.tell(403, f"the token names host {host}")
    told = [record.getMessage()[-2] for record in caplog.records]
    # One more than may be remembered, so the first was forgotten.
    assert told == ["a", "b", "c", "d", "a"]


async def test_a_bot_installed_elsewhere_or_in_web_chat_is_of_no_use(bot: Bot, azure: FakeAzure) -> None:
    elsewhere = {
        "id": "a:personal-1",
        "conversationType": "personal",
        "tenantId": "99999999-6f0b-4a51-8f6e-5d5ce2f1a0aa",
    }
    foreign = azure.message("Wer sind Sie?", conversation="a:personal-1")
    foreign = {**foreign, "conversation": elsewhere}
    web_chat = azure.message("Wer sind Sie?", channelId="webchat")
    assert await give_all(bot, azure, foreign, web_chat) == [403, 403]
    assert (azure.sent(), bot.turns.order) == ([], [])


# --- odd and huge activities ------------------------------------------------------------------------------------------


def test_text_that_is_made_to_be_slow_is_read_like_any_other() -> None:
    # Searched for the end of each mention up to the end of the text, this takes minutes.
    assert plain("<at>" * 100_000, False) == "<at>" * 100_000
    assert plain("<at><at>Kim</at> fragt " * 3, True) == "Kim fragt Kim fragt Kim fragt"
    assert plain("<at>" * 100_000 + "<at id='1'>Kim\nB.</at>", False).endswith("<at>Kim\nB.")


def test_what_is_kept_of_an_activity_is_bounded(azure: FakeAzure) -> None:
    entities = [{"type": "mention", "mentioned": {"id": "x"}, "text": f"<at>{number}</at>"} for number in range(9000)]
    said = parse_activity.read(azure.message("x" * 400_000, entities=entities))
    assert isinstance(said, parse_activity.Said)
    assert len(said.text) == LONGEST
    long_id = "x" * 400_000
    assert parse_activity.read(azure.message("Hallo", id=long_id)).envelope.activity_id == ""
    assert isinstance(parse_activity.read(azure.message("Hallo", long_id)), parse_activity.Ignored)


async def test_names_of_what_was_seen_are_short(bot: Bot, azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    add = bot.work.add

    def noting(conversation: str, activity: str, job: Job) -> Acceptance:
        names.append(activity)
        return add(conversation, activity, job)

    monkeypatch.setattr(bot.work, "add", noting)
    await give_all(bot, azure, azure.message("Hallo", f"a:{'x' * 900}", id="y" * 900))
    assert [len(name) for name in names] == [64]


async def test_messages_without_an_id_are_each_answered(bot: Bot, azure: FakeAzure) -> None:
    nameless = [{**azure.message(text), "id": None} for text in ("eins", "zwei", "zwei")]
    await give_all(bot, azure, *nameless)
    assert bot.turns.order == ["eins", "zwei", "zwei"]
    assert len(azure.sent()) == 3


async def test_who_asks_too_much_is_asked_to_wait_and_others_are_not(
    azure: FakeAzure, assistant: Assistant, tmp_path: Path
) -> None:
    bot = Bot(azure.settings(MESSAGES_PER_PERSON="2/hour"), assistant, tmp_path)
    try:
        for number in range(3):
            await give_all(bot, azure, azure.message(f"Frage {number}", f"a:chat-{number}"))
        await give_all(bot, azure, of_colleague(azure.message("Und ich?", THREAD)))
    finally:
        await bot.finish()
    told = assistant.wording.web.problems["too_many_requests"].split("{")[0]
    texts = [item.activity["text"] for item in azure.sent()]
    assert [told in text for text in texts] == [False, False, True, False]
    # Not “3599 Sekunden”.
    assert "60 Minuten" in texts[2]


# --- colleagues -------------------------------------------------------------------------------------------------------


async def test_a_person_cannot_fill_an_offices_channel_from_many_chats(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    places = [f"19:team@thread.tacv2;messageid={number}" for number in range(7)]
    for place in places:
        await give_all(
            bot, azure, azure.message("handed_over: mit jemandem sprechen", place), handed_in(azure, conversation=place)
        )
    assert len(azure.sent(PRESS)) == 5
    # Not “3599 Sekunden”.
    assert assistant.wording.handover.too_many.format(minutes=60) in azure.sent(places[-1])[-1].activity["text"]
    mine = of_colleague(azure.message("handed_over: mit jemandem sprechen", places[0]))
    await give_all(bot, azure, mine, of_colleague(handed_in(azure, conversation=places[0])))
    assert len(azure.sent(PRESS)) == 6


async def test_an_office_whose_channel_refuses_the_card_reads_the_question_as_plain_text(
    bot: Bot, azure: FakeAzure, assistant: Assistant
) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    azure.fail("connector", Fault(400))
    await give_all(bot, azure, handed_in(azure, {"question": "Darf ich *das*?", "name": "Zimmer 12"}))
    [posted] = azure.sent(PRESS)
    card = assistant.wording.handover.card
    assert posted.activity == {
        "type": "message",
        "textFormat": "plain",
        "text": f"{card['title'].format(office='Pressestelle')}\n\nDarf ich *das*?\n\n"
        f"{card['sender']}: Zimmer 12\n\n{card['origin']}",
    }


async def test_a_button_pressed_twice_hands_over_once(bot: Bot, azure: FakeAzure) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))
    pressed = [handed_in(azure, replyToId="the form") for _ in range(3)]
    await give_all(bot, azure, *pressed)
    assert len(azure.sent(PRESS)) == 1
    await give_all(bot, azure, handed_in(azure, {"question": "Und Bilder?"}, replyToId="the form"))
    await give_all(bot, azure, handed_in(azure, replyToId="another form"))
    assert len(azure.sent(PRESS)) == 3


async def test_a_form_works_only_for_whom_it_was_offered(bot: Bot, azure: FakeAzure, assistant: Assistant) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen", THREAD))
    await give_all(bot, azure, of_colleague(handed_in(azure, conversation=THREAD)))
    assert azure.sent(PRESS) == []
    assert assistant.wording.handover.unknown_office in azure.sent(THREAD)[-1].activity["text"]


async def test_a_colleague_can_neither_change_nor_delete_somebody_elses_rating(
    bot: Bot, azure: FakeAzure, given: list[str]
) -> None:
    await give_all(bot, azure, azure.message("Darf ich bloggen?", THREAD))
    message = given[0]
    mine = azure.rated("dislike", "Das hilft mir nicht.", conversation=THREAD, replyToId=message)
    theirs = of_colleague(azure.rated("like", "Mir schon.", conversation=THREAD, replyToId=message))
    await give_all(
        bot, azure, mine, theirs, of_colleague(azure.rated("like", "Mir sehr.", conversation=THREAD, replyToId=message))
    )
    assert ratings(bot) == [("down", "Das hilft mir nicht."), ("up", "Mir sehr.")]
    await give_all(bot, azure, of_colleague(azure.message("forgotten: alles", THREAD)))
    assert ratings(bot) == [("down", "Das hilft mir nicht."), ("up", None)]
    await give_all(bot, azure, azure.message("forgotten: alles", THREAD))
    assert ratings(bot) == [("down", None), ("up", None)]


async def test_comments_are_forgotten_however_old_they_are(bot: Bot, azure: FakeAzure, given: list[str]) -> None:
    day = 20_000
    bot.talk.sent = SentAnswers(lambda: bot.store, KEY, clock=lambda: day * 86_400.0)
    await give_all(bot, azure, azure.message("Darf ich bloggen?", THREAD))
    await give_all(bot, azure, azure.rated("dislike", "Zimmer 4711", conversation=THREAD, replyToId=given[0]))
    day += KEPT_DAYS + 1
    await give_all(bot, azure, azure.message("Und Bilder?", THREAD), azure.message("forgotten: alles", THREAD))
    assert ratings(bot) == [("down", None)]
    assert b"Zimmer 4711" not in bot.kept()


def test_a_person_has_one_name_everywhere_and_it_tells_nothing(azure: FakeAzure) -> None:
    here, there = (parse_activity.read(azure.message("x", place)).envelope for place in ("a:1", THREAD))
    other = parse_activity.read(of_colleague(azure.message("x"))).envelope
    assert person_id(KEY, here) == person_id(KEY, there) != person_id(KEY, other)
    assert person_id(b"o" * 32, here) != person_id(KEY, here)
    assert here.user_id not in person_id(KEY, here)


# --- broken parts -----------------------------------------------------------------------------------------------------


async def test_a_job_that_is_cancelled_does_not_stop_its_conversation() -> None:
    work, done = WorkQueue(), asyncio.Event()

    async def cancelled() -> None:
        gone = asyncio.ensure_future(asyncio.Event().wait())
        gone.cancel()
        await asyncio.shield(gone)

    async def next_one() -> None:
        done.set()

    work.add("a", "1", cancelled)
    work.add("a", "2", next_one)
    await asyncio.wait_for(done.wait(), 5)
    await work.finish()
    assert (work.failed, work.waiting) == (1, 0)


async def test_a_question_that_cannot_be_handed_over_is_told(
    bot: Bot,
    azure: FakeAzure,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await give_all(bot, azure, azure.message("handed_over: mit jemandem sprechen"))

    def broken(*_: object) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setattr(bot.turns, "office", broken)
    await give_all(bot, azure, handed_in(azure))
    assert assistant.wording.handover.failed in azure.sent("a:personal-1")[-1].activity["text"]
    assert azure.sent(PRESS) == []
    assert bot.work.failed == 0
    assert "Darf ich bloggen?" not in caplog.text


async def test_nobody_is_told_that_comments_are_gone_while_they_are_not(
    bot: Bot, azure: FakeAzure, given: list[str], assistant: Assistant
) -> None:
    await give_all(bot, azure, azure.message("Darf ich bloggen?", THREAD))
    await give_all(bot, azure, azure.rated("dislike", "Zimmer 4711", conversation=THREAD, replyToId=given[0]))
    bot.store.engine.execute("create trigger t before update on ratings begin select raise(abort, 'read-only'); end")
    await give_all(bot, azure, azure.message("forgotten: alles", THREAD))
    bot.store.engine.execute("drop trigger t")
    said = azure.sent(THREAD)[-1].activity["text"]
    assert assistant.wording.error in said
    assert assistant.wording.teams.forgotten not in said
    await give_all(bot, azure, azure.message("forgotten: alles", THREAD))
    assert assistant.wording.teams.forgotten in azure.sent(THREAD)[-1].activity["text"]
    assert ratings(bot) == [("down", None)]


async def test_an_answer_goes_out_even_if_it_cannot_be_rated(
    bot: Bot, azure: FakeAzure, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(SentAnswers, "note", locked)
    await give_all(bot, azure, azure.message("Darf ich bloggen?"))
    assert len(azure.sent()) == 1
    assert bot.work.failed == 0
    assert logging.ERROR in [record.levelno for record in caplog.records]
