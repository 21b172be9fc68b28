"""What the Connector gets to hear, at once: taken, refused, or come back later. Knows no web server."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from lotse.channels.teams.activities.parse_activity import Envelope, Ignored, Incoming, read
from lotse.channels.teams.auth.verify_request import Refused, RequestVerifier
from lotse.channels.teams.rejection_log import RejectionLog
from lotse.channels.teams.settings import TeamsSettings, missing
from lotse.channels.teams.work_queue import WorkQueue

logger = logging.getLogger(__name__)

# Teams takes about 100 KB from a bot and gives no more; quotations and cards come with a message.
LONGEST_BODY = 512 * 1024
LATER = {"retry-after": "5"}
Reader = Callable[[], Awaitable[bytes | None]]


@dataclass(frozen=True)
class ConnectorReply:
    """An answer to the Connector: status and, for an invoke, an empty object. Teams takes any other body for an error.

    Attributes:
        content: None for no body.
    """

    status: int
    content: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The content as JSON."""
        return b"" if self.content is None else json.dumps(self.content).encode()


@dataclass
class Endpoint:
    """Takes activities in.

    Attributes:
        settings: of the channel.
        inbound: checks who sends.
        work: does what follows.
        handle: what follows from an activity.
        rejection_log: writes down who was refused, and why.
    """

    settings: TeamsSettings
    inbound: RequestVerifier
    work: WorkQueue
    handle: Callable[[Incoming], Awaitable[None]]
    rejection_log: RejectionLog = field(default_factory=RejectionLog)

    async def receive(self, authorization: str | None, body: bytes | Reader | None) -> ConnectorReply:
        """Take one activity in.

        Args:
            authorization: header of the request.
            body: None if it was too large to be read; or what reads it. That is asked only where the token is good: of
                a stranger nothing is read, kept or parsed, and they learn nothing but that they are strangers.
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
                return self._refused(400, "the body is no JSON object")
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
    """The JSON object of a body; None if it is something else."""
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _queue_of(envelope: Envelope) -> str:
    """Whose order counts: a conversation, in a team each thread."""
    return _digest(envelope.tenant_id, envelope.conversation_id)


def _activity_key(envelope: Envelope) -> str:
    """The same for the same activity. One without an id is never taken for another."""
    return _digest(envelope.conversation_id, envelope.activity_id or uuid4().hex)


def _digest(*parts: str) -> str:
    """A short name: tens of thousands are remembered, and what came in must not say how long they are."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
