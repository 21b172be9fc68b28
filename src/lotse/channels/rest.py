"""The REST channel for scripts and tests: Rasa's route and shapes, with the holes closed.

Against the stock channel: no shared conversation for callers without a sender, no caller-chosen channel name or
metadata, wrong bodies are answered with 400 and a reason, a turn is one message with text and payload, and silence is
an error.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from lotse import project
from lotse.answering.answer import Answer
from lotse.answering.settings import load_settings, load_wording
from lotse.channels.bodies import max_bytes
from lotse.nlu import rasa_repairs

rasa_repairs.apply()

logger = logging.getLogger(__name__)

SENDER = re.compile(r"^[A-Za-z0-9_.:-]{1,128}$")


class OneMessageChannel(CollectingOutputChannel):
    """Collects one message for each response, text and payload together."""

    @classmethod
    def name(cls) -> str:
        """Name in the tracker."""
        return "rest"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the parts of a response together; the stock channel sends them as separate messages."""
        kept = {key: value for key, value in message.items() if key in ("text", "custom") and value}
        if kept:
            self.messages.append({"recipient_id": recipient_id, **kept})


class RestInput(InputChannel):
    """`POST /webhooks/rest/webhook` with ``{"sender": …, "message": …}``."""

    def __init__(self) -> None:
        self.wording = load_wording(project.data())
        self.max_bytes = max_bytes(load_settings(project.data()).max_characters)

    @classmethod
    def name(cls) -> str:
        """Name in the route and in the tracker."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's hook: the routes of this channel."""
        routes = Blueprint("lotse_rest", url_prefix="/rest")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = self.read(request.body)
            except ValueError as error:
                return response.json({"error": str(error)}, status=400)
            channel = OneMessageChannel()
            try:
                await on_new_message(UserMessage(text, channel, sender, input_channel=self.name()))
            except Exception:
                logger.exception("A turn failed before it reached the assistant.")
            if not channel.messages:
                agent = getattr(request.app.ctx, "agent", None)
                ready = agent is not None and agent.is_ready()
                sentence = self.wording.error if ready else self.wording.not_ready
                logger.error("No answer: %s", "the turn failed" if ready else "no model is loaded; train one first")
                payload = Answer(outcome="error", short=sentence).payload()
                channel.messages.append({"recipient_id": sender, "text": sentence, "custom": payload})
            return response.json(channel.messages)

        return routes

    def read(self, body: bytes) -> tuple[str, str]:
        """Sender and message of a request body.

        An overlong body is not parsed; its beginning goes on as the message, so that the person is told that it
        is too long.

        Raises:
            ValueError: with what is wrong, for the caller.
        """
        if len(body) > self.max_bytes:
            sender = re.search(rb'"sender"\s*:\s*"([A-Za-z0-9_.:-]{1,128})"', body[:512] + body[-512:])
            if sender is None:
                raise ValueError(f"The body has more than {self.max_bytes} bytes and no usable sender.")
            return sender[1].decode("ascii"), "x" * self.max_bytes
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError("The body is not JSON.") from None
        if not isinstance(data, dict):
            raise ValueError('The body must be an object: {"sender": "…", "message": "…"}.')
        sender_id, text = data.get("sender"), data.get("message")
        if not isinstance(sender_id, str) or not SENDER.fullmatch(sender_id):
            raise ValueError("“sender” must be 1 to 128 of A-Z a-z 0-9 _ . : - and name one conversation.")
        if not isinstance(text, str):
            raise ValueError("“message” must be text.")
        return sender_id, text
