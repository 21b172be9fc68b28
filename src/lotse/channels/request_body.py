"""Reads bodies of requests to Rasa's Sanic server up to a size limit."""

from __future__ import annotations

from sanic.request import Request

# A character of UTF-8 JSON takes at most 12 bytes (two \uXXXX escapes); the rest is names, ids and syntax.
_BYTES_PER_CHARACTER = 12
_BYTES_FOR_THE_REST = 1024


def max_bytes(max_characters: int) -> int:
    """Size in bytes of a JSON body that can hold a text of so many characters."""
    return max_characters * _BYTES_PER_CHARACTER + _BYTES_FOR_THE_REST


async def read_body(request: Request, longest: int) -> bytes | None:
    """The body of a request; None as soon as it is known to be too long, so that memory use stays bounded.

    Args:
        request: of a route with ``stream=True``.
        longest: the largest size in bytes that is read.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > longest:
        return None
    parts: list[bytes] = []
    size = 0
    while part := await request.stream.read():
        size += len(part)
        if size > longest:
            return None
        parts.append(part)
    return b"".join(parts)
