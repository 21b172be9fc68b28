"""Rate limits, counted in memory or in a Redis that several servers share."""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence

from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from lotse.operator_language import _

logger = logging.getLogger(__name__)

MEMORY = "memory"
# A request is counted in the event loop, several times: a Redis that is frozen must not cost each of them a second.
_ANSWER_SECONDS = 0.5
_PAUSE_SECONDS = 10.0


def checked_rate(text: str) -> str:
    """A rate limit as an operator writes it.

    Raises:
        ValueError: it is none; says how to write one.
    """
    try:
        usable = all(rate.amount > 0 for rate in parse_many(text))
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(
            _("“{rate}” is not a valid rate; write it as 20/minute or 20/minute;300/hour").format(rate=text)
        )
    return text


def checked_storage(address: str) -> str:
    """Where rate limits are counted, as an operator writes it.

    Raises:
        ValueError: nothing can be counted there.
    """
    if address != MEMORY and not re.match(r"^rediss?://\S+$", address):
        raise ValueError(_("must be memory, or a Redis address such as redis://localhost:6379/0"))
    return address


class Limiter:
    """Counts what somebody does, and says how long to wait when it was too much.

    Args:
        rates: by name of the limit, such as ``20/minute;300/hour``.
        storage: ``memory``, or the address of a Redis server.
        clock: seconds, never set back.

    Raises:
        ValueError: the storage cannot be used.
    """

    def __init__(
        self, rates: Mapping[str, str], storage: str = MEMORY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._asked_again = -math.inf
        self._rates: dict[str, Sequence[RateLimitItem]] = {name: parse_many(rate) for name, rate in rates.items()}
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._own
        if storage != MEMORY:
            try:
                patience = {"socket_connect_timeout": _ANSWER_SECONDS, "socket_timeout": _ANSWER_SECONDS}
                shared = storage_from_string(storage, wrap_exceptions=True, **patience)
            except Exception as error:
                raise ValueError(_("cannot be used (message: {error})").format(error=error)) from None
            self._shared = MovingWindowRateLimiter(shared)

    def count(self, name: str, who: str) -> int | None:
        """Count once. A storage that does not answer is left alone for ten seconds.

        Args:
            name: of the limit.
            who: hashed if it must not be known.

        Returns:
            Seconds to wait; None if it is within all rates.
        """
        if self._clock() < self._asked_again:
            return self._exceeded(self._own, name, who)
        try:
            return self._exceeded(self._shared, name, who)
        except StorageError as error:
            self._asked_again = self._clock() + _PAUSE_SECONDS
            # Without Redis every server counts for itself: weaker, but still a limit, and the service stays open.
            logger.error("Rate limits are counted here only, because their storage fails: %s", error)
            return self._exceeded(self._own, name, who)

    def _exceeded(self, limiter: MovingWindowRateLimiter, name: str, who: str) -> int | None:
        waits = [wait for rate in self._rates[name] if (wait := self._hit(limiter, rate, name, who))]
        return max(waits) if waits else None

    def _hit(self, limiter: MovingWindowRateLimiter, rate: RateLimitItem, name: str, who: str) -> int | None:
        if limiter.hit(rate, name, who):
            return None
        wait = self._wait(limiter, rate, name, who)
        if wait <= rate.get_expiry() + 1:
            return wait
        # Longer than the rate's own time means that the clock was set back: what was counted lies ahead.
        limiter.clear(rate, name, who)
        return None if limiter.hit(rate, name, who) else rate.get_expiry()

    def _wait(self, limiter: MovingWindowRateLimiter, rate: RateLimitItem, name: str, who: str) -> int:
        reset = limiter.get_window_stats(rate, name, who).reset_time
        return max(1, math.ceil(reset - time.time()))
