"""A few turns of a channel are worked on at once, the others wait in order, and nobody waits for what cannot come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from lotse import metrics

# A turn is worked on by one core. More at once would make each of them slow, until calls of the action server fail.
TURNS_AT_ONCE = 8
# At 80 ms each they take 40 seconds, as long as a browser waits. On a slower machine the last ones are told so after
# these 40 seconds instead of at once (benchmarks/load.md).
MOST_WAITING = 500
# For all channels together (lotse.channels.draining). Less than a stopped server has until it is killed, so that the
# answers are sent, too (lotse.operations.environment.SENDING_SECONDS).
DRAIN_SECONDS = 20.0
# Requests that the network has taken and the process has not read yet are told that it stops, not cut off.
LAST_REQUESTS_SECONDS = 0.5

Reason = Literal["not_ready", "id_reused", "unknown_payload", "busy", "session_ended"]


class DeclinedError(Exception):
    """A message that is not carried out.

    Args:
        reason: no model is loaded, the id belongs to another message, the choice was never offered here, too many turns
            are waiting, or the conversation is over.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class TurnQueue:
    """Places for turns.

    Args:
        channel: its name in the metrics.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)
        self._taken = 0
        self._is_stopping = False
        self._none_taken = asyncio.Event()
        self._none_taken.set()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place among the turns that are worked on.

        Raises:
            DeclinedError: so many wait already that this one would come too late, or the server stops.
        """
        if self._is_stopping or self._taken >= MOST_WAITING:
            raise DeclinedError("busy")
        self._taken += 1
        self._none_taken.clear()
        metrics.WAITING.labels(self._channel).inc()
        try:
            async with self._places:
                yield
        finally:
            self._taken -= 1
            metrics.WAITING.labels(self._channel).dec()
            if not self._taken:
                self._none_taken.set()

    async def drain(self, seconds: float) -> None:
        """Take no more turns, and wait until those that were taken are done.

        Args:
            seconds: to wait at most.
        """
        self._is_stopping = True
        await asyncio.sleep(LAST_REQUESTS_SECONDS)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._none_taken.wait(), seconds - LAST_REQUESTS_SECONDS)
