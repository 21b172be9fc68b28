"""Microsoft's login: the HTTP client that msal uses, and its errors with remedies for operators.

Requests from msal's worker thread are sent by the channel's own `HttpClient`. So all requests with secrets have the
same rules: limits of time and size, no redirects, the certificate authorities of the operating system, the proxies of
``HTTPS_PROXY``, no ``.netrc``.

Source: the interface that msal documents for its parameter ``http_client`` (``msal.oauth2cli.http``).
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from lotse.channels.teams.clouds import host_of
from lotse.channels.teams.http_client import HttpClient, Unreachable
from lotse.operator_language import N_, Message

_CODE = re.compile(r"AADSTS(\d{4,8})")
_WORD = re.compile(r"[a-z_]{1,40}")

# Problem and remedy by Microsoft's error number (AADSTS…).
# Source: Microsoft Learn, “Microsoft Entra authentication and authorization error codes”.
LOGIN_ERRORS = {
    "7000215": (
        N_("The client secret is wrong."),
        N_("Set LOTSE_TEAMS_CLIENT_SECRET to the value of the secret, not to its id."),
    ),
    "7000222": (
        N_("The client secret has expired."),
        N_("Make a new one in the app registration and set LOTSE_TEAMS_CLIENT_SECRET."),
    ),
    "700016": (
        N_("The tenant has no app with this id."),
        N_("Check LOTSE_TEAMS_APP_ID and LOTSE_TEAMS_TENANT_ID."),
    ),
    "90002": (
        N_("There is no such tenant in this cloud."),
        N_("Check LOTSE_TEAMS_TENANT_ID and LOTSE_TEAMS_CLOUD."),
    ),
    "900023": (N_("The tenant id is not a valid id."), N_("Check LOTSE_TEAMS_TENANT_ID.")),
    "90038": (N_("The tenant belongs to another of Microsoft's clouds."), N_("Check LOTSE_TEAMS_CLOUD.")),
    "500011": (
        N_("The tenant does not know the Bot Framework under this address."),
        N_("Check LOTSE_TEAMS_CLOUD."),
    ),
    "700024": (
        N_("The proof (certificate or token of the federated credential) is not valid now."),
        N_("Check this machine's clock."),
    ),
    "70021": (
        N_("The app does not trust such a token."),
        N_("Check the issuer, subject and audience of its federated credential in the app registration."),
    ),
    "700211": (
        N_("The app does not trust tokens of this issuer."),
        N_("Check the issuer of its federated credential in the app registration."),
    ),
    "700212": (
        N_("The app does not trust tokens for this audience."),
        N_("Check the audience of its federated credential in the app registration."),
    ),
    "700213": (
        N_("The app does not trust tokens of this subject."),
        N_("Check the subject of its federated credential in the app registration."),
    ),
    "700027": (
        N_("The certificate does not belong to the app."),
        N_("Upload it to the app registration; check LOTSE_TEAMS_PRIVATE_KEY_FILE and LOTSE_TEAMS_CERTIFICATE_FILE."),
    ),
    "7000229": (
        N_("The app has no service principal in the tenant."),
        N_(
            "Run az ad sp create --id APP-ID, or choose “Create service principal” in the overview of the app "
            "registration."
        ),
    ),
    "7000112": (N_("The app is disabled in the tenant."), N_("Enable sign-in in its enterprise application.")),
}
_ELSE = Message(N_("Check LOTSE_TEAMS_APP_ID, LOTSE_TEAMS_TENANT_ID and the credential."))
_TRY_AGAIN = Message(N_("Check the network and HTTPS_PROXY, and try again later."))


class NoToken(RuntimeError):
    """There is no access token. The text is English, for logs.

    Args:
        reason: what happened.
        permanent: see below.
        code: see below.
        remedy: what to do; None for a failure that may pass by itself.

    Attributes:
        permanent: whether retrying is useless until an operator changes something.
        code: Microsoft's number of the error, without “AADSTS”; None if there is none.
    """

    def __init__(
        self,
        reason: Message | str,
        permanent: bool = True,
        code: str | None = None,
        remedy: Message | None = None,
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(" ".join(str(part) for part in (reason, remedy) if part))
        self.permanent = permanent
        self.code = code

    def told(self) -> tuple[str, str]:
        """Problem and remedy (empty if none is known) in the operator's language."""
        reason = self.reason.told() if isinstance(self.reason, Message) else self.reason
        remedy = self.remedy or (None if self.permanent else _TRY_AGAIN)
        return reason, remedy.told() if remedy else ""


def refused(status: int, content: Any) -> NoToken:
    """The error for a response without a token. Only Microsoft's codes are repeated, because its texts contain ids.

    Args:
        status: HTTP status; 400 if msal hides it.
        content: the parsed body.
    """
    answer = content if isinstance(content, dict) else {}
    word = answer.get("error")
    name = word if isinstance(word, str) and _WORD.fullmatch(word) else ""
    code = _code(answer)
    if status == 429 or status >= 500 or name == "temporarily_unavailable":
        busy = Message(N_("Microsoft's login is not available (HTTP {status})."), {"status": status})
        return NoToken(busy, permanent=False, code=code)
    known = ", ".join(part for part in (f"HTTP {status}", name, f"AADSTS{code}" if code else "") if part)
    if code not in LOGIN_ERRORS:
        return NoToken(Message(N_("Microsoft's login gives no token ({error})."), {"error": known}), True, code, _ELSE)
    cause, remedy = LOGIN_ERRORS[code]
    reason = Message(
        N_("Microsoft's login gives no token ({error}). {cause}"), {"error": known, "cause": Message(cause)}
    )
    return NoToken(reason, True, code, Message(remedy))


def parsed(body: bytes) -> Any:
    """The parsed JSON of a body; None if it is not JSON, such as a proxy's error page."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(answer: dict[str, Any]) -> str | None:
    described = _CODE.search(str(answer.get("error_description") or ""))
    if described:
        return described[1]
    codes = answer.get("error_codes")
    return str(codes[0]) if isinstance(codes, list) and codes and isinstance(codes[0], int) else None


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
