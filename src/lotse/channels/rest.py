"""The REST channel for scripts and tests: Rasa's route and shapes, with the holes closed.

Against the stock channel: answered on this machine only unless asked for, no request of a foreign page, conversations
in a name space of their own, no shared conversation for callers without a sender, no caller-chosen channel name or
metadata, wrong requests are answered with a reason, a turn is one message with text and payload, and silence is an
error.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from lotse import paths
from lotse.answering.settings import load_settings
from lotse.channels.credentials import stopping_rasa
from lotse.channels.draining import drain_all, drain_at_stop
from lotse.channels.origins import is_allowed
from lotse.channels.request_body import max_bytes, read_body
from lotse.channels.rest_settings import SECTION, RestSettings, read_settings
from lotse.content import languages
from lotse.content.wording import load_wording
from lotse.conversation.message import Message
from lotse.conversation.service import ConversationService
from lotse.conversation.transcript import AssistantItem
from lotse.conversation.turn_queue import DeclinedError
from lotse.rasa_adapter.channel_support import ServedChannel
from lotse.rasa_adapter.store_threads import in_one_turn
from lotse.secret_key import secret_key

logger = logging.getLogger(__name__)

# In the tracker store, so that no caller can name a conversation of another channel.
PREFIX = "rest-"
SENDER = re.compile(r"^[A-Za-z0-9_.:-]{1,128}$")
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

_THIS_MACHINE = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_SET_BY_PROXIES = re.compile(r"forwarded|via|x-real-ip|x-forwarded-.*", re.IGNORECASE)


def tracker_id(sender: str) -> str:
    """Name of a caller's conversation in the tracker store."""
    return PREFIX + sender


def refusal(settings: RestSettings, peer: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Why a request is not carried out.

    Args:
        settings: of the channel.
        peer: address of who opened the connection.
        headers: of the request, whatever case their names have.

    Returns:
        Status and reason; None if it is carried out.
    """
    given = {name.lower(): value for name, value in headers.items()}
    host = given.get("host", "")
    if settings.reachable_from == "loopback" and not _is_local(peer, host, given):
        return 403, (
            "The REST channel answers callers on this machine only. To open it, set reachable_from: everywhere under "
            f"{SECTION} in credentials.yml; it has no login."
        )
    if not is_allowed(given.get("origin"), host, ()):
        return 403, "The REST channel is for scripts; it carries out no request of another origin's page."
    if given.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # A form or text/plain is what a foreign page can send without the browser asking first.
        return 415, "The body must be declared as Content-Type: application/json."
    return None


def _is_local(peer: str, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a caller is on this machine: not behind a proxy, and not a page whose name resolves to us."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    proxied = any(_SET_BY_PROXIES.fullmatch(name) for name in headers)
    return address.is_loopback and not proxied and (not host or _THIS_MACHINE.fullmatch(host) is not None)


class RestInput(ServedChannel):
    """`POST /webhooks/rest/webhook` with ``{"sender": …, "message": …}`` and, to send it again, ``"id": …``."""

    def __init__(self, settings: RestSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or RestSettings()
        folder = paths.data()
        self.wordings = {language: load_wording(folder, language) for language in languages(folder)}
        self.max_bytes = max_bytes(load_settings(folder).max_characters)
        key = secret_key(paths.private_folder())
        self.service = ConversationService(self.agent, self.name(), self.wordings, key)

    @classmethod
    def name(cls) -> str:
        """Name in the route and in the tracker."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Rasa's hook: make the channel from its section.

        Raises:
            RasaException: a setting cannot be used; Rasa prints it and ends.
        """
        with stopping_rasa():
            return cls(read_settings(credentials))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's hook: the routes of this channel. Messages go to the agent directly, inside its lock."""
        routes = Blueprint("lotse_rest", url_prefix="/rest")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"}, headers=HEADERS)

        @routes.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            peer = request.conn_info.client if request.conn_info else ""
            if refused := refusal(self.settings, peer, request.headers):
                status, reason = refused
                return response.json({"error": reason}, status, HEADERS)
            body = await read_body(request, self.max_bytes)
            if body is None:
                return response.json({"error": f"The body has more than {self.max_bytes} bytes."}, 413, HEADERS)
            try:
                sender, message = self.read(body)
            except ValueError as error:
                return response.json({"error": str(error)}, 400, HEADERS)
            try:
                with in_one_turn():
                    items = await self._answers(tracker_id(sender), message)
            except DeclinedError:
                reason = "This “id” belongs to another message of the conversation."
                return response.json({"error": reason}, 409, HEADERS)
            said = [{"recipient_id": sender, "text": item.text, "custom": item.answer.payload()} for item in items]
            return response.json(said, headers=HEADERS)

        @routes.before_server_start
        async def start(app: Sanic, _: object) -> None:
            self.app = app
            drain_at_stop(app, self.service.drain)

        @routes.before_server_stop
        async def stop(app: Sanic, _: object) -> None:
            await drain_all(app)

        return routes

    async def _answers(self, conversation: str, message: Message) -> list[AssistantItem]:
        """What is said to a message.

        Raises:
            DeclinedError: its id belongs to another message.
        """
        try:
            async with self.service.locked(conversation):
                return (await self.service.answer(conversation, message)).items
        except DeclinedError as declined:
            if declined.reason not in ("not_ready", "busy"):
                raise
            if declined.reason == "not_ready":
                logger.error("No answer: no model is loaded; train one first.")
            return [await self.service.failed(conversation, message, reason=declined.reason)]
        except Exception:
            logger.exception("A turn failed before it began. The person is told so.")
            return [await self.service.failed(conversation, message)]

    def read(self, body: bytes) -> tuple[str, Message]:
        """Sender and message of a request body. A message without an id is never taken for another.

        Raises:
            ValueError: with what is wrong, for the caller.
        """
        try:
            data = json.loads(body)
        except UnicodeDecodeError:
            raise ValueError(
                "The body is not JSON in UTF-8; PowerShell 5 needs the bytes of the text in UTF-8."
            ) from None
        except (ValueError, RecursionError):
            raise ValueError("The body is not JSON.") from None
        if not isinstance(data, dict):
            raise ValueError('The body must be an object: {"sender": "…", "message": "…"}.')
        sender_id, text = data.get("sender"), data.get("message")
        if not isinstance(sender_id, str) or not SENDER.fullmatch(sender_id):
            raise ValueError("“sender” must be 1 to 128 of A-Z a-z 0-9 _ . : - and name one conversation.")
        if not isinstance(text, str):
            raise ValueError("“message” must be text.")
        identity = data.get("id", uuid4().hex)
        if not isinstance(identity, str) or not SENDER.fullmatch(identity):
            raise ValueError("“id” must be 1 to 128 of A-Z a-z 0-9 _ . : - and name one message.")
        return sender_id, Message(identity, text, None)
