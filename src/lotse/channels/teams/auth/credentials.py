"""Authenticates the bot to Microsoft's login through msal, and keeps its access token for all concurrent senders.

msal caches the token; `Tokens` adds what msal lacks. The reasons are in docs/adr/0012-libraries-for-tokens.md.

Source: RFC 6749, 4.4 (client credentials); RFC 7523, 2.2 (client assertions); Microsoft Learn, “Authenticate requests
with the Bot Connector API” and “Configure an application to trust a managed identity”.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from lotse.channels.teams.auth.login import MsalHttp, NoToken, refused
from lotse.channels.teams.http_client import HttpClient, Unreachable
from lotse.channels.teams.settings import (
    Certificate,
    Credential,
    FederatedIdentity,
    FederatedToken,
    ManagedIdentity,
    Secret,
    TeamsSettings,
    missing_for_login,
)
from lotse.operator_language import N_, Message

logger = logging.getLogger(__name__)

# How long a failure is remembered, so that a thousand waiting messages cause one request.
REFUSAL_SECONDS = 30.0
_CHECK_ADDRESS = Message(N_("Check LOTSE_TEAMS_TENANT_ID and LOTSE_TEAMS_CLOUD."))
# What to check if the login cannot be reached.
_REMEDIES: dict[type[Any], Message] = {
    Secret: _CHECK_ADDRESS,
    Certificate: Message(
        N_(
            "Check LOTSE_TEAMS_TENANT_ID, LOTSE_TEAMS_CLOUD, and that LOTSE_TEAMS_PRIVATE_KEY_FILE and "
            "LOTSE_TEAMS_CERTIFICATE_FILE are PEM files without a pass phrase."
        )
    ),
    ManagedIdentity: Message(
        N_("Check that this machine runs in Azure and has the managed identity whose client id is LOTSE_TEAMS_APP_ID.")
    ),
    FederatedIdentity: Message(
        N_(
            "Check LOTSE_TEAMS_TENANT_ID, LOTSE_TEAMS_CLOUD, and that this machine runs in Azure and has the managed "
            "identity whose client id is LOTSE_TEAMS_FEDERATED_IDENTITY."
        )
    ),
    FederatedToken: _CHECK_ADDRESS,
}
_NOT_PEM = N_("{path} cannot be read as PEM.")
_NOT_A_TOKEN = N_("{path} cannot be read as a token.")
# RFC 6749, 5.1 makes `expires_in` optional; Microsoft's login always sends it.
_SECONDS_IF_UNSAID = 600.0
MsalAnswer = Mapping[str, Any]
# Asks a client of msal, which returns its cached token until five minutes before the expiry.
Ask = Callable[[], MsalAnswer]


@dataclass(frozen=True)
class AccessToken:
    """An access token.

    Attributes:
        value: the text after “Bearer” in the header; never printed.
        seconds: how long it is valid from now on.
    """

    value: str = field(repr=False)
    seconds: float


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def fetch(self) -> AccessToken:
        """A valid token: the cached one, or a new one shortly before that expires.

        Raises:
            NoToken: there is none; the error names the remedy.
        """
        ...

    def forget(self) -> None:
        """Discard all cached tokens."""


@dataclass(frozen=True)
class _CachedToken:
    value: str = field(repr=False)
    ends: float


@dataclass(frozen=True)
class _Failure:
    error: NoToken
    at: float
    number: int


class Tokens:
    """The access tokens of one app in one tenant. A second bot has its own instance, so tokens are never mixed.

    Args:
        source: fetches them.
        clock: monotonic time in seconds.
    """

    def __init__(self, source: TokenSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: _CachedToken | None = None
        self._failure: _Failure | None = None
        self._asked = 0

    async def get(self) -> str:
        """A token that is valid for some minutes, or at least still valid if no new one can be fetched.

        Raises:
            NoToken: there is no valid token.
        """
        asked_before = self._asked
        async with self._lock:
            if self._failure is None or not self._counts(self._failure, asked_before):
                self._failure = await self._ask()
            if (value := self._good()) is not None:
                return value
            failed = (
                self._failure.error
                if self._failure
                else NoToken(Message(N_("The new token had ended at once.")), False)
            )
            # A copy, because every raise extends the traceback of the exception object.
            raise NoToken(failed.reason, failed.permanent, failed.code, failed.remedy)

    def drop(self, value: str) -> None:
        """Discard a token that the Connector refused; a newer one stays."""
        if self._last is not None and self._last.value == value:
            self._last = None
            self._source.forget()

    async def _ask(self) -> _Failure | None:
        asked = self._clock()
        try:
            token = await self._source.fetch()
        except NoToken as error:
            logger.warning("Teams: %s", error)
            return _Failure(error, self._clock(), self._asked)
        finally:
            self._asked += 1
        self._last = _CachedToken(token.value, asked + token.seconds)
        return None

    def _good(self) -> str | None:
        return self._last.value if self._last is not None and self._clock() < self._last.ends else None

    def _counts(self, failure: _Failure, asked_before: int) -> bool:
        """Whether a failure still counts, so that the login is not asked again.

        It counts if the caller has waited for that very request; or if it is recent, and asking again is useless or
        unnecessary because the last token is still valid.
        """
        pointless = failure.error.permanent or self._good() is not None
        return failure.number >= asked_before or (pointless and self._clock() < failure.at + REFUSAL_SECONDS)


def token_source(settings: TeamsSettings, http: HttpClient) -> TokenSource:
    """The token source for the configured credential. No request is made yet, so the bot starts without a network."""
    lacking = missing_for_login(settings)
    if lacking or settings.credential is None:
        return NoTokenSource(" ".join(map(str, lacking)))
    return MsalTokenSource(settings, settings.credential, http)


@dataclass(frozen=True)
class NoTokenSource:
    """Used while settings are missing: every request for a token fails with the reason.

    Args:
        reason: which settings are missing.
    """

    reason: str

    async def fetch(self) -> AccessToken:
        raise NoToken(self.reason)

    def forget(self) -> None:
        """Do nothing, because no token is ever cached."""


class MsalTokenSource:
    """Fetches tokens through msal, which blocks: in a thread, one request at a time.

    Args:
        settings: app, tenant and cloud.
        credential: the app's credential.
        http: sends msal's requests.
    """

    def __init__(self, settings: TeamsSettings, credential: Credential, http: HttpClient) -> None:
        self._settings = settings
        self._credential = credential
        self._http = http
        self._ask: Ask | None = None
        self._one_at_a_time = threading.Lock()

    async def fetch(self) -> AccessToken:
        return await asyncio.to_thread(self._fetch, asyncio.get_running_loop())

    def forget(self) -> None:
        """Discard msal's client together with its cached tokens."""
        self._ask = None

    def _fetch(self, loop: asyncio.AbstractEventLoop) -> AccessToken:
        with self._one_at_a_time:
            try:
                # Made with the first request: msal fetches the tenant's addresses when a client is made.
                ask = self._ask = self._ask or _client(self._settings, self._credential, self._http, loop)
                return _read(ask())
            except Exception as error:
                # A new client reads key and certificate again, which may have been renewed.
                self._ask = None
                raise _no_token(error, _REMEDIES[type(self._credential)]) from None


