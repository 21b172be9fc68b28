"""Talks to a running assistant over Rasa's REST channel and notes what comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from lotse.evaluation.questions import Dialogue, LabelledQuestion

WEBHOOK = "/webhooks/rest/webhook"
_OFFER = "/ask_"
Progress = Callable[[], None]


@dataclass(frozen=True)
class Reply:
    """What one turn came to, as far as it is scored.

    Attributes:
        outcome: outcome of the payload; ``lost`` if there was no usable payload.
        topic: topic the reply rests on.
        offered: topics it offers to choose from.
        probability: how sure the assistant says it is, if it says so.
        passages: passages behind the points shown, in their order.
        language: language of the answer.
        milliseconds: time from question to reply.
    """

    outcome: str
    topic: str | None = None
    offered: tuple[str, ...] = ()
    probability: float | None = None
    passages: tuple[str, ...] = ()
    language: str = ""
    milliseconds: float = 0.0


def reply_of(messages: Any, milliseconds: float) -> Reply:
    """Read the guidance payload out of a REST answer.

    Args:
        messages: decoded JSON body of the webhook.
        milliseconds: how long it took.
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
            )
    return Reply("lost", milliseconds=milliseconds)


def _passages(payload: dict[str, Any]) -> tuple[str, ...]:
    owner = {citation.get("n"): str(citation.get("passage")) for citation in payload.get("citations") or []}
    cited = [
        owner[number] for point in payload.get("points") or [] for number in point.get("cites") or [] if number in owner
    ]
    return tuple(dict.fromkeys(cited))


class RestClient:
    """One user after the other at a running Rasa server."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = base_url.rstrip("/") + WEBHOOK, session

    async def say(self, sender: str, text: str) -> Reply:
        """One turn of one sender; a server error is a lost turn, not an exception."""
        start = time.perf_counter()
        try:
            async with self._session.post(self._url, json={"sender": sender, "message": text}) as response:
                messages = await response.json() if response.status == 200 else None
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            messages = None
        return reply_of(messages, (time.perf_counter() - start) * 1000)

    async def ask(self, questions: Iterable[LabelledQuestion], progress: Progress | None = None) -> list[Reply]:
        """Each question from a fresh sender, one at a time, so that latencies are those of one user."""
        replies = []
        for question in questions:
            replies.append(await self.say(new_sender(), question.text))
            if progress:
                progress()
        return replies

    async def hold(self, dialogues: Iterable[Dialogue], progress: Progress | None = None) -> list[Sequence[Reply]]:
        """Each dialogue from a fresh sender, turn by turn."""
        held: list[Sequence[Reply]] = []
        for dialogue in dialogues:
            sender = new_sender()
            held.append([await self.say(sender, turn.text) for turn in dialogue.turns])
            if progress:
                progress()
        return held


def new_sender() -> str:
    """A sender id nobody had before."""
    return f"evaluation-{uuid4().hex}"


def open_session(seconds: float = 30.0) -> aiohttp.ClientSession:
    """Client session; no turn may take longer than ``seconds``."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds))
