"""Questions reach the office's channel once, without a name, and leave no trace in the log."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from lotse.answering.handover_draft import MAX_NAME, MAX_QUESTION
from lotse.content import load_guide
from lotse.content.model import Contact
from lotse.conversation.handover import (
    Delivered,
    Failed,
    Handovers,
    IdReused,
    NotConfigured,
    OfficeQuestion,
    TooMany,
    Undelivered,
    Unusable,
    offer_poster,
    poster_of,
)
from lotse.paths import data

QUESTION = "Darf ich das Foto vom Sommerfest zeigen?"
CHANNEL = "19:presse@thread.tacv2"


class Double:
    """Instead of the connector."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, OfficeQuestion]] = []
        self.failure: Exception | None = None
        self.began = asyncio.Event()
        self.gate: asyncio.Event | None = None

    async def post_question(self, channel_id: str, question: OfficeQuestion) -> None:
        self.began.set()
        if self.gate:
            await self.gate.wait()
        if self.failure:
            raise self.failure
        self.posted.append((channel_id, question))


@pytest.fixture
def poster() -> Double:
    return Double()


@pytest.fixture
def contacts() -> dict[str, Contact]:
    contacts = dict(load_guide(data()).contacts)
    contacts["press_office"] = contacts["press_office"].copy(update={"teams_channel": CHANNEL})
    return contacts


@pytest.fixture
def handovers(contacts: dict[str, Contact], poster: Double) -> Handovers:
    return Handovers(contacts, lambda: poster)


async def hand(handovers: Handovers, id: str = "1", conversation: str = "a", **more: Any) -> Any:
    said = {"office": "press_office", "question": QUESTION, "name": None, **more}
    return await handovers.deliver(**said, conversation=conversation, id=id)


async def test_a_question_arrives_in_the_channel_of_its_office(handovers: Handovers, poster: Double) -> None:
    assert await hand(handovers) == Delivered()
    assert poster.posted == [(CHANNEL, OfficeQuestion("Pressestelle", QUESTION))]
    assert handovers.counts.delivered == 1


async def test_nothing_says_who_asked_unless_they_do(handovers: Handovers, poster: Double) -> None:
    await hand(handovers, conversation="conversation-4711", id="request-0815")
    await hand(handovers, conversation="conversation-4711", id="2", name=" Erika\n Muster ")
    first, second = (str(activity) for _, activity in poster.posted)
    assert "4711" not in first and "0815" not in first and "name=None" in first
    assert poster.posted[1][1].name == "Erika Muster" and "4711" not in second


