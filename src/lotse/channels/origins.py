"""Which pages may send requests: the check of the ``Origin`` header for every channel."""

from __future__ import annotations

from collections.abc import Collection


def is_allowed(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Whether a request from a page of this origin is carried out.

    Args:
        origin: the ``Origin`` header; None means no browser says that another page asks.
        host: the ``Host`` header: a page of the same host is ours. The scheme does not count: TLS may end before us.
        allowed: origins of other pages.
    """
    if origin is None or origin in allowed:
        return True
    # Compared as a whole: browsers write an origin in one way only (RFC 6454, 6.2), and what is not taken apart cannot
    # be misread.
    return bool(host) and origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())
