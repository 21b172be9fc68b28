"""Rate limits for sessions and addresses."""

from __future__ import annotations

import ipaddress
import logging
import math
import time

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from lotse.channels.web.problems import Problem
from lotse.channels.web.settings import SettingsError, WebSettings

logger = logging.getLogger(__name__)


class Rates:
    """Counts requests in memory, or in a Redis that several servers share.

    Args:
        settings: the limits and where they are counted.

    Raises:
        SettingsError: the storage cannot be used.
    """

    def __init__(self, settings: WebSettings) -> None:
        self._rates = {
            name: settings.rates(name)
            for name in ("requests_per_address", "sessions_per_address", "messages_per_session")
        }
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._own
        if settings.rate_limit_storage != "memory":
            try:
                storage = storage_from_string(
                    settings.rate_limit_storage, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1
                )
            except Exception as error:
                raise SettingsError(f"credentials.yml, rate_limit_storage: {error}") from None
            self._shared = MovingWindowRateLimiter(storage)

    def count(self, name: str, who: str) -> None:
        """Count one request.

        Args:
            name: of the limit in the settings.
            who: the session or address, hashed if it must not be known.

        Raises:
            Problem: too many, with the seconds to wait.
        """
        try:
            exceeded = self._exceeded(self._shared, name, who)
        except StorageError as error:
            # Without Redis every server counts for itself: weaker, but still a limit, and the chat stays open.
            logger.error("Rate limits are counted here only, because their storage fails: %s", error)
            exceeded = self._exceeded(self._own, name, who)
        if exceeded is not None:
            raise Problem("too_many_requests", {"retry-after": str(exceeded)}, seconds=exceeded)

    def _exceeded(self, limiter: MovingWindowRateLimiter, name: str, who: str) -> int | None:
        """Seconds to wait; None if the request is within all rates."""
        waits = [self._wait(limiter, rate, name, who) for rate in self._rates[name] if not limiter.hit(rate, name, who)]
        return max(waits) if waits else None

    def _wait(self, limiter: MovingWindowRateLimiter, rate: RateLimitItem, name: str, who: str) -> int:
        reset = limiter.get_window_stats(rate, name, who).reset_time
        return max(1, math.ceil(reset - time.time()))


def client_address(peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The address a request came from, as it counts for rate limits.

    A client can write anything into ``X-Forwarded-For``; only the last entries, one for each proxy of ours, are true.

    Args:
        peer: who opened the connection.
        forwarded_for: the header, empty if there is none.
        trusted_proxies: how many proxies stand in front.
    """
    address = peer
    if trusted_proxies:
        entries = [entry.strip() for entry in forwarded_for.split(",") if entry.strip()]
        if entries:
            address = entries[-min(trusted_proxies, len(entries))]
    return _counted(address)


def _counted(address: str) -> str:
    """An IPv6 customer has a whole /64 network and could use a new address for each request."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
