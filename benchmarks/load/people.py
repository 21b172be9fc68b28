"""People who ask: at our web chat, or at the stock assistant over Rasa's own REST channel."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import aiohttp

# A browser gives up after 45 seconds (widget/src/api.ts); what comes later, nobody reads.
PATIENCE_SECONDS = 45.0
_FAILED = (aiohttp.ClientError, asyncio.TimeoutError, ValueError)


class Reply(Enum):
    """What somebody got for a message.

    Attributes:
        ANSWERED: an answer.
        BUSY: a sentence that too many ask at once; nothing was carried out.
        TOLD: a sentence that something went wrong; the message can be sent again.
        ERROR: the connection broke, nothing came in time, or the message was refused.
    """

    ANSWERED = "answered"
    BUSY = "busy"
    TOLD = "told"
    ERROR = "error"


@dataclass(frozen=True)
class Asked:
    """One message.

    Attributes:
        reply: what came.
        seconds: until it came.
        at: when it was sent, in seconds of the run.
    """

    reply: Reply
    seconds: float
    at: float = 0.0


Ask = Callable[[str], Awaitable[Reply]]
Arrive = Callable[[aiohttp.ClientSession, str], Awaitable[Ask]]


def reply_of(status: int, body: Any) -> Reply:
    """What a response of the web chat means.

    Args:
        status: of the response.
        body: its JSON; None if it is none.
    """
    if not isinstance(body, dict):
        return Reply.ERROR
    if status == 200 and body.get("messages"):
        failed = body["messages"][0]["guidance"]["outcome"] == "error"
        return Reply.TOLD if failed else Reply.ANSWERED
    problem = body.get("error") or {}
    # 4xx: the message itself was refused, and none of ours should be.
    if status not in (429, 500, 503) or not problem.get("message"):
        return Reply.ERROR
    return Reply.BUSY if problem.get("code") in ("busy", "too_many_requests") else Reply.TOLD


@dataclass
class WebPerson:
    """Somebody at the web chat, with a session of their own.

    Attributes:
        session: the connections.
        base: address of the server.
        token: of the conversation.
        acknowledged: ids of messages that were answered.
    """

    session: aiohttp.ClientSession
    base: str
    token: str
    acknowledged: list[str]

    async def ask(self, text: str, identity: str | None = None) -> Reply:
        """Send one message; never raises."""
        identity = identity or str(uuid4())
        body = {"text": text, "id": identity}
        try:
            async with self.session.post(f"{self.base}/chat/messages", json=body, headers=self._headers) as response:
                reply = reply_of(response.status, await response.json(content_type=None))
        except _FAILED:
            return Reply.ERROR
        if reply is Reply.ANSWERED:
            self.acknowledged.append(identity)
        return reply

    async def forgotten(self) -> int:
        """How many messages were answered and are not in the history.

        Raises:
            aiohttp.ClientError: there is no history within half a minute.
        """
        for _ in range(30):
            async with self.session.get(f"{self.base}/chat/history", headers=self._headers) as response:
                # The proxy looks again after five seconds whether a server is back.
                if response.status == 503:
                    await asyncio.sleep(1)
                    continue
                response.raise_for_status()
                history = (await response.json())["messages"]
                said = sum(item["from"] == "user" for item in history)
                return max(len(set(self.acknowledged)) - int(said), 0)
        raise aiohttp.ClientError("There is no history.")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def web_person(session: aiohttp.ClientSession, base: str) -> WebPerson:
    """Begin a conversation of the web chat.

    Raises:
        aiohttp.ClientError: the server does not begin one.
    """
    async with session.post(f"{base}/chat/session", json={"language": "de"}) as response:
        response.raise_for_status()
        return WebPerson(session, base, (await response.json())["token"], [])


async def web_user(session: aiohttp.ClientSession, base: str) -> Ask:
    """Somebody at the web chat."""
    return (await web_person(session, base)).ask


async def stock_user(session: aiohttp.ClientSession, base: str) -> Ask:
    """Somebody at the stock assistant, over Rasa's own REST channel."""
    sender = uuid4().hex

    async def ask(text: str) -> Reply:
        try:
            async with session.post(
                f"{base}/webhooks/rest/webhook", json={"sender": sender, "message": text}
            ) as response:
                return Reply.ANSWERED if response.status == 200 and await response.json() else Reply.ERROR
        except _FAILED:
            return Reply.ERROR

    return ask


def client() -> aiohttp.ClientSession:
    """Connections without a limit of their own."""
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))


async def timed(ask: Awaitable[Reply], begun: float) -> Asked:
    """Wait for a reply and measure it.

    Args:
        begun: beginning of the run, by `time.perf_counter`.
    """
    sent = time.perf_counter()
    reply = await ask
    return Asked(reply, time.perf_counter() - sent, sent - begun)


async def crowd(
    base: str, arrive: Arrive, texts: Sequence[str], people: int, seconds: float, thinking: float
) -> list[Asked]:
    """People who come within the first thinking time, ask, read and think until the time is up.

    Args:
        thinking: seconds between an answer and the next question on average; half of the people are faster.
    """
    chance = random.Random(7)
    asked: list[Asked] = []
    begun = time.perf_counter()

    async def person(number: int, session: aiohttp.ClientSession) -> None:
        await asyncio.sleep(chance.uniform(0, min(thinking, seconds / 4)))
        try:
            ask = await arrive(session, base)
        except _FAILED:
            asked.append(Asked(Reply.ERROR, 0.0, time.perf_counter() - begun))
            return
        for text in islice(cycle(texts), number * 7, None):
            if time.perf_counter() - begun > seconds:
                return
            asked.append(await timed(ask(text), begun))
            left = seconds - (time.perf_counter() - begun)
            await asyncio.sleep(max(min(chance.expovariate(1 / thinking), left), 0))

    async with client() as session:
        await asyncio.gather(*(person(number, session) for number in range(people)))
    return asked


async def all_at_once(base: str, texts: Sequence[str], people: int) -> list[Asked]:
    """People whose conversations have begun, and who all ask in the same moment."""
    async with client() as session:
        asks: list[Ask] = []
        for first in range(0, people, 10):
            several = (web_user(session, base) for _ in range(min(10, people - first)))
            asks += await asyncio.gather(*several)
        begun = time.perf_counter()
        return await asyncio.gather(
            *(timed(ask(text), begun) for ask, text in zip(asks, islice(cycle(texts), people), strict=True))
        )


async def without_pause(base: str, texts: Sequence[str], people: int, seconds: float) -> list[Asked]:
    """People who ask again as soon as they are answered."""
    asked: list[Asked] = []
    begun = time.perf_counter()

    async def person(number: int, session: aiohttp.ClientSession) -> None:
        ask = await web_user(session, base)
        for text in islice(cycle(texts), number * 7, None):
            if time.perf_counter() - begun > seconds:
                return
            asked.append(await timed(ask(text), begun))

    async with client() as session:
        await asyncio.gather(*(person(number, session) for number in range(people)))
    return asked
