"""The way between Microsoft's test client and the bot, without the client: signed one way, checked the other way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from lotse.channels.teams.auth.verify_request import RequestVerifier, SigningKeys
from lotse.channels.teams.delivery.connector import Connector, Reference, Undelivered
from lotse.channels.teams.http_client import HttpClient
from lotse.operations.ports import free_port
from lotse.paths import home
from tools.fake_azure.signer import APP_ID, TENANT_ID
from tools.playground.forwarding import PlaygroundAzure
from tools.playground.start import CHANNEL, refusal

FOLDER = home() / "tools" / "playground"


@asynccontextmanager
async def listening(handler: Any) -> AsyncIterator[str]:
    """A server that gives everything to one handler."""
    port = free_port()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_the_playground_gets_what_teams_would_take_and_no_token() -> None:
    seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
    names = {"id": "7"}

    async def playground(request: web.Request) -> web.Response:
        seen.append((request.raw_path, dict(request.headers), await request.json()))
        return web.json_response(names, status=201)

    async with listening(playground) as page:
        with PlaygroundAzure(page, lambda _: None) as azure:
            connector = Connector.of(azure.settings())
            place = Reference(azure.service_url, "a:1;messageid=2", "5")
            assert await connector.send(place, {"type": "message", "text": "Guten Tag"}) == "7"
            names.clear()
            # Microsoft gives no id to a text together with cards, and none is invented here.
            assert await connector.send(place, {"type": "message", "text": "Guten Tag"}) is None
            with pytest.raises(Undelivered):
                await connector.send(place, {"type": "message"})
            await connector.close()
            bare = {"type": "message", "text": "Guten Tag"}
            async with aiohttp.ClientSession() as session:
                forged = session.post(f"{azure.service_url}v3/conversations/a/activities", json=bare)
                async with forged as response:
                    assert response.status == 401
    path, headers, activity = seen[0]
    assert len(seen) == 2
    assert path == "/_connector/v3/conversations/a%3A1%3Bmessageid%3D2/activities"
    assert "Authorization" not in headers
    assert activity["text"] == "Guten Tag" and activity["replyToId"] == "5"


async def test_the_bot_gets_signed_what_the_playground_sends_bare() -> None:
    taken: list[dict[str, Any]] = []
    with PlaygroundAzure("http://127.0.0.1:1", lambda _: None) as azure:
        http = HttpClient()
        settings = azure.settings()
        inbound = RequestVerifier(settings, SigningKeys(settings.cloud.metadata_url, http))

        async def bot(request: web.Request) -> web.Response:
            taken.append(await request.json())
            inbound.check_activity(await inbound.identify(request.headers.get("Authorization")), taken[-1])
            return web.json_response({})

        async with listening(bot) as url, azure.receiving(free_port(), f"{url}/teams/messages") as address:
            asked = azure.message("Darf ich?")
            async with aiohttp.ClientSession() as session, session.post(address, json=asked) as response:
                assert (response.status, await response.text()) == (200, "{}")
        await http.close()
    assert [activity["text"] for activity in taken] == ["Darf ich?"]


def test_it_is_started_by_a_person_only_and_after_installing_it() -> None:
    assert "automatic" in (refusal({"CI": "true"}) or "")
    assert "playground" not in (home() / ".ci" / "run").read_text(encoding="utf-8")


def test_people_and_places_fit_the_fake_and_the_lock_names_no_address() -> None:
    known = (FOLDER / ".m365agentsplayground.yml").read_text(encoding="utf-8")
    assert f"28:{APP_ID}" in known and TENANT_ID in known and CHANNEL in known
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    assert "resolved" not in json.dumps(lock)
    tool = lock["packages"]["node_modules/@microsoft/m365agentsplayground"]
    assert tool["dev"] is True and "SEE LICENSE" in tool["license"]


def test_it_listens_on_this_machine_only() -> None:
    preload = (FOLDER / "loopback.cjs").read_text(encoding="utf-8")
    assert 'const HOST = "127.0.0.1"' in preload
    assert "loopback.cjs" in (FOLDER / "start.py").read_text(encoding="utf-8")
