"""HTTP client for requests to Microsoft: one session, no redirects, no retries, no cookies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from lotse.channels.teams.clouds import host_of

SECONDS = 15.0
_LONGEST = 256 * 1024


class Unreachable(RuntimeError):
    """There was no response: no connection, a broken connection, or a timeout.

    Args:
        text: names only the host and the kind of failure.
        may_have_arrived: whether the request may have been carried out all the same.
    """

    def __init__(self, text: str, may_have_arrived: bool = True) -> None:
        super().__init__(text)
        self.may_have_arrived = may_have_arrived

    @property
    def kind(self) -> str | None:
        """The kind of failure, such as ``ClientConnectorError``; None for a timeout."""
        found = re.search(r"\((\w+)\)", str(self))
        return found[1] if found else None


@dataclass(frozen=True)
class HttpReply:
    """An HTTP response.

    Attributes:
        status: HTTP status.
        headers: by name in lower case.
        body: the body, cut off if it is very long. Never printed, because it may contain a token.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class HttpClient:
    """Sends requests that carry secrets.

    No redirect is followed, because it could lead a token or a secret to another host. Proxies come from
    ``HTTPS_PROXY`` and ``NO_PROXY``; aiohttp's own support for the environment is not used, because it also reads
    ``.netrc`` and would replace our ``Authorization`` header with its content.

    Args:
        seconds: timeout of one request.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> HttpReply:
        """The response to one request.

        Args:
            method: HTTP method.
            url: already quoted; it is sent unchanged.
            headers: of the request.
            body: bytes, or a mapping that is sent as a form; None for no body.

        Raises:
            Unreachable: there was no response; the text names only the host and the kind of failure.
        """
        try:
            async with self._open().request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
                proxy=proxy_for(url),
            ) as response:
                found = {name.lower(): value for name, value in response.headers.items()}
                return HttpReply(response.status, found, await _beginning(response))
        except asyncio.TimeoutError:
            raise Unreachable(f"{host_of(url)} did not answer within {self._timeout.total:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Without a connection nothing was sent.
            arrived = not isinstance(error, (aiohttp.ClientConnectorError, ValueError))
            raise Unreachable(f"{host_of(url)} cannot be reached ({type(error).__name__})", arrived) from None

    async def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        # Made with the first request, because a session belongs to an event loop.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address; None for http, which is used on this machine only."""
    if not url.startswith("https:") or proxy_bypass(host_of(url)):
        return None
    return getproxies().get("https")


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in response.content.iter_chunked(8192):
        body += part
        if len(body) > _LONGEST:
            break
    return body
