"""Rate limits, counted in memory or in a Redis that several servers share."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

logger = logging.getLogger(__name__)


class Limiter:
    """Counts what somebody does, and says how long to wait when it was too much.

    Args:
        rates: by name of the limit.
        storage: ``memory``, or the address of a Redis server.

    Raises:
        ValueError: the storage cannot be used.
    """

    def __init__(self, rates: Mapping[str, Sequence[RateLimitItem]], storage: str = "memory") -> None:
        self._rates = {name: tuple(items) for name, items in rates.items()}
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._own
        if storage != "memory":
            try:
                shared = storage_from_string(storage, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1)
            except Exception as error:
                raise ValueError(str(error)) from None
            self._shared = MovingWindowRateLimiter(shared)

    def count(self, name: str, who: str) -> int | None:
        """Count once.

        Args:
            name: of the limit.
            who: hashed if it must not be known.

        Returns:
            Seconds to wait; None if it is within all rates.
        """
        try:
            return self._exceeded(self._shared, name, who)
        except StorageError as error:
            # Without Redis every server counts for itself: weaker, but still a limit, and the service stays open.
            logger.error("Rate limits are counted here only, because their storage fails: %s", error)
            return self._exceeded(self._own, name, who)

    def _exceeded(self, limiter: MovingWindowRateLimiter, name: str, who: str) -> int | None:
        waits = [self._wait(limiter, rate, name, who) for rate in self._rates[name] if not limiter.hit(rate, name, who)]
        return max(waits) if waits else None

    def _wait(self, limiter: MovingWindowRateLimiter, rate: RateLimitItem, name: str, who: str) -> int:
        reset = limiter.get_window_stats(rate, name, who).reset_time
        return max(1, math.ceil(reset - time.time()))
