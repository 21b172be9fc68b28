"""Bodies of requests to Rasa's Sanic server, read with a limit."""

from __future__ import annotations

from sanic.request import Request


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
