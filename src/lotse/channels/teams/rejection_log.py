"""Refusals in the log: each reason at once, then seldom. Anybody can send what is refused, and must not fill a disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

SELDOM_SECONDS = 60.0


class RejectionLog:
    """Writes refusals down.

    Args:
        clock: seconds that never jump.
        most_reasons: how many are remembered. Reasons are few and ours; a limit all the same, for some name a host.
            Once it is reached all are forgotten, so each is written down at once again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_reasons: int = 200) -> None:
        self._clock = clock
        self._most_reasons = most_reasons
        self._told: dict[str, tuple[float, int]] = {}

    def tell(self, status: int, reason: str) -> None:
        """Write a refusal down, or count it until the same reason is written down again.

        Args:
            status: what the sender got.
            reason: holds no token, no id and no name.
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
