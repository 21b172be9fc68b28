"""Health and metrics on a port of their own, for whoever runs the servers; no conversation is held here.

``/health/live`` answers as long as the process works. ``/health/ready`` asks model, tracker store, lock store
and action server; so does ``/metrics``, which is for Prometheus. Nothing here tells a text, an id or an error's words.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import web
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from yarl import URL

from lotse import metrics
from lotse.channels.credentials import stopping_rasa
from lotse.channels.internal_settings import InternalSettings, read_settings
from lotse.rasa_adapter import patches
from lotse.rasa_adapter.channel_support import ServedChannel, store_of

logger = logging.getLogger(__name__)

_SECONDS = 3.0
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

Check = Callable[[], Awaitable[None]]


async def states(checks: Mapping[str, Check], seconds: float = _SECONDS) -> dict[str, bool]:
    """Whether each part answers, all asked at once.

    Args:
        checks: by part; each raises if the part cannot be used.
        seconds: how long each may take.
    """

    async def is_well(part: str, check: Check) -> bool:
        try:
            await asyncio.wait_for(check(), seconds)
        except Exception as error:
            logger.warning("Not ready: %s (%s)", part, type(error).__name__)
            return False
        return True

    answers = await asyncio.gather(*(is_well(part, check) for part, check in checks.items()))
    found = dict(zip(checks, answers, strict=True))
    for part, well in found.items():
        metrics.READY.labels(part).set(well)
    return found


def checks_of(agent: Any) -> dict[str, Check]:
    """How the parts of an agent are asked.

    Args:
        agent: Rasa's; None while no model is loaded.
    """

    async def model() -> None:
        if agent is None or not agent.is_ready() or not patches.applied():
            raise RuntimeError

    async def store() -> None:
        found = store_of(agent)
        await found.in_thread(found.ping)

    async def lock() -> None:
        if ping := getattr(agent.lock_store, "ping", None):
            await ping()

    async def actions() -> None:
        address = URL(agent.action_endpoint.url).with_path("/health")
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            answer.raise_for_status()

    return {"model": model, "store": store, "lock": lock, "actions": actions}


def application(agent: Callable[[], Any], seconds: float = _SECONDS) -> web.Application:
    """The addresses of the internal port.

    Args:
        agent: gives Rasa's agent.
        seconds: how long a part may take to answer.
    """

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"live": True}, headers=_HEADERS)

    async def ready(_: web.Request) -> web.Response:
        found = await states(checks_of(agent()), seconds)
        fine = all(found.values())
        return web.json_response({"ready": fine, "parts": found}, status=200 if fine else 503, headers=_HEADERS)

    async def numbers(_: web.Request) -> web.Response:
        # Whoever collects numbers need not ask for health, too, and must not get that of an hour ago.
        await states(checks_of(agent()), seconds)
        kind = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=metrics.exposition(), headers={**_HEADERS, **kind})

    app = web.Application(client_max_size=1024)
    app.router.add_get("/health/live", live)
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/metrics", numbers)
    return app


class InternalInput(ServedChannel):
    """No channel for people: opens the internal port when Rasa's server starts."""

    def __init__(self, settings: InternalSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or read_settings(None, {})
        self._runner: web.AppRunner | None = None

    @classmethod
    def name(cls) -> str:
        """Name among the channels."""
        return "internal"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Rasa's hook: make the channel from its section.

        Raises:
            RasaException: a setting cannot be used; Rasa prints it and ends.
        """
        with stopping_rasa():
            return cls(read_settings(credentials, os.environ))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's hook: no route on the public port."""
        routes = Blueprint("lotse_internal")

        @routes.before_server_start
        async def start(app: Sanic, _: object) -> None:
            self.app = app
            await self.open()

        @routes.after_server_stop
        async def stop(_app: Sanic, _: object) -> None:
            await self.close()

        return routes

    async def open(self) -> None:
        """Listen. If the port is taken, the log says so and the assistant works without it."""
        self._runner = web.AppRunner(application(self.agent), access_log=None)
        await self._runner.setup()
        host, port = self.settings.host, self.settings.port
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            logger.error("Health and metrics are not served: %s:%d cannot be used (%s).", host, port, error.strerror)

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
