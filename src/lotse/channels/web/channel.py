"""The edge: the web chat as a channel of Rasa, on Rasa's own Sanic server.

One route takes every method and address below ``/chat/``, so that no answer comes from Sanic or its CORS extension
without our headers.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, HTTPResponse, Sanic
from sanic.request import Request as SanicRequest

import lotse
from lotse import metrics, paths
from lotse.channels.credentials import stopping_rasa
from lotse.channels.draining import drain_all, drain_at_stop
from lotse.channels.request_body import read_body
from lotse.channels.web import assets, openapi
from lotse.channels.web.app import PREFIX, WebChat
from lotse.channels.web.conversations import NAME, Conversations
from lotse.channels.web.http_messages import Request, Response
from lotse.channels.web.request_limits import RequestLimits, client_address
from lotse.channels.web.settings import WebSettings, read_settings
from lotse.content.word_lists import load_search_words
from lotse.conversation.assistant import Assistant
from lotse.conversation.feedback import FeedbackStore, reason_names
from lotse.conversation.handover import Handovers, poster_of
from lotse.errors import SettingsError
from lotse.operator_language import _
from lotse.publishing.guide_pages import GuidePages
from lotse.rasa_adapter.channel_support import ServedChannel, store_of
from lotse.secret_key import secret_key

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class WebInput(ServedChannel):
    """``/chat/``: pages, widget and the JSON interface behind them."""

    def __init__(self, settings: WebSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or read_settings(None)
        folder, assistant = paths.private_folder(), Assistant.load()
        _check_length(self.settings, assistant)
        key = secret_key(folder)
        resources = assets.load()
        self.chat = WebChat(
            settings=self.settings,
            wordings=assistant.wordings,
            conversations=Conversations(assistant, key, self.agent),
            limits=RequestLimits(self.settings),
            feedback=FeedbackStore(lambda: store_of(self.agent()), key, reason_names(assistant.wordings)),
            handovers=Handovers(
                assistant.guide.contacts,
                lambda: poster_of(self.app),
                self.settings.handovers_per_session,
                self.settings.rate_limit_storage,
            ),
            pages=GuidePages(
                assistant.guides,
                assistant.wordings,
                styles=[name for name in ("page.css",) if name in resources],
                scripts=[name for name in ("guide.js",) if name in resources],
                checks=assistant.checks,
                search_words=load_search_words(paths.data()),
            ),
            resources=resources,
            description=openapi.description(lotse.__version__, list(assistant.wordings), self.settings.max_characters),
            key=key,
        )

    @classmethod
    def name(cls) -> str:
        """Name in the tracker."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Rasa's hook: make the channel from its section.

        Raises:
            RasaException: a setting cannot be used; Rasa prints it and ends.
        """
        with stopping_rasa():
            return cls(read_settings(credentials))

    def url_prefix(self) -> str:
        """Absolute, so that Rasa does not put it under ``/webhooks``."""
        return PREFIX

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's hook: the routes of this channel. Messages go to the agent directly, inside its lock."""
        routes = Blueprint("lotse_web")

        async def answer(request: SanicRequest, **_: str) -> HTTPResponse:
            return _sent(await self.chat.handle(await self._read(request)))

        async def odd_method(request: SanicRequest) -> HTTPResponse | None:
            # Sanic's router knows no TRACE or CONNECT and would answer them itself, without our headers.
            ours = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
            if ours and request.method not in METHODS:
                return _sent(await self.chat.handle(Request(request.method, request.path[len(PREFIX) :])))
            return None

        @routes.before_server_start
        async def start(app: Sanic, _: object) -> None:
            self.app = app
            drain_at_stop(app, self.chat.conversations.service.drain)
            _keep_away_cors_extension(app)
            app.request_middleware.appendleft(odd_method)

        @routes.before_server_stop
        async def stop(app: Sanic, _: object) -> None:
            await drain_all(app)

        routes.add_route(answer, "/", methods=METHODS, stream=True, name="page")
        routes.add_route(answer, "/<path:path>", methods=METHODS, stream=True, name="rest")
        return routes

    async def _read(self, request: SanicRequest) -> Request:
        peer = request.conn_info.client if request.conn_info else ""
        if self.settings.trusted_proxies == 0 and "x-forwarded-for" in request.headers:
            metrics.UNTRUSTED_PROXY.inc()
        return Request(
            method=request.method,
            path=request.path[len(PREFIX) :],
            headers={name.lower(): value for name, value in request.headers.items()},
            query={name: values[0] for name, values in request.args.items()},
            body=await read_body(request, self.chat.max_bytes),
            address=client_address(
                peer, ",".join(request.headers.getall("x-forwarded-for", [])), self.settings.trusted_proxies
            ),
        )


def _sent(response: Response) -> HTTPResponse:
    headers = {name: value for name, value in response.headers.items() if name != "content-type"}
    return HTTPResponse(response.body, response.status, headers, response.content_type)


def _keep_away_cors_extension(app: Sanic) -> None:
    """Rasa lets Sanic-CORS answer every preflight of every address by itself; ours are answered by our allow-list."""
    context = getattr(app.ctx, "sanic_cors", None)
    if context is None:
        return
    context.resources = [
        (re.compile(rf"(?!{PREFIX}(?:/|$))(?:{getattr(pattern, 'pattern', pattern)})"), options)
        for pattern, options in context.resources
    ]


def _check_length(settings: WebSettings, assistant: Assistant) -> None:
    most = assistant.settings.max_characters
    if settings.max_characters > most:
        raise SettingsError(
            _(
                "credentials.yml, max_characters: {given} is more than the assistant reads ({most}, data/answering.yml)"
            ).format(given=settings.max_characters, most=most)
        )


__all__ = ["WebInput"]
