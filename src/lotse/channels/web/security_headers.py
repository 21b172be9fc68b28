"""Security headers of every response, and CORS headers for pages of other origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# The widget's rendering library needs one Trusted Types policy of this name; no other is allowed.
TRUSTED_TYPES = "lit-html"
_CORS_SECONDS = "600"
_METHODS = "GET, POST, DELETE, OPTIONS"
_REQUEST_HEADERS = "authorization, content-type"


def cors_headers(origin: str | None, allowed: Collection[str], preflight: bool) -> dict[str, str]:
    """Headers that let a page of an allowed origin read the response; no credentials, because there are no cookies.

    Args:
        origin: the ``Origin`` header; None if there is none.
        allowed: origins of other pages.
        preflight: whether the response answers a preflight request.
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


def security_headers(allowed: Collection[str], embeddable: bool = False, searchable: bool = False) -> dict[str, str]:
    """Security headers of a response.

    Args:
        allowed: origins whose pages may show ours in a frame.
        embeddable: whether pages of any origin may load it, as for the widget's script.
        searchable: whether the page has a form that is sent to this server, as the search of the guide.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'" if searchable else "'none'",
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
    """All headers in one mapping; values of ``vary`` are joined, of any other header the last one wins."""
    headers: dict[str, str] = {}
    for part in parts:
        for name, value in part.items():
            if name == "vary" and headers.get(name):
                value = f"{headers[name]}, {value}"
            headers[name] = value
    return headers
