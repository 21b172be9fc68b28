"""HTTP requests and responses as plain data, so that the code behind the edge can be tested without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    Attributes:
        path: below ``/chat``, as sent: empty, ``/``, ``/session`` …
        headers: by lower-case name.
        query: the first value of each parameter.
        body: None if it was too large to be read.
        address: address of the client, as used by rate limits.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = b""
    address: str = ""

    @property
    def name(self) -> str:
        """The requested path below ``/chat/``, such as ``session``; empty for ``/chat/`` itself."""
        return self.path[1:]


@dataclass(frozen=True)
class Response:
    """One HTTP response, without the headers that all responses have."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str | None:
        """The media type of the body; None if there is none."""
        return self.headers.get("content-type")


def iso(seconds: float) -> str:
    """A time as ISO 8601 in UTC, to the second.

    Args:
        seconds: since 1970.
    """
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def json_response(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(status, body, {"content-type": JSON, **(headers or {})})


def preferred_language(accept: str, spoken: list[str]) -> str:
    """The guide's language that an ``Accept-Language`` header prefers; the first one if it names none of them.

    Args:
        accept: the header, such as ``en-GB,en;q=0.9,de;q=0.8``.
        spoken: ISO 639-1 codes of the guide's languages, the original first.
    """
    wishes: list[tuple[float, str]] = []
    for part in accept[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), name.split("-")[0].strip().lower()))
        except ValueError:
            continue
    wishes = [(weight, name) for weight, name in wishes if name in spoken and weight > 0]
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else spoken[0]
