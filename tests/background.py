"""Keeps an asynchronous context manager open in a thread, for tests that are not coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from queue import SimpleQueue
from typing import TypeVar

Opened = TypeVar("Opened")


@contextmanager
def in_background(manager: AbstractAsyncContextManager[Opened]) -> Iterator[Opened]:
    """Open it in an event loop of its own; closed at the end.

    Args:
        manager: not yet entered.

    Yields:
        What it gives.

    Raises:
        BaseException: what entering or leaving it raises.
    """
    opened: SimpleQueue[Opened | BaseException] = SimpleQueue()
    failures: list[BaseException] = []
    closing = threading.Event()

    async def hold() -> None:
        async with manager as value:
            opened.put(value)
            await asyncio.to_thread(closing.wait)

    def run() -> None:
        try:
            asyncio.run(hold())
        except BaseException as error:
            failures.append(error)
            opened.put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    value = opened.get()
    if isinstance(value, BaseException):
        thread.join()
        raise value
    try:
        yield value
    finally:
        closing.set()
        thread.join()
    if failures:
        raise failures[0]