async def test_the_log_tells_of_it_without_its_words(
    handovers: Handovers, poster: Double, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await hand(handovers, name="Erika")
    poster.failure = ValueError(f"cannot send {QUESTION}")
    await hand(handovers, id="2")
    poster.failure = Undelivered("Teams answers HTTP 403.")
    await hand(handovers, id="3")
    assert [record.levelname for record in caplog.records] == ["INFO", "ERROR", "ERROR"]
    assert all("press_office" in record.getMessage() for record in caplog.records)
    assert "HTTP 403" in caplog.text
    assert "Sommerfest" not in caplog.text and "Erika" not in caplog.text


@pytest.mark.parametrize("office", ["superior", "gone", ""])
async def test_an_office_without_a_channel_gets_nothing(handovers: Handovers, poster: Double, office: str) -> None:
    assert await hand(handovers, office=office) == NotConfigured()
    assert (poster.posted, handovers.counts.not_configured) == ([], 1)


async def test_without_teams_the_log_names_what_to_mend(
    contacts: dict[str, Contact], caplog: pytest.LogCaptureFixture
) -> None:
    off = Handovers(contacts, lambda: None)
    assert await hand(off) == NotConfigured()
    assert "credentials.yml" in caplog.text and "press_office" in caplog.text


async def test_the_same_request_again_is_delivered_once(handovers: Handovers, poster: Double) -> None:
    poster.gate = asyncio.Event()
    twice = asyncio.gather(hand(handovers), hand(handovers))
    await poster.began.wait()
    poster.gate.set()
    assert list(await twice) == [Delivered(), Delivered()]
    assert await hand(handovers) == Delivered()
    assert len(poster.posted) == 1


async def test_a_delivery_goes_on_when_nobody_waits_for_it(handovers: Handovers, poster: Double) -> None:
    poster.gate = asyncio.Event()
    waiting = asyncio.ensure_future(hand(handovers))
    await poster.began.wait()
    waiting.cancel()
    poster.gate.set()
    assert await hand(handovers) == Delivered()
    assert len(poster.posted) == 1


async def test_an_id_belongs_to_one_text_of_one_conversation(handovers: Handovers, poster: Double) -> None:
    await hand(handovers)
    assert await hand(handovers, question="Etwas anderes?") == IdReused()
    assert await hand(handovers, name="Erika") == IdReused()
    assert await hand(handovers, conversation="b", question="Etwas anderes?") == Delivered()
    assert len(poster.posted) == 2


async def test_what_failed_can_be_tried_again(handovers: Handovers, poster: Double) -> None:
    poster.failure = Undelivered("Teams is away.")
    assert await hand(handovers) == Failed()
    poster.failure = None
    assert await hand(handovers) == Delivered()
    assert (handovers.counts.failed, handovers.counts.delivered) == (1, 1)


async def test_a_conversation_hands_over_so_many_and_no_more(handovers: Handovers, poster: Double) -> None:
    outcomes = [await hand(handovers, id=str(number)) for number in range(6)]
    assert outcomes[:5] == [Delivered()] * 5
    assert isinstance(outcomes[5], TooMany) and 0 < outcomes[5].seconds <= 3600
    assert await hand(handovers, id="0") == Delivered()
    assert await hand(handovers, conversation="b") == Delivered()
    assert (len(poster.posted), handovers.counts.limited) == (6, 1)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ({"question": ""}, MAX_QUESTION),
        ({"question": " \n\x00 "}, MAX_QUESTION),
        ({"question": "\u200d\ufe0f\u202e"}, MAX_QUESTION),
        ({"question": "x" * (MAX_QUESTION + 1)}, MAX_QUESTION),
        ({"name": "x" * (MAX_NAME + 1)}, MAX_NAME),
    ],
)
async def test_what_cannot_be_sent_is_not_sent(
    handovers: Handovers, poster: Double, said: dict[str, str], limit: int
) -> None:
    assert await hand(handovers, **said) == Unusable(limit)
    assert poster.posted == []


async def test_the_longest_question_is_sent_whole(handovers: Handovers, poster: Double) -> None:
    question = "ä" * MAX_QUESTION
    assert await hand(handovers, question=question, name="n" * MAX_NAME) == Delivered()
    assert question in str(poster.posted)


async def test_halves_of_characters_are_left_out(handovers: Handovers, poster: Double) -> None:
    assert await hand(handovers, question="Darf\ud800 ich\x00?") == Delivered()
    str(poster.posted).encode("utf-16")
    assert poster.posted[0][1].question == "Darf  ich ?"


async def test_signs_that_turn_writing_around_are_left_out(handovers: Handovers, poster: Double) -> None:
    assert await hand(handovers, question="Darf ich \u202enie\u202c?", name="\u2067Frau B.\u2069") == Delivered()
    posted = poster.posted[0][1]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & {*posted.question, *(posted.name or "")}
    assert posted.name == "Frau B."


async def test_an_office_reads_what_a_person_could_see(handovers: Handovers, poster: Double) -> None:
    await hand(handovers, question="Neben\xadtätig\u200bkeit\x0bseit\u2028heute?", name="E\u200bva\x9bM.")
    assert poster.posted == [(CHANNEL, OfficeQuestion("Pressestelle", "Nebentätigkeit seit heute?", "Eva M."))]


async def test_old_requests_are_not_remembered_for_ever(contacts: dict[str, Contact], poster: Double) -> None:
    handovers = Handovers(contacts, lambda: poster, remembered=2)
    for number in range(4):
        await hand(handovers, conversation=str(number))
    other = [await hand(handovers, conversation=str(number), question="Und Bilder?") for number in (3, 2, 0)]
    assert other == [IdReused(), IdReused(), Delivered()]


def test_channels_of_one_server_share_what_delivers(poster: Double) -> None:
    app = SimpleNamespace(ctx=SimpleNamespace())
    assert poster_of(None) is None
    assert poster_of(app) is None
    offer_poster(app, poster)
    assert poster_of(app) is poster
