"""A client of the assistant's REST channel that records replies for scoring."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

import aiohttp

from lotse.evaluation.questions import Conversation, Dialogue

WEBHOOK = "/webhooks/rest/webhook"
_OFFER = "/ask_"
Progress = Callable[[], None]


class Asked(Protocol):
    """Anything with a text that is asked by itself."""

    @property
    def text(self) -> str:
        """What the person says."""


@dataclass(frozen=True)
class Reply:
    """The parts of an answer that are scored, and its text.

    Attributes:
        outcome: outcome of the payload; ``lost`` if there was no usable payload.
        topic: topic of the reply.
        offered: topics it offers to choose from.
        payloads: everything it offers to choose from.
        probability: probability of the topic as stated in the payload, 0 to 1; None if there is none.
        passages: the passage whose statement leads, if one does, and those behind the points shown, in their order.
        language: language of the answer.
        milliseconds: time from question to reply.
        verdict: traffic light; None if there is none.
        help: kind of need that the answer meets first; None if it meets none.
        text: the answer as a client that shows text only would show it.
    """

    outcome: str
    topic: str | None = None
    offered: tuple[str, ...] = ()
    probability: float | None = None
    passages: tuple[str, ...] = ()
    language: str = ""
    milliseconds: float = 0.0
    verdict: str | None = None
    help: str | None = None
    text: str = ""
    payloads: tuple[str, ...] = ()


def reply_of(messages: Any, milliseconds: float) -> Reply:
    """The reply in the JSON body of a REST answer.

    Args:
        messages: decoded JSON body of the webhook.
        milliseconds: time from question to reply.
    """
    for message in messages if isinstance(messages, list) else []:
        payload = message.get("custom") if isinstance(message, dict) else None
        if isinstance(payload, dict) and payload.get("type") == "guidance":
            offers = [item.get("payload", "") for item in payload.get("follow_ups") or []]
            probability = (payload.get("why") or {}).get("probability")
            return Reply(
                outcome=str(payload.get("outcome")),
                topic=payload.get("topic"),
                offered=tuple(offer[len(_OFFER) :] for offer in offers if offer.startswith(_OFFER)),
                probability=None if probability is None else float(probability),
                passages=_passages(payload),
                language=str(payload.get("language") or ""),
                milliseconds=milliseconds,
                verdict=payload.get("verdict"),
                help=(payload.get("help") or {}).get("kind"),
                text=str(message.get("text") or ""),
                payloads=tuple(offers),
            )
    return Reply("lost", milliseconds=milliseconds)


def _passages(payload: dict[str, Any]) -> tuple[str, ...]:
    owner = {citation.get("n"): str(citation.get("passage")) for citation in payload.get("citations") or []}
    # A statement that leads the answer is not repeated among its points.
    leading = [
        str(citation.get("passage"))
        for citation in payload.get("citations") or []
        if citation.get("excerpt") == payload.get("short")
    ]
    cited = [
        owner[number] for point in payload.get("points") or [] for number in point.get("cites") or [] if number in owner
    ]
    return tuple(dict.fromkeys([*leading, *cited]))


class RestClient:
    """Asks a running Rasa server through its REST channel, one message at a time.

    Args:
        base_url: address of the server, such as ``http://127.0.0.1:5005``.
        session: HTTP session, see `open_session`.
    """

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = base_url.rstrip("/") + WEBHOOK, session

    async def say(self, sender: str, text: str) -> Reply:
        """Send one message; an error of the server gives a reply with outcome ``lost``, not an exception."""
        start = time.perf_counter()
        try:
            async with self._session.post(self._url, json={"sender": sender, "message": text}) as response:
                messages = await response.json() if response.status == 200 else None
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            messages = None
        return reply_of(messages, (time.perf_counter() - start) * 1000)

    async def ask(self, questions: Iterable[Asked], progress: Progress | None = None) -> list[Reply]:
        """Ask each question as a new sender, one at a time, so that latencies are those of a single user."""
        replies = []
        for question in questions:
            replies.append(await self.say(new_sender(), question.text))
            if progress:
                progress()
        return replies

    async def hold(self, dialogues: Iterable[Dialogue], progress: Progress | None = None) -> list[Sequence[Reply]]:
        """Hold each dialogue as a new sender, turn by turn; one list of replies for each dialogue."""
        return await self._converse(([turn.text for turn in dialogue.turns] for dialogue in dialogues), progress)

    async def replay(
        self, conversations: Iterable[Conversation], progress: Progress | None = None
    ) -> list[Sequence[Reply]]:
        """Say the turns of each conversation as a new sender; one list of replies for each conversation."""
        return await self._converse((conversation.turns for conversation in conversations), progress)

    async def _converse(self, talks: Iterable[Sequence[str]], progress: Progress | None) -> list[Sequence[Reply]]:
        held: list[Sequence[Reply]] = []
        for turns in talks:
            sender = new_sender()
            held.append([await self.say(sender, text) for text in turns])
            if progress:
                progress()
        return held


def new_sender() -> str:
    """A new random sender id."""
    return f"evaluation-{uuid4().hex}"


def open_session(seconds: float = 30.0) -> aiohttp.ClientSession:
    """An HTTP session in which a turn may take at most ``seconds``."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds))
