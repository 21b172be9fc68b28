"""A fake of everything of Microsoft's that the bot talks to: published keys, login and Connector.

It runs on this machine, in a thread of its own, so that it serves coroutines, plain tests and servers in other
processes alike. It checks every token it gets, refuses what Teams refuses, keeps what arrives and fails when told to:

    with FakeAzure() as azure:
        azure.fail("connector", Fault(429, {"Retry-After": "0"}))
        …start the bot with azure.environment()…
        status, body = await azure.deliver(bot_url, azure.message("Darf ich bloggen?"))
        [answer] = azure.wait_for(1)
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web
from typing_extensions import Self

from lotse.channels.teams.settings import TeamsSettings, read_settings
from tools.fake_azure.connector import Arrived, FakeConnector
from tools.fake_azure.login import SECRET, FakeLogin
from tools.fake_azure.signer import APP_ID, TENANT_ID, Signer

BOT_ID = f"28:{APP_ID}"
USER_ID = "29:1-a-person-of-the-fake"
Handler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


@dataclass(frozen=True)
class Fault:
    """How one request fails.

    Attributes:
        status: what is answered; 0 breaks the connection without an answer.
        headers: of the answer.
        body: of the answer.
        after: whether the request is carried out all the same, as when only the answer is lost.
        held: whether nothing is answered until the fake stops or `FakeAzure.let_go` is called: a slow server.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    after: bool = False
    held: bool = False


