"""Immediate HTTP responses to the Connector (accepted, rejected, retry later), and the queue of what was accepted.

Independent of the web server. Rejected requests are logged, each reason at most once a minute: anybody can cause them,
and must not fill the disk.
The queue processes activities after the Connector has its response, in order within a conversation, each once: the
Connector waits only for seconds and repeats what it considers lost.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from lotse.channels.teams.activities.parse_activity import Envelope, Ignored, Incoming, read
from lotse.channels.teams.auth.verify_request import Refused, RequestVerifier
from lotse.channels.teams.settings import TeamsSettings, missing

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


# Teams accepts and sends about 100 KB for a text; a message may also contain quotations and cards.
LONGEST_BODY = 512 * 1024
LATER = {"retry-after": "5"}
Reader = Callable[[], Awaitable[bytes | None]]
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


@dataclass(frozen=True)
class ConnectorReply:
    """An HTTP response to the Connector. For an invoke the body is an empty object; Teams takes others for an error.

    Attributes:
        status: HTTP status.
        content: the JSON body; None for no body.
        headers: further headers.
    """

    status: int
    content: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The content as JSON; empty if there is none."""
        return b"" if self.content is None else json.dumps(self.content).encode()


@dataclass
class Endpoint:
    """Accepts or rejects activities.

    Attributes:
        settings: of the channel.
        inbound: verifies the sender.
        work: the queue of accepted activities.
        handle: processes an accepted activity.
        rejection_log: logs rejected requests.
    """

    settings: TeamsSettings
    inbound: RequestVerifier
    work: WorkQueue
    handle: Callable[[Incoming], Awaitable[None]]
    rejection_log: RejectionLog = field(default_factory=RejectionLog)

    async def receive(self, authorization: str | None, body: bytes | Reader | None) -> ConnectorReply:
        """Accept or reject one activity; never raises.

        Args:
            authorization: the header; None if there is none.
            body: the bytes, or a coroutine function that reads them; None if the body is too large. It is called only
                after the token has been verified: nothing of an unauthenticated request is read, kept or parsed, and
                the caller learns only that it was rejected.
        """
        if missing(self.settings):
            return self._refused(503, "Microsoft Teams is not set up")
        try:
            token = await self.inbound.identify(authorization)
            if callable(body):
                body = await body()
            if body is None:
                return self._refused(413, "the body is too large")
            activity = parsed(body)
            if activity is None:
                return self._refused(400, "the body is not a JSON object")
            self.inbound.check_activity(token, activity)
        except Refused as refused:
            return self._refused(refused.status, refused.reason)
        said = read(activity)
        envelope = said.envelope
        done = ConnectorReply(200, {} if envelope.is_invoke else None)
        if isinstance(said, Ignored):
            logger.debug("Teams: an activity is left alone: %s", said.reason)
            return done
        acceptance = self.work.add(_queue_of(envelope), _activity_key(envelope), lambda: self.handle(said))
        if acceptance == "full":
            logger.error("Teams: too much is waiting already; an activity was sent back.")
            return ConnectorReply(503, None, LATER)
        return done

    def _refused(self, status: int, reason: str) -> ConnectorReply:
        if not self.settings.off:
            self.rejection_log.tell(status, reason)
        return ConnectorReply(status, None, LATER if status == 503 else {})


def parsed(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body; None if it is anything else."""
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _queue_of(envelope: Envelope) -> str:
    """Key of the queue for an activity: one for each conversation, in a team for each thread."""
    return _digest(envelope.tenant_id, envelope.conversation_id)


def _activity_key(envelope: Envelope) -> str:
    """Key by which a repeated activity is recognised; unique if the activity has no id."""
    return _digest(envelope.conversation_id, envelope.activity_id or uuid4().hex)


def _digest(*parts: str) -> str:
    """A hash, so that the tens of thousands of remembered keys have a fixed length whatever was received."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
