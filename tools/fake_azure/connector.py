"""A fake of Microsoft's Connector: takes what the bot sends, if the token and the message are right.

Source: Microsoft Learn, “Messages in bot conversations”
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages): a text and an
attachment in one activity are split into two messages, and the answer names neither of them. “Send and receive targeted
messages in group conversations”: a message for one member names them as recipient, a change of it does not.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from tools.fake_azure import rules
from tools.fake_azure.login import TENANT_ID, FakeLogin


@dataclass(frozen=True)
class Arrived:
    """A request of the bot to the Connector.

    Attributes:
        method: of HTTP.
        conversation: its id; of the channel for a new thread.
        activity: the message itself.
        body: everything that was sent.
        status: what the fake answered; 0 for a broken connection.
        path: of the address, still quoted.
        id: what the message is called from now on; None if Teams does not say.
        only_for: the only member of the group who sees it; None for everybody.
    """

    method: str
    conversation: str
    activity: dict[str, Any]
    body: dict[str, Any]
    status: int
    path: str
    id: str | None = None
    only_for: str | None = None

    @property
    def kind(self) -> str:
        """``card`` for a card alone in a conversation, ``message`` for all others, or the type of another activity."""
        kind = str(self.activity.get("type"))
        alone = kind == "message" and not self.activity.get("text") and "isGroup" not in self.body
        return "card" if alone else kind


class FakeConnector:
    """Keeps every message of the bot, also those it refused.

    Args:
        login: knows the bot's tokens.

    Attributes:
        arrived: all requests in their order.
    """

    def __init__(self, login: FakeLogin) -> None:
        self.arrived: list[Arrived] = []
        self._login = login
        self._changed = threading.Condition()
        self._numbers = count(1_795_000_000_001)

    def taken(self, conversation: str | None = None, kind: str = "message") -> list[Arrived]:
        """What was accepted, of one conversation or of all."""
        return [
            item
            for item in list(self.arrived)
            if 200 <= item.status < 300 and item.kind == kind and conversation in (None, item.conversation)
        ]

    def wait_for(self, number: int, conversation: str | None, kind: str, seconds: float) -> list[Arrived]:
        """Wait until so many have been accepted."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.taken(conversation, kind)) >= number, seconds):
                seen = [(item.kind, item.status) for item in self.arrived]
                raise AssertionError(f"{len(self.taken(conversation, kind))} of {number} came; seen: {seen[-20:]}")
            return self.taken(conversation, kind)

    def cards_of(self, answer: Arrived, seconds: float) -> list[Arrived]:
        """Wait for the cards that answer the same message as an answer does."""
        answered = answer.body.get("replyToId")

        def cards() -> list[Arrived]:
            return [item for item in self.taken(answer.conversation, "card") if item.body.get("replyToId") == answered]

        with self._changed:
            if not self._changed.wait_for(lambda: bool(cards()), seconds):
                raise AssertionError(f"No card came; seen: {[(item.kind, item.status) for item in self.arrived][-20:]}")
            return cards()

    async def sent(self, request: web.Request) -> web.Response:
        return await self.answer(request, {"id": str(next(self._numbers))})

    async def updated(self, request: web.Request) -> web.Response:
        return await self.answer(request, {"id": request.match_info["activity"]}, 200)

    async def thread_begun(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        channel = ((body.get("channelData") or {}).get("channel") or {}).get("id")
        if not channel or body.get("isGroup") is not True or "activity" not in body:
            return await self._refused(request, 400, "BadSyntax", "Incorrect conversation creation parameters")
        if body.get("tenantId") != TENANT_ID:
            return await self._refused(request, 403, "Forbidden", "no tenant")
        number = str(next(self._numbers))
        return await self.answer(request, {"id": f"{channel};messageid={number}", "activityId": number})

    async def answer(self, request: web.Request, answer: dict[str, str], status: int = 201) -> web.Response:
        """Take a message of the bot and give this answer, or refuse it as Teams does."""
        if not self._login.accepts(request.headers.get("Authorization")):
            return await self._refused(request, 401, "BotNotRegistered", "No registration found for this bot")
        activity = (await self.note(request, None)).activity
        targeted = request.query.get("isTargetedActivity") == "true"
        if targeted and rules.wrong_target(activity, request.method, request.match_info["conversation"]):
            return await self._refused(request, 400, "BadArgument", "Bad argument")
        if rules.too_large(activity):
            return await self._refused(request, 413, "MessageSizeTooBig", "Message size too large")
        if found := rules.objections(activity):
            return await self._refused(request, 400, "BadSyntax", "; ".join(found))
        if activity.get("type") == "typing":
            await self.note(request, 202)
            return web.json_response(answer, status=202)
        if rules.is_split(activity):
            await self.note(request, 202)
            return web.Response(status=202)
        await self.note(request, status, answer.get("activityId") or answer.get("id"))
        return web.json_response(answer, status=status)

    async def _refused(self, request: web.Request, status: int, code: str, text: str) -> web.Response:
        await self.note(request, status)
        return web.json_response({"error": {"code": code, "message": text}}, status=status)

    async def note(self, request: web.Request, status: int | None, message_id: str | None = None) -> Arrived:
        """What a request says; kept once its answer is known."""
        body = json.loads(await request.text())
        channel = ((body.get("channelData") or {}).get("channel") or {}).get("id", "")
        item = Arrived(
            method=request.method,
            conversation=request.match_info.get("conversation", channel),
            activity=body.get("activity", body) if "isGroup" in body else body,
            body=body,
            status=status or 0,
            path=request.raw_path,
            id=message_id,
            only_for=(body.get("recipient") or {}).get("id") if request.query.get("isTargetedActivity") else None,
        )
        if status is not None:
            with self._changed:
                self.arrived.append(item)
                self._changed.notify_all()
        return item