def _client(settings: TeamsSettings, credential: Credential, http: HttpClient, loop: asyncio.AbstractEventLoop) -> Ask:
    cloud = settings.cloud
    # For managed identities, whose address on this machine msal knows.
    machine = MsalHttp(http, loop)
    if isinstance(credential, ManagedIdentity):
        return _identity(credential.client_id, cloud.resource, machine)
    client_credential: str | dict[str, Any]
    if isinstance(credential, Secret):
        client_credential = credential.value
    elif isinstance(credential, Certificate):
        client_credential = _certificate(credential)
    elif isinstance(credential, FederatedToken):
        # Read for each request: Kubernetes renews the file.
        client_credential = {
            "client_assertion": lambda: _text(credential.token_file, "federated_token_file", _NOT_A_TOKEN)
        }
    else:
        ask = _identity(credential.client_id, cloud.exchange_audience, machine)
        client_credential = {"client_assertion": lambda: _read(ask()).value}
    app = _msal().ConfidentialClientApplication(
        settings.app_id,
        client_credential=client_credential,
        # msal takes https only; MsalHttp knows the real scheme of a login on this machine.
        authority=f"https{cloud.login_url[cloud.login_url.index(':') :]}/{settings.tenant_id}",
        http_client=MsalHttp(http, loop, cloud.login_url),
        # Would ask the public cloud whether the login's host is Microsoft's; the settings decide that.
        instance_discovery=False,
        # Else MSAL_FORCE_REGION in the environment leads to another host.
        azure_region=False,
    )
    return lambda: app.acquire_token_for_client([cloud.scope])


def _identity(client_id: str, resource: str, http: MsalHttp) -> Ask:
    msal = _msal()
    client = msal.ManagedIdentityClient(msal.UserAssignedManagedIdentity(client_id=client_id), http_client=http)
    return lambda: client.acquire_token_for_client(resource=resource)


def _certificate(certificate: Certificate) -> dict[str, str]:
    client_credential = {"private_key": _text(certificate.private_key_file, "private_key_file", _NOT_PEM)}
    if certificate.chain_file is not None:
        client_credential["public_certificate"] = _text(certificate.chain_file, "certificate_file", _NOT_PEM)
    if certificate.thumbprint is not None:
        client_credential["thumbprint"] = certificate.thumbprint
    return client_credential


def _msal() -> Any:
    import msal  # type: ignore[import-untyped]  # late, because it takes long and is not needed without Teams

    # msal logs ids and answers. Failures are raised, and logged without them.
    logging.getLogger("msal").setLevel(logging.CRITICAL)
    return msal


def _text(path: Path, key: str, problem: str) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise NoToken(
            Message(problem, {"path": path}),
            remedy=Message(N_("Check the file that {variable} names."), {"variable": f"LOTSE_TEAMS_{key.upper()}"}),
        ) from None


def _read(answer: MsalAnswer) -> AccessToken:
    value = answer.get("access_token")
    if not isinstance(value, str) or not value:
        # Only a managed identity gets here with an error; msal does not tell its status.
        raise refused(400 if "error" in answer else 200, answer)
    return AccessToken(value, float(answer.get("expires_in", _SECONDS_IF_UNSAID)))


def _no_token(error: Exception, remedy: Message) -> NoToken:
    if isinstance(error, NoToken):
        return error
    if isinstance(error, Unreachable):
        return NoToken(_unreachable(error.kind), permanent=False)
    # msal has no class of its own for what it cannot use; its texts hold ids.
    reason = Message(N_("Microsoft's login could not be asked ({error})."), {"error": type(error).__name__})
    return NoToken(reason, remedy=remedy)


def _unreachable(kind: str | None) -> Message:
    if kind is None:
        return Message(N_("Microsoft's login does not answer."))
    return Message(N_("Microsoft's login cannot be reached ({error})."), {"error": kind})
