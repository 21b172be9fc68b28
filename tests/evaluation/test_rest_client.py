"""Reads the payload out of a REST answer, and talking to a server that misbehaves."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lotse.evaluation.questions import Conversation, Dialogue, LabelledQuestion
from lotse.evaluation.rest_client import WEBHOOK, RestClient, open_session, reply_of

PAYLOAD = {
    "type": "guidance",
    "outcome": "choices",
    "topic": None,
    "follow_ups": [
        {"label": "Blockieren", "payload": "/ask_blocking"},
        {"label": "Quelle", "payload": "/request_sources"},
    ],
    "why": {"probability": 0.4},
}


def test_the_payload_becomes_a_reply() -> None:
    reply = reply_of([{"recipient_id": "1", "text": "…", "custom": PAYLOAD}], 12.5)
    assert (reply.outcome, reply.topic, reply.offered) == ("choices", None, ("blocking",))
    assert (reply.probability, reply.milliseconds) == (0.4, 12.5)
    assert reply.payloads == ("/ask_blocking", "/request_sources")


def test_verdict_help_and_text_are_taken_along() -> None:
    payload = {"type": "guidance", "outcome": "answered", "verdict": "depends", "help": {"kind": "panic", "text": "…"}}
    reply = reply_of([{"text": "Es kommt darauf an.", "custom": payload}], 1.0)
    assert (reply.verdict, reply.help, reply.text) == ("depends", "panic", "Es kommt darauf an.")
    bare = reply_of([{"custom": {"type": "guidance", "outcome": "smalltalk", "verdict": None, "help": None}}], 1.0)
    assert (bare.verdict, bare.help, bare.text) == (None, None, "")


def test_the_passage_whose_statement_leads_comes_before_those_of_the_points() -> None:
    citations = [
        {"n": 1, "passage": "blocking.press", "excerpt": "Die Presse nicht."},
        {"n": 2, "passage": "blocking.critics", "excerpt": "Kritik auch nicht."},
    ]
    payload = {
        "type": "guidance",
        "outcome": "refined",
        "citations": citations,
        "points": [{"text": "…", "cites": [2]}],
    }
    assert reply_of([{"custom": {**payload, "short": "Die Presse nicht."}}], 1.0).passages == (
        "blocking.press",
        "blocking.critics",
    )
    assert reply_of([{"custom": {**payload, "short": "Etwas anderes."}}], 1.0).passages == ("blocking.critics",)


def test_a_payload_without_probability_or_why_is_fine() -> None:
    assert reply_of([{"custom": {"type": "guidance", "outcome": "smalltalk"}}], 1.0).probability is None


@pytest.mark.parametrize(
    "messages", [None, [], {}, ["text"], [{"text": "no payload"}], [{"custom": {"type": "other"}}]]
)
def test_anything_else_is_a_lost_turn(messages: Any) -> None:
    assert reply_of(messages, 1.0).outcome == "lost"


@pytest.mark.asyncio
async def test_each_question_and_each_dialogue_has_a_sender_of_its_own() -> None:
    senders: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        body = await request.json()
        if body["message"] == "broken":
            return web.Response(status=500)
        senders.append(body["sender"])
        return web.json_response([{"custom": PAYLOAD}])

    app = web.Application()
    app.router.add_post(WEBHOOK, answer)
    turn = {"text": "Hallo", "expect": {"kind": "clarify"}}
    async with TestServer(app) as server, open_session() as session:
        client = RestClient(str(server.make_url("")), session)
        replies = await client.ask([LabelledQuestion(text=text, topic="likes") for text in ("a", "broken", "b")])
        held = await client.hold([Dialogue.parse_obj({"turns": [turn, turn]})])
        replayed = await client.replay([Conversation("a", ("Hallo", "Danke")), Conversation("b", ("Hallo",))])
    assert [reply.outcome for reply in replies] == ["choices", "lost", "choices"]
    assert [len(dialogue) for dialogue in held] == [2]
    assert [len(conversation) for conversation in replayed] == [2, 1]
    assert senders[2] == senders[3] and senders[4] == senders[5]
    assert len(senders) == 7 and len(set(senders)) == 5


@pytest.mark.asyncio
async def test_a_server_that_is_gone_is_a_lost_turn() -> None:
    async with open_session() as session:
        reply = await RestClient("http://127.0.0.1:9", session).say("someone", "Hallo")
    assert reply.outcome == "lost"
