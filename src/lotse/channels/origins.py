"""Checks the ``Origin`` header, for every channel: which web pages may send requests."""

from __future__ import annotations

from collections.abc import Collection


def is_allowed(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Whether a request from a page of this origin is accepted.

    Args:
        origin: the ``Origin`` header; None if there is none, as in requests that are not made by another page.
        host: the ``Host`` header. A page of the same host is accepted; the scheme is ignored, because TLS may end at a
            proxy.
        allowed: origins of other pages.
    """
    if origin is None or origin in allowed:
        return True
    # Compared as whole strings: browsers write an origin in one way only (RFC 6454, 6.2), and parsing could be misled.
    return bool(host) and origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())
