"""How the bot proves itself to Microsoft's login and gets a token for sending.

Source: RFC 6749, 4.4 (client credentials); Microsoft Learn, “Authenticate requests with the Bot Connector API”, and of
msal `ConfidentialClientApplication` and `ManagedIdentityClient`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from lotse.channels.teams.http_client import HttpClient, Unreachable
from lotse.channels.teams.login_errors import NoToken, parsed, refused
from lotse.channels.teams.settings import Certificate, ManagedIdentity, Secret, TeamsSettings, missing_for_login
from lotse.operator_language import N_, Message

_MSAL_SECONDS = 10.0
# RFC 6749, 5.1 lets a login leave it out; Microsoft's never does.
_SECONDS_IF_UNSAID = 600.0
_CERTIFICATE_MEND = N_(
    "Check LOTSE_TEAMS_TENANT_ID, LOTSE_TEAMS_CLOUD, and that LOTSE_TEAMS_PRIVATE_KEY_FILE and "
    "LOTSE_TEAMS_CERTIFICATE_FILE are PEM files without a pass phrase."
)
_IDENTITY_MEND = N_(
    "Check that this machine runs in Azure and has the managed identity whose client id is LOTSE_TEAMS_APP_ID."
)
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Fresh:
    """A new token.

    Attributes:
        value: what goes after “Bearer”; never printed.
        seconds: how long it lasts.
    """

    value: str = field(repr=False)
    seconds: float


class Source(Protocol):
    """Where tokens come from."""

    async def fetch(self) -> Fresh:
        """A new token.

        Raises:
            NoToken: there is none; its text says what mends that.
        """
        ...


def source_of(settings: TeamsSettings, http: HttpClient) -> Source:
    """The source that fits the credential. Asks nobody yet: the bot starts without network."""
    lacking = missing_for_login(settings)
    if lacking or settings.credential is None:
        return NoSource(" ".join(map(str, lacking)))
    if isinstance(settings.credential, Secret):
        return SecretSource(settings, settings.credential, http)
    if isinstance(settings.credential, Certificate):
        return MsalSource(_certificate_client(settings, settings.credential), _CERTIFICATE_MEND)
    return MsalSource(_identity_client(settings, settings.credential), _IDENTITY_MEND)


@dataclass(frozen=True)
class NoSource:
    """Stands in while settings are missing."""

    reason: str

    async def fetch(self) -> Fresh:
        raise NoToken(self.reason)


@dataclass(frozen=True)
class SecretSource:
    """Asks with a client secret."""

    settings: TeamsSettings
    secret: Secret
    http: HttpClient

    async def fetch(self) -> Fresh:
        cloud = self.settings.cloud
        url = f"{cloud.login_url}/{quote(self.settings.tenant_id, safe='')}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings.app_id,
            "client_secret": self.secret.value,
            "scope": cloud.scope,
        }
        try:
            reply = await self.http.request("POST", url, {"accept": "application/json"}, form)
        except Unreachable as error:
            raise NoToken(_unreachable(error.kind), permanent=False) from None
        return _read(reply.status, parsed(reply.body))


@dataclass(frozen=True)
class MsalSource:
    """Asks through msal, which waits for its answers: in a thread, so that nobody else waits with it.

    Args:
        ask: makes msal's client and asks it. Anew each time, because the client asks the network when it is made, and
            because it keeps tokens itself and would give a refused one again.
        mend: what to check if it cannot even ask.
    """

    ask: Callable[[], Answer]
    mend: str

    async def fetch(self) -> Fresh:
        try:
            answer = await asyncio.to_thread(self.ask)
        except NoToken:
            raise
        except OSError as error:
            # What requests raises; its text names hosts and ids.
            raise NoToken(_unreachable(type(error).__name__), permanent=False) from None
        except Exception as error:
            # msal has no class of its own for what it cannot use.
            raise NoToken(
                Message(N_("Microsoft's login could not be asked ({error})."), {"error": type(error).__name__}),
                remedy=Message(self.mend),
            ) from None
        return _read(200 if "access_token" in answer else 400, answer)


def _certificate_client(settings: TeamsSettings, certificate: Certificate) -> Callable[[], Answer]:
    def ask() -> Answer:
        import msal  # type: ignore[import-untyped]  # late, because it takes long and few houses need it

        proof = {"private_key": _pem(certificate.private_key_file, "private_key_file")}
        if certificate.chain_file is not None:
            proof["public_certificate"] = _pem(certificate.chain_file, "certificate_file")
        if certificate.thumbprint is not None:
            proof["thumbprint"] = certificate.thumbprint
        client = msal.ConfidentialClientApplication(
            settings.app_id,
            client_credential=proof,
            authority=f"{settings.cloud.login_url}/{settings.tenant_id}",
            http_client=_session(),
            # Asks the public cloud whether the login's host is Microsoft's; the settings have said so.
            instance_discovery=False,
        )
        answer: Answer = client.acquire_token_for_client([settings.cloud.scope])
        return answer

    return ask


def _identity_client(settings: TeamsSettings, identity: ManagedIdentity) -> Callable[[], Answer]:
    def ask() -> Answer:
        import msal

        user_assigned = msal.UserAssignedManagedIdentity(client_id=identity.client_id)
        client = msal.ManagedIdentityClient(user_assigned, http_client=_session())
        answer: Answer = client.acquire_token_for_client(resource=settings.cloud.resource)
        return answer

    return ask


def _session() -> Any:
    """A session of requests that does not wait for ever."""
    import requests

    class Impatient(requests.Session):
        def request(self, *parts: Any, **named: Any) -> requests.Response:
            named.setdefault("timeout", _MSAL_SECONDS)
            return super().request(*parts, **named)

    return Impatient()


def _pem(path: Any, key: str) -> str:
    try:
        text: str = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise NoToken(
            Message(N_("{path} cannot be read as PEM."), {"path": path}),
            remedy=Message(N_("Check the file that {variable} names."), {"variable": f"LOTSE_TEAMS_{key.upper()}"}),
        ) from None
    return text


def _unreachable(kind: str | None) -> Message:
    if kind is None:
        return Message(N_("Microsoft's login does not answer."))
    return Message(N_("Microsoft's login cannot be reached ({error})."), {"error": kind})


def _read(status: int, content: Any) -> Fresh:
    """The token in an answer.

    Raises:
        NoToken: there is none in it.
    """
    answer = content if isinstance(content, dict) else {}
    value = answer.get("access_token")
    if status != 200 or not isinstance(value, str) or not value:
        raise refused(status, content)
    try:
        seconds = float(answer.get("expires_in") or _SECONDS_IF_UNSAID)
    except (TypeError, ValueError):
        seconds = _SECONDS_IF_UNSAID
    return Fresh(value, seconds)
