"""Logs rejected requests, each reason at most once a minute: anybody can cause them, and must not fill the disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

SELDOM_SECONDS = 60.0


class RejectionLog:
    """Logs rejected requests.

    Args:
        clock: monotonic time in seconds.
        most_reasons: how many are remembered. There are few reasons, all written by us; the limit is needed because
            some contain a host name. Once it is reached all are forgotten, so each is logged at once again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_reasons: int = 200) -> None:
        self._clock = clock
        self._most_reasons = most_reasons
        self._told: dict[str, tuple[float, int]] = {}

    def tell(self, status: int, reason: str) -> None:
        """Log a rejected request, or count it if the same reason was logged less than a minute ago.

        Args:
            status: HTTP status that the sender got.
            reason: contains no token, no id and no name.
        """
        now = self._clock()
        at, kept_back = self._told.get(reason, (float("-inf"), 0))
        if now - at < SELDOM_SECONDS:
            self._told[reason] = (at, kept_back + 1)
            return
        if len(self._told) >= self._most_reasons:
            self._told.clear()
        self._told[reason] = (now, 0)
        more = f" So were {kept_back} before it." if kept_back else ""
        logger.warning("Teams: a request was refused with %d: %s.%s", status, reason.rstrip("."), more)
