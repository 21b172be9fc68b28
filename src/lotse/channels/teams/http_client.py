"""Requests to Microsoft: one session for all of them, nothing that follows, waits or remembers by itself."""

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
    """No answer came: no connection, a connection that broke, or too long a wait."""

    @property
    def kind(self) -> str | None:
        """The kind of failure, such as ``ClientConnectorError``; None after too long a wait."""
        found = re.search(r"\((\w+)\)", str(self))
        return found[1] if found else None


@dataclass(frozen=True)
class HttpReply:
    """An answer.

    Attributes:
        status: of HTTP.
        headers: by their name in lower case.
        body: its beginning, if it is very long. Never printed, it may hold a token.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class HttpClient:
    """Sends requests that carry secrets.

    No redirect is followed, because it could lead a token or a secret to another host. Proxies come from
    ``HTTPS_PROXY`` and ``NO_PROXY``; aiohttp's own reading of the environment is not used, for it also reads ``.netrc``
    and would put what stands there in the place of our ``Authorization`` header.

    Args:
        seconds: how long one request may take.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> HttpReply:
        """One request.

        Args:
            method: of HTTP.
            url: as it is to be sent; whatever needs quoting is quoted.
            headers: of the request.
            body: bytes, or a mapping that becomes a form.

        Raises:
            Unreachable: there was no answer; its text names the host and the kind of failure only.
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
            raise Unreachable(f"{host_of(url)} cannot be reached ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        # Made in the first request, because only then there is an event loop to belong to.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def proxy_for(url: str) -> str | None:
    """The proxy of the environment for an address. Plain http stays on this machine and needs none."""
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