class FakeAzure:
    """See the module.

    Attributes:
        signer: signs what is delivered to the bot; put a key in or out there.
        login: gives the bot its tokens.
        connector: keeps what the bot sends.
        asked: how often each part was asked: ``metadata``, ``keys``, ``discovery``, ``token``,
            ``connector``.
    """

    def __init__(self) -> None:
        self.signer = Signer()
        self.login = FakeLogin()
        self.connector = FakeConnector(self.login)
        self.asked: Counter[str] = Counter()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._numbers = count(1_790_000_000_001)

    # --- its life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._in_loop(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_loop(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._free = asyncio.Event()
        app = web.Application(client_max_size=8 * 1024 * 1024)
        teams = self.connector
        parts: list[tuple[str, str, str, Handler]] = [
            ("GET", "/v1/.well-known/openidconfiguration", "metadata", self._metadata),
            ("GET", "/keys", "keys", self._keys),
            ("GET", "/{tenant}/v2.0/.well-known/openid-configuration", "discovery", self._discovery),
            ("POST", "/{tenant}/oauth2/v2.0/token", "token", self._token),
            ("GET", "/metadata/identity/oauth2/token", "token", self._identity),
            ("POST", "/teams/v3/conversations", "connector", teams.thread_begun),
            ("POST", "/teams/v3/conversations/{conversation}/activities", "connector", teams.sent),
            ("PUT", "/teams/v3/conversations/{conversation}/activities/{activity}", "connector", teams.updated),
        ]
        for method, path, name, handler in parts:
            app.router.add_route(method, path, self._failing(name, handler))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, shutdown_timeout=1)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self.service_url = f"{self.url}/teams/"
        self.signer.service_url = self.service_url

    async def _stop(self) -> None:
        self._free.set()
        await self._runner.cleanup()

    def _in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    # --- what tests say to it ---------------------------------------------------------------------------------------

    def environment(self, **changes: str) -> dict[str, str]:
        """The settings of a bot that talks to this fake, as variables; ``changes`` without ``LOTSE_TEAMS_``."""
        named = {
            "APP_ID": APP_ID,
            "TENANT_ID": TENANT_ID,
            "CLIENT_SECRET": SECRET,
            "METADATA_URL": f"{self.url}/v1/.well-known/openidconfiguration",
            "LOGIN_URL": self.url,
            "SERVICE_URL": self.service_url,
            # One person asks nearly everything in the tests.
            "MESSAGES_PER_PERSON": "100000/minute",
            **changes,
        }
        return {f"LOTSE_TEAMS_{name}": value for name, value in named.items()}

    def settings(self, **changes: str) -> TeamsSettings:
        """The same, read."""
        return read_settings(None, self.environment(**changes))

    def fail(self, part: str, *faults: Fault) -> None:
        """Let the next requests to a part fail, one after the other; the parts are named at `asked`."""
        self._faults[part].extend(faults)

    def let_go(self) -> None:
        """Answer what is held."""
        self._loop.call_soon_threadsafe(self._free.set)

    def sent(self, conversation: str | None = None, kind: str = "message") -> list[Arrived]:
        """What Teams has taken, of one conversation or of all; for the kinds see `Arrived.kind`."""
        return self.connector.taken(conversation, kind)

    def wait_for(
        self, number: int, conversation: str | None = None, kind: str = "message", seconds: float = 60
    ) -> list[Arrived]:
        """Wait until so many messages have been taken, and give them. In a coroutine: ``asyncio.to_thread``."""
        return self.connector.wait_for(number, conversation, kind, seconds)

    def cards_of(self, answer: Arrived, seconds: float = 60) -> list[Arrived]:
        """Wait for the cards that came with an answer, and give them."""
        return self.connector.cards_of(answer, seconds)

    def message(self, text: str = "", conversation: str = "a:personal-1", **fields: Any) -> dict[str, Any]:
        """A message as Teams delivers it, of a person in the personal chat unless ``fields`` say otherwise."""
        return {
            "type": "message",
            "id": str(next(self._numbers)),
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "timestamp": "2026-11-23T09:00:00.000Z",
            "locale": "de-DE",
            "text": text,
            "textFormat": "plain",
            "from": {"id": USER_ID, "name": "Kim Beispiel", "aadObjectId": "11111111-2222-4333-8444-555555555555"},
            "recipient": {"id": BOT_ID, "name": "Social-Media-Lotse"},
            "conversation": {"id": conversation, "conversationType": "personal", "tenantId": TENANT_ID},
            "channelData": {"tenant": {"id": TENANT_ID}},
            **fields,
        }

    def pressed(self, value: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """A pressed button of a card, or its form handed in: a message without text, with the button's data."""
        return _without_text(self.message(value=dict(value), **fields))

    def rated(self, reaction: str = "like", feedback: Any = "", **fields: Any) -> dict[str, Any]:
        """A thumb under an answer of the bot; ``replyToId`` in ``fields`` says which.

        Args:
            reaction: ``like`` or ``dislike``.
            feedback: the comment, as Teams sends it: JSON in a text, ``{"feedbackText": …}``.
            fields: of the activity.
        """
        value = {"actionName": "feedback", "actionValue": {"reaction": reaction, "feedback": feedback}}
        named = {"type": "invoke", "name": "message/submitAction", "value": value, **fields}
        return _without_text(self.message(**named))

    def adopt(self, activity: Mapping[str, Any]) -> dict[str, Any]:
        """A recorded activity, as if this fake had delivered it: its address and its tenant are put in."""
        adopted = {**activity, "serviceUrl": self.service_url}
        adopted["conversation"] = {**activity["conversation"], "tenantId": TENANT_ID}
        if "tenant" in (activity.get("channelData") or {}):
            adopted["channelData"] = {**activity["channelData"], "tenant": {"id": TENANT_ID}}
        return adopted

    async def deliver(
        self,
        bot_url: str,
        activity: Mapping[str, Any],
        authorization: str | None = "",
        session: aiohttp.ClientSession | None = None,
    ) -> tuple[int, str]:
        """Deliver an activity to the bot, as the Connector does.

        Args:
            bot_url: its endpoint, such as ``…/teams/messages``.
            activity: as it is.
            authorization: the header in place of the right one; None for none.
            session: for many deliveries.

        Returns:
            Status and body of what the bot answers.
        """
        header = self.signer.header() if authorization == "" else authorization
        headers = {"Authorization": header} if header is not None else {}
        if session is None:
            async with aiohttp.ClientSession() as own:
                return await self.deliver(bot_url, activity, authorization, own)
        async with session.post(bot_url, json=activity, headers=headers) as response:
            return response.status, await response.text()

    # --- its parts --------------------------------------------------------------------------------------------------

    def _failing(self, part: str, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked[part] += 1
            fault = self._faults[part].popleft() if self._faults[part] else None
            if fault is None:
                return await handler(request)
            if fault.after:
                await handler(request)
            elif part == "connector":
                await self.connector.note(request, fault.status)
            if fault.held:
                await self._free.wait()
            if fault.status == 0:
                if request.transport is not None:
                    request.transport.close()
                return web.Response(status=500)
            return web.Response(status=fault.status, headers=fault.headers, text=fault.body)

        return handle

    async def _metadata(self, _: web.Request) -> web.Response:
        return web.json_response(self.signer.metadata(self.url))

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.signer.jwks())

    async def _discovery(self, request: web.Request) -> web.Response:
        status, answer = self.login.discovery(request.match_info["tenant"], request.host)
        return web.json_response(answer, status=status)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        status, answer = self.login.token(request.match_info["tenant"], form, request.host)
        return web.json_response(answer, status=status)

    async def _identity(self, request: web.Request) -> web.Response:
        status, answer = self.login.managed_identity(request.query, request.headers)
        return web.json_response(answer, status=status)


def _without_text(activity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in activity.items() if name != "text"}
