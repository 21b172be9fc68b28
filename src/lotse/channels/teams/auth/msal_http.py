"""The HTTP client that msal uses: requests from its worker thread are sent by the channel's own `HttpClient`.

So all requests with secrets have the same rules: limits of time and size, no redirects, the certificate authorities of
the operating system, the proxies of ``HTTPS_PROXY``, no ``.netrc``.

Source: the interface that msal documents for its parameter ``http_client`` (``msal.oauth2cli.http``).
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from lotse.channels.teams.auth.login_errors import NoToken, parsed, refused
from lotse.channels.teams.clouds import host_of
from lotse.channels.teams.http_client import HttpClient, Unreachable
from lotse.operator_language import N_, Message

# Longer than the timeout of the request itself; reached only if the event loop stops before it answers.
_GRACE_SECONDS = 5.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Response:
    """A response as msal expects it."""

    status_code: int
    headers: Mapping[str, str]
    text: str = field(repr=False)

    def raise_for_status(self) -> None:
        """Do nothing, because `MsalHttp` has already raised for unusable responses."""


class MsalHttp:
    """Sends msal's requests. The methods block and are called outside the event loop.

    Args:
        http: sends the requests.
        loop: the event loop of `http`.
        login_url: scheme and host that requests may go to; None for a managed identity, whose address is on this
            machine and known to msal.
    """

    def __init__(self, http: HttpClient, loop: asyncio.AbstractEventLoop, login_url: str | None = None) -> None:
        self._http = http
        self._loop = loop
        self._login_url = login_url

    def get(
        self, url: str, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Response:
        """Send a GET request.

        Raises:
            NoToken: the response is unusable, or the address is not one of the login.
            Unreachable: there was no response.
        """
        return self._send("GET", url, params, headers or {}, None)

    def post(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Response:
        """Send a form in a POST request.

        Raises:
            NoToken: as for `get`.
            Unreachable: as for `get`.
        """
        form = urlencode(data or {}).encode("ascii")
        return self._send("POST", url, params, {**(headers or {}), "content-type": _FORM}, form)

    def close(self) -> None:
        """Do nothing: the owner of the `HttpClient` closes it."""

    def _send(
        self, method: str, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        address = self._at_login(url) if self._login_url is not None else url
        if params:
            address = f"{address}?{urlencode(params)}"
        request = self._http.request(method, address, headers, body)
        waiting = asyncio.run_coroutine_threadsafe(request, self._loop)
        try:
            reply = waiting.result(self._http.seconds + _GRACE_SECONDS)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            waiting.cancel()
            raise Unreachable(f"{host_of(address)} was not asked to the end") from None
        content = parsed(reply.body)
        if self._login_url is not None:
            usable = reply.status == 200 and isinstance(content, dict)
        else:
            # Azure Arc answers the first request with 401; other errors are JSON objects that msal reads.
            usable = reply.status != 429 and reply.status < 500
        if not usable:
            # Raised here, because msal hides the status and logs what it cannot read.
            raise refused(reply.status, content)
        return Response(reply.status, reply.headers, reply.body.decode("utf-8", "replace"))

    def _at_login(self, url: str) -> str:
        """The address with the login's scheme, because msal knows only https.

        Raises:
            NoToken: it is not an address of the login.
        """
        login, asked = urlsplit(self._login_url or ""), urlsplit(url)
        if (asked.scheme, asked.netloc.lower()) != ("https", login.netloc.lower()):
            raise NoToken(
                Message(
                    N_("The login of the tenant is at {host} instead of {expected}."),
                    {"host": host_of(url) or Message(N_("no address")), "expected": login.hostname},
                ),
                remedy=Message(N_("Check LOTSE_TEAMS_CLOUD and LOTSE_TEAMS_LOGIN_URL.")),
            )
        return f"{login.scheme}{url.removeprefix('https')}"
