"""The bot's access token, shared by all concurrent senders. msal caches it; this module adds what msal lacks.

The reasons are in docs/adr/0012-libraries-for-tokens.md.
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

# How long a failure is remembered, so that a thousand waiting messages cause one request.
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
    """The access tokens of one app in one tenant. A second bot has its own instance, so tokens are never mixed.

    Args:
        source: fetches them.
        clock: monotonic time in seconds.
    """

    def __init__(self, source: TokenSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: _CachedToken | None = None
        self._failure: _Failure | None = None
        self._asked = 0

    async def get(self) -> str:
        """A token that is valid for some minutes, or at least still valid if no new one can be fetched.

        Raises:
            NoToken: there is no valid token.
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
            # A copy, because every raise extends the traceback of the exception object.
            raise NoToken(failed.reason, failed.permanent, failed.code, failed.remedy)

    def drop(self, value: str) -> None:
        """Discard a token that the Connector refused; a newer one stays."""
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
        """Whether a failure still counts, so that the login is not asked again.

        It counts if the caller has waited for that very request; or if it is recent, and asking again is useless or
        unnecessary because the last token is still valid.
        """
        pointless = failure.error.permanent or self._good() is not None
        return failure.number >= asked_before or (pointless and self._clock() < failure.at + REFUSAL_SECONDS)
