"""The fake is as strict as Microsoft: what passes here is signed, checked and answered for real."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from lotse.channels.teams.auth.verify_request import Refused, RequestVerifier, SigningKeys
from lotse.channels.teams.delivery.connector import Connector, Reference
from lotse.channels.teams.http_client import HttpClient
from tools.fake_azure.rules import is_split, objections
from tools.fake_azure.server import FakeAzure, Fault


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    with FakeAzure() as fake:
        yield fake


@pytest_asyncio.fixture
async def echo(azure: FakeAzure) -> AsyncIterator[str]:
    """Address of a bot that says what it is told, made of the parts that the real one is made of."""
    http, settings = HttpClient(), azure.settings()
    inbound = RequestVerifier(settings, SigningKeys(settings.cloud.metadata_url, http))
    connector = Connector.of(settings)

    async def messages(request: web.Request) -> web.Response:
        activity = json.loads(await request.text())
        try:
            inbound.check_activity(await inbound.identify(request.headers.get("Authorization")), activity)
        except Refused as error:
            return web.Response(status=error.status, text=error.reason)
        to = Reference(activity["serviceUrl"], activity["conversation"]["id"], activity["id"])
        await connector.typing(to)
        await connector.send(to, {"type": "message", "text": activity["text"]})
        return web.Response()

    app = web.Application()
    app.router.add_post("/teams/messages", messages)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/teams/messages"
    await runner.cleanup()
    await connector.close()
    await http.close()


async def test_there_and_back(azure: FakeAzure, echo: str) -> None:
    message = azure.message("Darf ich bloggen?", conversation="a:chat")
    assert await azure.deliver(echo, message) == (200, "")
    [answer] = await asyncio.to_thread(azure.wait_for, 1, "a:chat")
    assert (answer.activity["text"], answer.activity["replyToId"]) == ("Darf ich bloggen?", message["id"])
    assert len(azure.sent("a:chat", "typing")) == 1
    assert azure.asked == {"metadata": 1, "keys": 1, "discovery": 1, "token": 1, "connector": 2}


async def test_what_is_not_signed_for_this_very_message_is_refused(azure: FakeAzure, echo: str) -> None:
    message = azure.message("Darf ich bloggen?")
    for header in (None, "Bearer x", azure.signer.header(sign_with="thief"), azure.signer.header({"aud": "other"})):
        assert (await azure.deliver(echo, message, header))[0] == 403
    assert (await azure.deliver(echo, {**message, "serviceUrl": "https://evil.example/"}))[0] == 403
    assert azure.asked["connector"] == 0


async def test_an_answer_whose_receipt_is_lost_arrives_once(azure: FakeAzure, echo: str) -> None:
    """Nothing at the Connector tells a repetition from a new message, so it is not sent again."""
    azure.fail("connector", Fault(403), Fault(after=True))
    await azure.deliver(echo, azure.message("Hallo"))
    assert [item.activity["text"] for item in azure.sent()] == ["Hallo"]


async def test_what_is_held_comes_when_it_is_let_go(azure: FakeAzure, echo: str) -> None:
    azure.fail("connector", Fault(202, held=True))
    delivery = asyncio.create_task(azure.deliver(echo, azure.message("Hallo")))
    await asyncio.to_thread(azure.wait_for, 1, None, "typing")
    assert not delivery.done() and azure.sent() == []
    azure.let_go()
    assert await delivery == (200, "")
    assert len(azure.sent()) == 1


async def test_waiting_in_vain_says_what_came(azure: FakeAzure) -> None:
    with pytest.raises(AssertionError, match="0 of 1 came"):
        azure.wait_for(1, seconds=0)


GOOD: dict[str, Any] = {
    "type": "message",
    "text": "Ja [1].",
    "channelData": {"feedbackLoop": {"type": "default"}},
    "entities": [
        {
            "type": "https://schema.org/Message",
            "@type": "Message",
            "@context": "https://schema.org",
            "citation": [
                {
                    "@type": "Claim",
                    "position": 1,
                    "appearance": {
                        "@type": "DigitalDocument",
                        "name": "Leitfaden",
                        "abstract": "Frage 3",
                        "url": "https://example.org/",
                    },
                }
            ],
        }
    ],
    "attachments": [
        {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {"type": "AdaptiveCard", "version": "1.5", "actions": [{"type": "Action.Submit"}]},
        }
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good message with one thing changed."""
    made: dict[str, Any] = json.loads(json.dumps(GOOD))
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    target: Any = made
    for part in way:
        target = target[part]
    target[last] = value
    return made


def test_a_good_message_is_taken() -> None:
    assert objections(GOOD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "massage"),
        ("textFormat", "html"),
        ("text", "Ja."),
        ("channelData/feedbackLoop", {}),
        ("channelData/notification", {"alert": True}),
        ("entities/0/@type", "Claim"),
        ("entities/0/citation", GOOD["entities"][0]["citation"] * 2),
        ("entities/0/citation", GOOD["entities"][0]["citation"] * 11),
        ("entities/0/citation/0/position", "1"),
        ("entities/0/citation/0/appearance", {}),
        ("entities/0/citation/0/appearance/name", "n" * 81),
        ("entities/0/citation/0/appearance/abstract", "a" * 161),
        ("entities/0/citation/0/appearance/keywords", ["k"] * 4),
        ("entities/0/citation/0/appearance/url", "javascript:alert(1)"),
        ("suggestedActions", {"actions": [{"type": "imBack"}]}),
        ("attachments/0/contentType", "text/html"),
        ("attachments/0/content/version", "1.6"),
        ("attachments/0/content/actions", []),
    ],
)
def test_everything_that_teams_minds_is_found(path: str, value: Any) -> None:
    assert objections(changed(path, value)) != []


@pytest.mark.parametrize(
    ("activity", "split"),
    [
        ({**GOOD, "attachments": []}, False),
        ({**GOOD, "text": "", "entities": []}, False),
        (GOOD, True),
        ({**GOOD, "text": "", "entities": [], "attachments": GOOD["attachments"] * 2}, True),
    ],
)
def test_a_text_with_a_card_becomes_two_messages_and_neither_is_named(activity: dict[str, Any], split: bool) -> None:
    assert is_split(activity) == split
