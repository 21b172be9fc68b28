"""The headers that every response carries, and those for pages of other origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# The widget's rendering library asks for one Trusted Types policy by this name; nothing else may make any.
TRUSTED_TYPES = "lit-html"
_CORS_SECONDS = "600"
_METHODS = "GET, POST, DELETE, OPTIONS"
_REQUEST_HEADERS = "authorization, content-type"


def cors_headers(origin: str | None, allowed: Collection[str], preflight: bool) -> dict[str, str]:
    """What lets a page of an allowed other origin read the response. No credentials: there are no cookies.

    Args:
        origin: the ``Origin`` header.
        allowed: origins of other pages.
        preflight: whether this answers the browser's question before the request.
    """
    headers = {"vary": "Origin"}
    if origin is None or origin not in allowed:
        return headers
    headers["access-control-allow-origin"] = origin
    if preflight:
        headers["access-control-allow-methods"] = _METHODS
        headers["access-control-allow-headers"] = _REQUEST_HEADERS
        headers["access-control-max-age"] = _CORS_SECONDS
    else:
        headers["access-control-expose-headers"] = "retry-after, etag"
    return headers


def security_headers(allowed: Collection[str], embeddable: bool = False) -> dict[str, str]:
    """The headers of every response.

    Args:
        allowed: origins whose pages may show ours in a frame.
        embeddable: whether pages of any origin may load it, as they do with the widget's script.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(["'self'", *allowed]),
        "require-trusted-types-for": "'script'",
        "trusted-types": TRUSTED_TYPES,
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-resource-policy": "cross-origin" if embeddable else "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }


def merged(*parts: Mapping[str, str]) -> dict[str, str]:
    """Headers put together; ``vary`` adds up, of all others the last counts."""
    headers: dict[str, str] = {}
    for part in parts:
        for name, value in part.items():
            if name == "vary" and headers.get(name):
                value = f"{headers[name]}, {value}"
            headers[name] = value
    return headers
