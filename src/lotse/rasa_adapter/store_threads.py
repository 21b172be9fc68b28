"""Work of the tracker store in threads with a time limit, so that a slow database stops neither server nor person.

Rasa reads and writes its database in the event loop: while that does not answer, nobody gets an answer, not even a
health check. Time limits of the database itself do not help when the database is what is frozen.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from rasa.shared.exceptions import RasaException

# For one piece of work. A turn has several, and a person is to be told within five seconds, whichever of them is slow.
SECONDS = 4.0
TURN_SECONDS = 4.5
# For the language of the sentence about a turn that has used its time up.
LAST_SECONDS = 0.4
# As many as the connections that Rasa allows to PostgreSQL by default (pool_size).
THREADS = 20

Result = TypeVar("Result")


@dataclass
class _Patience:
    """What is left of the time that a turn may wait for the database.

    Attributes:
        seconds: left; waiting for a place or for another turn of the conversation does not count.
    """

    seconds: float


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)
_given_up: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)


class StoreTimeoutError(RasaException):
    """The database has not answered in time; nothing more of this work is stored unless its commit had begun."""

    def __init__(self) -> None:
        super().__init__("The database of the tracker store has not answered in time.")


@contextmanager
def in_one_turn(seconds: float = TURN_SECONDS) -> Iterator[None]:
    """All work of the tracker store in here waits for the database no longer than this, taken together.

    Args:
        seconds: ignored inside another such block, whose time goes on.
    """
    if _patience.get() is not None:
        yield
        return
    with _waiting_at_most(seconds):
        yield


@contextmanager
def after_the_turn(seconds: float = LAST_SECONDS) -> Iterator[None]:
    """All work of the tracker store in here has a time of its own, also if the turn around it has used up its own.

    Args:
        seconds: for what is in here, taken together.
    """
    with _waiting_at_most(seconds):
        yield


@contextmanager
def _waiting_at_most(seconds: float) -> Iterator[None]:
    token = _patience.set(_Patience(seconds))
    try:
        yield
    finally:
        _patience.reset(token)


class StoreThreads:
    """Runs work of the tracker store beside the event loop.

    Args:
        seconds: how long one piece of work may take, waiting for a thread included.
        threads: how many pieces are worked on at once; more of them wait.
    """

    def __init__(self, seconds: float = SECONDS, threads: int = THREADS) -> None:
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tracker-store")

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What `work` returns.

        Raises:
            StoreTimeoutError: it takes too long, or the turn had used its time before. It is not begun any more, or may
                go on, but commits nothing unless the commit had begun.
            Exception: whatever `work` raises.
        """
        patience = _patience.get()
        seconds = self._seconds if patience is None else min(self._seconds, patience.seconds)
        if seconds <= 0:
            raise StoreTimeoutError
        given_up = threading.Event()
        begin = time.monotonic()

        def begun() -> Result:
            _given_up.set(given_up)
            return work(*arguments)

        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._pool.submit(begun)), seconds)
        except asyncio.TimeoutError:
            if patience is not None and seconds == patience.seconds:
                # The clock may say that a moment is left of it, and what is begun in a moment may come to its end.
                patience.seconds = 0.0
            raise StoreTimeoutError from None
        finally:
            # Also if the waiting was cancelled; of no effect once the work is done.
            given_up.set()
            if patience is not None:
                patience.seconds -= time.monotonic() - begin

    def close(self) -> None:
        """Wait until everything that was begun has ended; nothing can be run any more."""
        self._pool.shutdown()


def commit_nothing_given_up(*_: object) -> None:
    """Before a commit: let nothing be stored that somebody has been told was not. A commit that has begun goes on.

    Raises:
        StoreTimeoutError: nobody waits for this work any more.
    """
    given_up = _given_up.get()
    if given_up is not None and given_up.is_set():
        raise StoreTimeoutError
