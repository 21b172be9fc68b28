"""Corrections of Sanic 21.12, the web server of Rasa and of the action server. docs/adr/0004 says when they can go.

Knows nothing of Rasa, so that both servers can use it: `actions/__init__.py` applies it in the action server,
`lotse.rasa_adapter.patches` in Rasa.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from sanic.exceptions import InvalidUsage, SanicException
from sanic.helpers import STATUS_CODES
from sanic.http import Http, Stage
from sanic.request import Request

logger = logging.getLogger(__name__)

# RFC 9110, 5.6.2. What is no token is a folded line, or a name with blanks that other servers read differently.
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Python's int() also takes -1, +48, 0_48 and digits of other scripts. 18 digits are more than anybody can send.
_LENGTH = re.compile(rb"[0-9]{1,18}")
_BLANKS = b" \t"
_CONTROL = re.compile(rb"[\x00\r\n]")

_applied = False


def apply() -> None:
    """Apply every correction once."""
    global _applied
    if _applied:
        return
    _applied = True
    _check_every_head()
    _answer_unusable_heads_directly()
    _end_quietly_after_an_unreadable_body()


def head_problem(head: bytes) -> str | None:
    """Why it is uncertain where a request ends (RFC 9110 and 9112).

    Args:
        head: request line and headers, without the empty line that ends them.

    Returns:
        The reason, for whoever sent it; None if nothing is wrong.
    """
    request_line, *lines = head.split(b"\r\n")
    values: dict[bytes, list[bytes]] = {b"content-length": [], b"transfer-encoding": [], b"host": []}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(name):
            return "a header has no usable name"
        if _CONTROL.search(value):
            return "a header holds control characters"
        if name.lower() in values:
            values[name.lower()].append(value.strip(_BLANKS))
    lengths, codings, hosts = values.values()
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        return "Content-Length must be one number in plain digits"
    if codings and lengths:
        return "Content-Length and Transfer-Encoding exclude each other"
    if codings and ([coding.lower() for coding in codings] != [b"chunked"] or request_line.endswith(b"HTTP/1.0")):
        return "Transfer-Encoding must be chunked, and nothing else"
    if len(hosts) > 1:
        return "Host must be given once"
    return None


def _check_every_head() -> None:
    """`Content-Length: -1` makes Sanic read for ever: the whole server hangs, without a login, on any address.

    Http.read takes `buf[:-1]` again and again. Other lengths that int() reads, and lengths given twice, are where a
    proxy and Sanic may differ about the end of a request (RFC 9112, 6.3 and 11.2). The head is checked where the
    request object is made, before any handler: Http's own methods are compiled anew from their source when a server
    starts (sanic.touchup), which would lose a replacement.

    Upstream: no issue known for 21.12, whose support has ended. Goes when Rasa runs on a Sanic that checks the header.
    """
    original = Request.__init__

    def init(self: Any, *args: Any, head: bytes = b"", **kwargs: Any) -> None:
        if problem := head_problem(head):
            raise InvalidUsage(problem)
        original(self, *args, head=head, **kwargs)
        if "transfer-encoding" in self.headers:
            # The only coding that has passed; Sanic compares it letter by letter.
            self.headers["transfer-encoding"] = "chunked"

    Request.__init__ = init


def _answer_unusable_heads_directly() -> None:
    """Sanic calls the application's error handlers even where there is no request they could look at.

    The action server's handler makes every such error a 500 with a traceback in the log, and an address that Sanic
    cannot read (`GET http://[`) fails a second time in the handling. Here the answer is given without any handler, and
    without a line in the log that anybody could repeat without end.

    Upstream: Http.error_response and Http.create_empty_request (marked FIXME). Goes together with the other.
    """
    original = Http.error_response

    async def error_response(self: Any, exception: Exception) -> None:
        if self.stage is not Stage.REQUEST:
            await original(self, exception)
            return
        status, reason = 400, "the request cannot be read"
        if isinstance(exception, SanicException):
            status, reason = getattr(exception, "status_code", status), str(exception)
        logger.debug("A request was refused: %s", reason, exc_info=exception)
        self.keep_alive, self.request_body, self.stage = False, None, Stage.IDLE
        await self._send(_bare(status, reason))

    Http.error_response = error_response


def _end_quietly_after_an_unreadable_body() -> None:
    """Sanic logs a stack trace when a body that the handler has not read turns out to be unreadable.

    The answer has been sent by then, so nobody learns anything but the log, which anybody could fill without a login.
    The connection ends, because where the next request would begin is unknown.

    Upstream: Http.http1 reads the rest of a body outside its handling of errors. Goes together with the others.
    """
    original = Http.http1

    async def http1(self: Any) -> None:
        try:
            await original(self)
        except SanicException as error:
            logger.debug("The rest of a request could not be read.", exc_info=error)
            self.keep_alive = False

    Http.http1 = http1


def _bare(status: int, reason: str) -> bytes:
    body = f"{reason}\n".encode("ascii", "replace")
    lines = [
        b"HTTP/1.1 %d %b" % (status, STATUS_CODES.get(status, b"Error")),
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(body),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", body])


__all__ = ["apply", "head_problem"]
