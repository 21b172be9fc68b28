"""Processes activities after the Connector has its response: in order within a conversation, every activity once.

The Connector waits only for seconds and repeats what it considers lost, so nothing is processed while it waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Literal

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]
Acceptance = Literal["accepted", "repeated", "full"]


class WorkQueue:
    """The queue of one server: waiting and running jobs.

    The keys of known activities are only a first filter: they are lost with the process and not shared by servers. The
    tracker store, which keeps the id of each message, is the second.

    Args:
        longest: largest number of waiting jobs.
        longest_line: largest number of waiting jobs of one conversation, so that one person cannot block all others.
        remembered: how many activities are remembered as known.
    """

    def __init__(self, longest: int = 10_000, longest_line: int = 30, remembered: int = 50_000) -> None:
        self._longest = longest
        self._longest_line = longest_line
        self._remembered = remembered
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lines: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.waiting = 0
        self.failed = 0

    def add(self, conversation: str, activity: str, job: Job) -> Acceptance:
        """Add a job to the queue of a conversation.

        Args:
            conversation: key of the conversation; its jobs run one after the other.
            activity: key of the activity; a repeated key is not processed again.
            job: a coroutine function. Exceptions are logged.

        Returns:
            ``accepted``; ``repeated`` if this activity was accepted before; ``full`` if it was not accepted and should
            be sent again later.
        """
        if activity in self._seen:
            self._seen.move_to_end(activity)
            return "repeated"
        line = self._lines.get(conversation)
        if self._closed or self.waiting >= self._longest or (line and len(line) >= self._longest_line):
            return "full"
        self._seen[activity] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        self.waiting += 1
        if line is not None:
            line.append(job)
        else:
            self._lines[conversation] = deque([job])
            task = asyncio.ensure_future(self._run(conversation))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return "accepted"

    async def settled(self, seconds: float | None = None) -> None:
        """Wait for the jobs that are in the queue now.

        Args:
            seconds: timeout; None waits without limit.
        """
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    async def finish(self, seconds: float | None = None) -> None:
        """Accept no more jobs and wait for the accepted ones.

        Args:
            seconds: timeout; jobs that still run then are cancelled, which is logged. None waits without limit.
        """
        self._closed = True
        await self.settled(seconds)
        if self.waiting:
            logger.error("Teams: %d messages were not answered, because the server stopped.", self.waiting)
        for task in set(self._tasks):
            task.cancel()

    async def _run(self, conversation: str) -> None:
        line = self._lines[conversation]
        while line:
            try:
                await line[0]()
            except asyncio.CancelledError:
                # Only the end of the server may end a queue; otherwise later jobs of the conversation would never run.
                if self._closed:
                    raise
                self.failed += 1
                logger.error("Teams: a message was given up, because something it waited for was.")
            except Exception:
                self.failed += 1
                logger.exception("Teams: a message could not be dealt with.")
            line.popleft()
            self.waiting -= 1
        del self._lines[conversation]
