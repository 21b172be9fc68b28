"""A lock store in Redis for several servers: atomic, and free again soon after its holder was killed.

Rasa's own reads a lock and writes it back in two steps, so two servers can hold it at once when Redis is a few
milliseconds away; it never expires in Redis, so a killed server blocks a conversation for a minute; and it waits for
Redis in the event loop. This one is redis-py's `Lock` (https://redis.io/docs/latest/develop/use/patterns/distributed-locks/).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import redis.asyncio
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import LockError as RedisLockError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# A server that was killed blocks a conversation so long; one that lives extends its locks three times in it.
LIFETIME_SECONDS = 4.5
EXTEND_SECONDS = LIFETIME_SECONDS / 3
# As long as a browser waits for the turn before (lotse.channels.web.conversations).
WAIT_SECONDS = 40
POLL_SECONDS = 0.05
ANSWER_SECONDS = 2.0
PREFIX = "lotse:lock:"


class SharedLock(LockStore):
    """Locks of conversations in Redis.

    Settings (`endpoints.yml`, `lock_store`): this class as `type`, and as for Rasa's own
        url: host of Redis.
        port, db, username, password: of Redis; 6379, 1 and none if not given.
        use_ssl, ssl_ca_certs, ssl_certfile, ssl_keyfile: for a connection by TLS.

    Args:
        endpoint_config: the section of `endpoints.yml`.
        client: of Redis; made from the settings if not given.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, client: Any = None) -> None:
        super().__init__()
        self.redis = client if client is not None else _client(endpoint_config or EndpointConfig())

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LIFETIME_SECONDS, wait_time_in_seconds: float = POLL_SECONDS
    ) -> AsyncIterator[None]:
        """Hold a conversation's lock. Rasa's arguments are not used: the lock lives as long as it is held.

        Raises:
            LockError: Redis does not answer, or another turn of the conversation takes too long.
        """
        # The id opens the conversation, so it is no key that others read.
        name = PREFIX + hashlib.sha256(conversation_id.encode("utf-8", "surrogatepass")).hexdigest()
        held = self.redis.lock(name, timeout=LIFETIME_SECONDS, sleep=POLL_SECONDS, thread_local=False)
        try:
            has_it = await held.acquire(blocking_timeout=WAIT_SECONDS)
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            raise LockError(f"The lock store does not answer: {error}") from None
        if not has_it:
            raise LockError("Another turn of this conversation takes too long.")
        extending = asyncio.ensure_future(_extend(held))
        try:
            yield
        finally:
            extending.cancel()
            # If it cannot be released, it ends by itself.
            with suppress(RedisError, RedisLockError, OSError, asyncio.TimeoutError):
                await held.release()

    async def ping(self) -> None:
        """Ask Redis for an answer.

        Raises:
            RedisError, OSError: there is none.
        """
        await self.redis.ping()


async def _extend(held: Any) -> None:
    while True:
        await asyncio.sleep(EXTEND_SECONDS)
        try:
            await held.extend(LIFETIME_SECONDS, replace_ttl=True)
        except RedisLockError:
            logger.error("A conversation's lock was lost during its turn: was Redis restarted, or did it stand still?")
            return
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            logger.warning("A conversation's lock was not extended, tried again: %s", error)


def _client(settings: EndpointConfig) -> Any:
    given = dict(settings.kwargs)
    tls = {name: given.get(name) for name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")}
    return redis.asyncio.Redis(
        host=settings.url or "localhost",
        port=int(given.get("port", 6379)),
        db=int(given.get("db", 1)),
        username=given.get("username"),
        password=given.get("password"),
        ssl=bool(given.get("use_ssl", False)),
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        # A connection that was cut while nobody used it must not cost somebody's turn.
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[NoConnection],
        **(tls if given.get("use_ssl") else {}),
    )
