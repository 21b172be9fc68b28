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
        settings: limits and storage.

    Raises:
        SettingsError: the storage is not valid.
    """

    def __init__(self, settings: WebSettings) -> None:
        try:
            self._limiter = Limiter({name: getattr(settings, name) for name in NAMES}, settings.rate_limit_storage)
        except ValueError as error:
            raise SettingsError(f"credentials.yml, rate_limit_storage: {error}") from None

    def count(self, name: str, who: str) -> None:
        """Count one request against a limit.

        Args:
            name: of the limit in the settings.
            who: key of the session or address, hashed if it must not be stored.

        Raises:
            ApiError: the limit is exceeded; it contains the seconds to wait.
        """
        exceeded = self._limiter.count(name, who)
        if exceeded is not None:
            raise ApiError("too_many_requests", {"retry-after": str(exceeded)}, seconds=exceeded)


def client_address(peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The address of a client for rate limits.

    A client can write anything into ``X-Forwarded-For``; only the last entries, one for each trusted proxy, are
    reliable.

    Args:
        peer: address of the connection.
        forwarded_for: the header, empty if there is none.
        trusted_proxies: number of trusted reverse proxies.
    """
    address = peer
    if trusted_proxies:
        entries = [entry.strip() for entry in forwarded_for.split(",") if entry.strip()]
        if entries:
            address = entries[-min(trusted_proxies, len(entries))]
    return _counted(address)


def _counted(address: str) -> str:
    """The address, or the /64 network of an IPv6 address: a customer could use a new address in it for each request."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
