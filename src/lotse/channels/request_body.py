"""Bodies of requests to Rasa's Sanic server, read with a limit."""

from __future__ import annotations

from sanic.request import Request

# A character of UTF-8 JSON takes at most 12 bytes (two \uXXXX escapes); the rest is names, ids and syntax.
_BYTES_PER_CHARACTER = 12
_BYTES_FOR_THE_REST = 1024


def max_bytes(max_characters: int) -> int:
    """Size of a JSON body that can hold so many characters of text."""
    return max_characters * _BYTES_PER_CHARACTER + _BYTES_FOR_THE_REST


async def read_body(request: Request, longest: int) -> bytes | None:
    """The body; None as soon as it is clear that it is too long, so that nobody fills our memory.

    Args:
        request: of a route with ``stream=True``.
        longest: bytes that are still read.
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
