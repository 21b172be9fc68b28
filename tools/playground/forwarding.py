"""What stands between the Playground and the bot: the fake of Microsoft, with the Playground behind it.

The Playground knows no tokens. So that the bot needs no switch that turns its checks off, every activity of the
Playground is signed on its way to the bot, and every message of the bot is checked (token, rules of Teams) before it
goes on to the Playground, without the token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from yarl import URL

from tools.fake_azure.connector import FakeConnector
from tools.fake_azure.login import FakeLogin
from tools.fake_azure.server import FakeAzure

# What the fake's Connector begins its paths with.
_OURS = "/teams"
Note = Callable[[str], None]


class ForwardingConnector(FakeConnector):
    """Checks what the bot sends as the fake does, then lets the Playground answer.

    Args:
        login: knows the bot's tokens.
        playground: its connector.
        note: told of every message.
    """

    def __init__(self, login: FakeLogin, playground: str, note: Note) -> None:
        super().__init__(login)
        self._playground = playground
        self._note = note

    async def answer(self, request: web.Request, answer: dict[str, str], status: int = 201) -> web.Response:
        checked = await super().answer(request, answer, status)
        path = request.raw_path.removeprefix(_OURS)
        if checked.status >= 300:
            self._note(f"bot → Playground: {path} refused with {checked.status}: {checked.text}")
            return checked
        headers = {"content-type": "application/json"}
        async with aiohttp.ClientSession() as session:
            url = URL(self._playground + path, encoded=True)
            async with session.request(request.method, url, data=await request.read(), headers=headers) as response:
                text = await response.text()
                self._note(f"bot → Playground: {self.arrived[-1].activity.get('type')} {response.status}")
                if response.status >= 400:
                    self._note(f"  {path}: {text[:500]}")
                return web.Response(status=response.status, text=text, content_type="application/json")


class PlaygroundAzure(FakeAzure):
    """The fake, with the Playground as its Teams.

    Args:
        playground: address of its page.
        note: told of everything that passes.
    """

    def __init__(self, playground: str, note: Note) -> None:
        super().__init__()
        self.connector = ForwardingConnector(self.login, f"{playground}/_connector", note)
        self.note = note

    @asynccontextmanager
    async def receiving(self, port: int, bot_url: str) -> AsyncIterator[str]:
        """Take what the Playground sends, sign it, and hand it to the bot.

        Args:
            port: to listen on.
            bot_url: the bot's endpoint.

        Yields:
            The address for the Playground.
        """

        async def take(request: web.Request) -> web.Response:
            activity = await request.json()
            status, body = await self.deliver(bot_url, activity)
            name = activity.get("name") or (activity.get("conversation") or {}).get("conversationType") or ""
            self.note(f"Playground → bot: {activity.get('type')} {name} {status}")
            return web.Response(status=status, text=body or None, content_type="application/json")

        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/api/messages", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=1).start()
            yield f"http://127.0.0.1:{port}/api/messages"
        finally:
            await runner.cleanup()
