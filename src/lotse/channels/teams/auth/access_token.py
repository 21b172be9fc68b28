"""The access token the bot sends with, for all who send at once. msal keeps it; here is what msal does not do.

Why: docs/adr/0012-libraries-for-tokens.md.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lotse.channels.teams.auth.credentials import TokenSource
from lotse.channels.teams.auth.login_errors import NoToken
from lotse.operator_language import N_, Message

logger = logging.getLogger(__name__)

# How long a failure counts that need not be tried again at once: a thousand waiting messages ask once.
REFUSAL_SECONDS = 30.0


@dataclass(frozen=True)
class _CachedToken:
    value: str = field(repr=False)
    ends: float


@dataclass(frozen=True)
class _Failure:
    error: NoToken
    at: float
    number: int


class Tokens:
    """The tokens of one app in one tenant; a second bot has its own, so neither ever sends the other's.

    Args:
        source: gives them.
        clock: seconds that never jump.
    """

    def __init__(self, source: TokenSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: _CachedToken | None = None
        self._failure: _Failure | None = None
        self._asked = 0

    async def get(self) -> str:
        """A token that is good for minutes yet, or at least still good if no new one can be had.

        Raises:
            NoToken: there is none.
        """
        asked_before = self._asked
        async with self._lock:
            if self._failure is None or not self._counts(self._failure, asked_before):
                self._failure = await self._ask()
            if (value := self._good()) is not None:
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
        if self._last is not None and self._last.value == value:
            self._last = None
            self._source.forget()

    async def _ask(self) -> _Failure | None:
        asked = self._clock()
        try:
            token = await self._source.fetch()
        except NoToken as error:
            logger.warning("Teams: %s", error)
            return _Failure(error, self._clock(), self._asked)
        finally:
            self._asked += 1
        self._last = _CachedToken(token.value, asked + token.seconds)
        return None

    def _good(self) -> str | None:
        return self._last.value if self._last is not None and self._clock() < self._last.ends else None

    def _counts(self, failure: _Failure, asked_before: int) -> bool:
        """Whether not to ask again after a failure: we waited for that very answer, or it is recent and either no use
        to repeat or no harm, because the last token is still good."""
        pointless = failure.error.permanent or self._good() is not None
        return failure.number >= asked_before or (pointless and self._clock() < failure.at + REFUSAL_SECONDS)
