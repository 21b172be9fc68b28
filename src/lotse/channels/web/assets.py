"""Serves the files of the widget and its pages, read once at the start. No other file can be requested."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from lotse.channels.web.http_messages import HTML, Request, Response

FOLDER = Path(__file__).parent / "static"
# Pages by address; every other file of the folder is served under its own name if its type is listed.
PAGES = {"": "chat.html", "demo/": "demo.html"}
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_WORTH_PACKING = 1024


@dataclass(frozen=True)
class Resource:
    """A file with its headers, ready to be sent."""

    body: bytes
    packed: bytes | None
    content_type: str
    etag: str
    cache: str

    def respond(self, request: Request) -> Response:
        """The response with the file, or 304 if the client has it already."""
        headers = {"etag": self.etag, "cache-control": self.cache, "vary": "Accept-Encoding"}
        if matches(request.headers.get("if-none-match"), self.etag):
            return Response(304, b"", headers)
        headers["content-type"] = self.content_type
        if self.packed is not None and accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(200, self.packed, {**headers, "content-encoding": "gzip"})
        return Response(200, self.body, headers)


def resource(body: bytes, content_type: str, cache: str = _REVALIDATE) -> Resource:
    """A resource from a body, with an ETag of its content, and a compressed version unless it is small or a PNG.

    Args:
        body: the content.
        content_type: media type.
        cache: value of ``Cache-Control``.
    """
    packed = gzip.compress(body, 9, mtime=0) if len(body) >= _WORTH_PACKING and content_type != "image/png" else None
    return Resource(body, packed, content_type, f'W/"{digest(body)}"', cache)


def load(folder: Path = FOLDER) -> dict[str, Resource]:
    """All files that are served, by path below ``/chat/``.

    Scripts and styles have a second name with a hash of their content, ``widget.<hash>.js``, that may be cached
    forever.
    """
    found: dict[str, Resource] = {}
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if path.suffix in TYPES and path.is_file():
            body = path.read_bytes()
            found[path.name] = resource(body, TYPES[path.suffix])
            if path.suffix in (".js", ".css"):
                found[f"{path.stem}.{digest(body)}{path.suffix}"] = resource(body, TYPES[path.suffix], _IMMUTABLE)
    for address, name in PAGES.items():
        if (folder / name).is_file():
            found[address] = resource((folder / name).read_bytes(), HTML)
    return found


def digest(body: bytes) -> str:
    """A short hash of the content."""
    return hashlib.sha256(body).hexdigest()[:16]


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether an ``If-None-Match`` header contains an ETag (weak comparison, RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def accepts_gzip(header: str) -> bool:
    """Whether an ``Accept-Encoding`` header allows gzip."""
    for part in header.split(","):
        name, _, parameters = part.strip().partition(";")
        if name.strip().lower() == "gzip":
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
