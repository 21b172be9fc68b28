"""Rate limits for sessions and addresses."""

from __future__ import annotations

import ipaddress

from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.settings import WebSettings
from lotse.conversation.rate_limits import Limiter
from lotse.errors import SettingsError

NAMES = ("requests_per_address", "sessions_per_address", "messages_per_session", "handovers_per_address")


class RequestLimits:
    """Counts requests in memory, or in a Redis that several servers share.

    Args:
        settings: the limits and where they are counted.

    Raises:
        SettingsError: the storage cannot be used.
    """

    def __init__(self, settings: WebSettings) -> None:
        try:
            self._limiter = Limiter({name: getattr(settings, name) for name in NAMES}, settings.rate_limit_storage)
        except ValueError as error:
            raise SettingsError(f"credentials.yml, rate_limit_storage: {error}") from None

    def count(self, name: str, who: str) -> None:
        """Count one request.

        Args:
            name: of the limit in the settings.
            who: the session or address, hashed if it must not be known.

        Raises:
            ApiError: too many, with the seconds to wait.
        """
        exceeded = self._limiter.count(name, who)
        if exceeded is not None:
            raise ApiError("too_many_requests", {"retry-after": str(exceeded)}, seconds=exceeded)


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
