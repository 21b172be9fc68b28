"""The token the bot sends with: fetched once, used by all, renewed before it ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lotse.channels.teams.credentials import Source
from lotse.channels.teams.login_errors import NoToken
from lotse.operator_language import N_, Message

logger = logging.getLogger(__name__)

EARLY_SECONDS = 300.0
# How long a failure counts that need not be tried again at once: a thousand waiting messages ask once.
REFUSAL_SECONDS = 30.0


@dataclass(frozen=True)
class _Kept:
    value: str = field(repr=False)
    renew: float
    ends: float


@dataclass(frozen=True)
class _Failure:
    error: NoToken
    at: float
    number: int


class Tokens:
    """The tokens of one app in one tenant; a second bot has its own, so neither ever sends the other's.

    Args:
        source: gives new ones.
        clock: seconds that never jump.
    """

    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: _Kept | None = None
        self._failure: _Failure | None = None
        self._asked = 0

    async def get(self) -> str:
        """A token that is good for minutes yet, or at least still good if no new one can be had.

        Raises:
            NoToken: there is none.
        """
        asked_before = self._asked
        if (value := self._usable(until_end=False)) is not None:
            return value
        async with self._lock:
            # Somebody before us in the line may have fetched one, or failed to.
            if (value := self._usable(until_end=False)) is not None:
                return value
            if self._failure is None or not self._counts(self._failure, asked_before):
                self._failure = await self._fetch()
            if (value := self._usable(until_end=True)) is not None:
                return value
            failed = (
                self._failure.error
                if self._failure
                else NoToken(Message(N_("The new token had ended at once.")), False)
            )
            # A copy, because each raise adds its way to the traceback of the one it raises.
            raise NoToken(failed.reason, failed.permanent, failed.code, failed.remedy)

    def drop(self, value: str) -> None:
        """Forget a token that was refused; a newer one stays."""
        if self._kept is not None and self._kept.value == value:
            self._kept = None

    async def _fetch(self) -> _Failure | None:
        asked = self._clock()
        try:
            fresh = await self._source.fetch()
        except NoToken as error:
            logger.warning("Teams: %s", error)
            return _Failure(error, self._clock(), self._asked)
        finally:
            self._asked += 1
        early = min(EARLY_SECONDS, fresh.seconds / 2)
        self._kept = _Kept(fresh.value, asked + fresh.seconds - early, asked + fresh.seconds)
        return None

    def _usable(self, until_end: bool) -> str | None:
        if self._kept is None:
            return None
        good_for = (self._kept.ends if until_end else self._kept.renew) - self._clock()
        return self._kept.value if good_for > 0 else None

    def _counts(self, failure: _Failure, asked_before: int) -> bool:
        """Whether not to ask again after a failure: we waited for that very answer, or it is recent and either no use
        to repeat or no harm, because the old token is still good."""
        pointless = failure.error.permanent or self._usable(until_end=True) is not None
        return failure.number >= asked_before or (pointless and self._clock() < failure.at + REFUSAL_SECONDS)
