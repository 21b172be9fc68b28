"""Hands a person's question over to an office: into its channel in Microsoft Teams, whichever channel it comes from.

Nothing of it is stored or logged: neither the question nor who asked. The caller has the person's consent to exactly
this text.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lotse.answering.control_characters import cleaned, nothing_visible
from lotse.answering.handover_draft import MAX_NAME, MAX_QUESTION
from lotse.content.model import Contact
from lotse.conversation.rate_limits import MEMORY, Limiter


class Undelivered(RuntimeError):
    """A message did not arrive; the text says why, without ids and without its content."""


logger = logging.getLogger(__name__)

LIMIT = "handovers_per_session"
DEFAULT_RATE = "5/hour"

_POSTER = "lotse_poster"


@dataclass(frozen=True)
class OfficeQuestion:
    """A question for an office, as it arrives there.

    Attributes:
        office: its name.
        question: as the person has seen it and agreed to it.
        name: what they added to be answered, if anything.
    """

    office: str
    question: str
    name: str | None = None


class Poster(Protocol):
    """Delivers to the channel of an office; the Teams channel offers one, see `offer_poster`."""

    async def post_question(self, channel_id: str, question: OfficeQuestion) -> None:
        """Post a question.

        Raises:
            Undelivered: it did not arrive.
        """


@dataclass(frozen=True)
class Delivered:
    """The office has it."""


@dataclass(frozen=True)
class NotConfigured:
    """The office has no channel, or Teams is not set up: the person copies or mails the text."""


@dataclass(frozen=True)
class Failed:
    """It did not arrive. The same again may."""


@dataclass(frozen=True)
class TooMany:
    """This conversation has handed over enough for now."""

    seconds: int


@dataclass(frozen=True)
class IdReused:
    """The id was used for another text."""


@dataclass(frozen=True)
class Unusable:
    """The text is empty or longer than `limit`."""

    limit: int


Outcome = Delivered | NotConfigured | Failed | TooMany | IdReused | Unusable


@dataclass
class Counts:
    """What became of the questions since the start, for the health report."""

    delivered: int = 0
    not_configured: int = 0
    failed: int = 0
    limited: int = 0


class Handovers:
    """Delivers questions, each once.

    Args:
        contacts: the offices, in the language they are written to.
        poster: gives what delivers; None while Teams is not set up.
        rate: how many a conversation may hand over.
        storage: where that is counted, see `Limiter`.
        remembered: how many requests are known by their ids; the oldest are forgotten first.

    Raises:
        ValueError: the storage cannot be used.
    """

    def __init__(
        self,
        contacts: Mapping[str, Contact],
        poster: Callable[[], Poster | None],
        rate: str = DEFAULT_RATE,
        storage: str = MEMORY,
        remembered: int = 1000,
    ) -> None:
        self.counts = Counts()
        self._contacts = contacts
        self._poster = poster
        self._remembered = remembered
        self._limiter = Limiter({LIMIT: rate}, storage)
        self._known: OrderedDict[tuple[str, str], tuple[str, asyncio.Task[Outcome]]] = OrderedDict()

    async def deliver(
        self, office: str, question: str, name: str | None = None, *, conversation: str, id: str
    ) -> Outcome:
        """Deliver one question. The same id and text again give the same outcome, and only a failure tries again.

        A delivery that has begun is carried through, even if whoever waits for it goes.

        Args:
            office: id of the chosen office.
            question: as the person has agreed to it.
            name: what they added to be answered.
            conversation: for the rate limit, hashed if it must not be known.
            id: of the request, unique in the conversation.
        """
        question, name = _clean(question), " ".join(_clean(name or "").split()) or None
        for text, limit in ((question, MAX_QUESTION), (name or "-", MAX_NAME)):
            if not text or len(text) > limit:
                return Unusable(limit)
        key = (conversation, id)
        body = hashlib.sha256("\0".join((office, question, name or "")).encode()).hexdigest()
        known = self._known.get(key)
        if known is not None and known[0] != body:
            return IdReused()
        if known is None:
            seconds = self._limiter.count(LIMIT, conversation)
            if seconds is not None:
                self.counts.limited += 1
                return TooMany(seconds)
            known = (body, asyncio.ensure_future(self._deliver(office, question, name)))
            self._known[key] = known
            known[1].add_done_callback(lambda task: self._finished(key, task))
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return await asyncio.shield(known[1])

    async def _deliver(self, office: str, question: str, name: str | None) -> Outcome:
        contact = self._contacts.get(office)
        channel = contact.teams_channel if contact else None
        if contact is None or channel is None:
            self.counts.not_configured += 1
            return NotConfigured()
        poster = self._poster()
        if poster is None:
            self.counts.not_configured += 1
            logger.error(
                "A question for “%s” was not handed over: data/house/contacts.yml names its channel, but Microsoft "
                "Teams is not set up in credentials.yml.",
                office,
            )
            return NotConfigured()
        try:
            await poster.post_question(channel, OfficeQuestion(contact.label, question, name))
        except Undelivered as error:
            self.counts.failed += 1
            logger.error("A question for “%s” was not handed over: %s", office, error)
            return Failed()
        except Exception as error:
            # Its text might quote the message.
            self.counts.failed += 1
            logger.error("A question for “%s” was not handed over: %s", office, type(error).__name__)
            return Failed()
        self.counts.delivered += 1
        logger.info("A question was handed over to “%s”.", office)
        return Delivered()

    def _finished(self, key: tuple[str, str], task: asyncio.Task[Outcome]) -> None:
        if task.cancelled() or isinstance(task.result(), Failed):
            self._known.pop(key, None)


def offer_poster(app: Any, poster: Poster) -> None:
    """Let every channel of this server deliver through Teams; the Teams channel calls it when the server starts.

    Args:
        app: the Sanic application, the one thing that Rasa's channels share.
        poster: what delivers.
    """
    setattr(app.ctx, _POSTER, poster)


def poster_of(app: Any) -> Poster | None:
    """What delivers in this server; None if Teams is not set up.

    Args:
        app: the Sanic application; None before the server has started.
    """
    return getattr(app.ctx, _POSTER, None) if app is not None else None


def _clean(text: str) -> str:
    clean = cleaned(text).strip()
    return "" if nothing_visible(clean) else clean
