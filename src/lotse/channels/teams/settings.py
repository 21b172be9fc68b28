"""The settings of the Teams channel from ``credentials.yml`` and the environment, and which of them are missing."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from lotse import paths
from lotse.channels.credentials import describe, require_mapping
from lotse.channels.teams.clouds import CLOUDS, Cloud, host_of, is_safe_address
from lotse.channels.teams.settings_schema import GUID, TeamsSection, contradictions
from lotse.conversation.rate_limits import MEMORY
from lotse.errors import SettingsError
from lotse.operator_language import N_, Message, _

SECTION = "lotse.channels.teams.channel.TeamsInput"
PREFIX = "LOTSE_TEAMS_"

# Required settings that are missing, for the log, the health report and `./lotse teams doctor`: problem and remedy.
_GAPS = {
    "app_id": (
        N_("The app id of the bot is missing."),
        N_("Set LOTSE_TEAMS_APP_ID (app registration, Overview)."),
    ),
    "tenant_id": (
        N_("The tenant is missing."),
        N_("Set LOTSE_TEAMS_TENANT_ID (app registration, Overview)."),
    ),
    "credential": (
        N_("No credential is set with which the bot signs in to Microsoft."),
        N_(
            "Set LOTSE_TEAMS_CLIENT_SECRET; or LOTSE_TEAMS_PRIVATE_KEY_FILE with LOTSE_TEAMS_CERTIFICATE_FILE or "
            "LOTSE_TEAMS_CERTIFICATE_THUMBPRINT; or LOTSE_TEAMS_FEDERATED_IDENTITY; or "
            "LOTSE_TEAMS_FEDERATED_TOKEN_FILE; or LOTSE_TEAMS_MANAGED_IDENTITY=true."
        ),
    ),
    "private_key_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_PRIVATE_KEY_FILE."),
    ),
    "certificate_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_CERTIFICATE_FILE."),
    ),
    "federated_token_file": (
        N_("There is no file {path}."),
        N_("Check the path in LOTSE_TEAMS_FEDERATED_TOKEN_FILE."),
    ),
    "allowed_tenants": (
        N_("It is not known whose employees may ask; therefore the Lotse accepts no message."),
        N_(
            "Set LOTSE_TEAMS_TENANT_ID to the id of the tenant (app registration, Overview), not to its domain; or set "
            "LOTSE_TEAMS_ALLOWED_TENANTS."
        ),
    ),
}

# Teams begins a thread only in a tenant that is named by its id.
TENANT_UNKNOWN = Message(
    N_("A contact point has a channel in Teams, but the settings do not say in which tenant it is.")
)
NAME_TENANT = Message(N_("Set LOTSE_TEAMS_TENANT_ID to the id of your own tenant, not to its domain."))


@dataclass(frozen=True)
class Secret:
    """A client secret of the app registration; never printed."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate of the app registration: its private key, and either its thumbprint or the certificate itself."""

    private_key_file: Path
    thumbprint: str | None = None
    chain_file: Path | None = None


@dataclass(frozen=True)
class ManagedIdentity:
    """An identity that Azure gives to the machine; its client id is the app id of the bot."""

    client_id: str


@dataclass(frozen=True)
class FederatedIdentity:
    """A managed identity that the app registration trusts (federated identity credential), by its client id."""

    client_id: str


@dataclass(frozen=True)
class FederatedToken:
    """A file with a token of another issuer that the app registration trusts (workload identity of Kubernetes)."""

    token_file: Path


Credential = Secret | Certificate | ManagedIdentity | FederatedIdentity | FederatedToken


@dataclass(frozen=True)
class TeamsSettings:
    """Settings of the Teams channel; docs/operators.md explains each.

    Attributes:
        app_id: of the bot's registration, in lower case; empty if not set.
        tenant_id: id of the organisation's tenant, or its domain; empty if not set.
        credential: authenticates the bot to Microsoft; None if not set.
        cloud: Microsoft's addresses, with configured ones in place.
        allowed_hosts: hosts that answers may be sent to; empty allows every host that a verified token names.
        allowed_tenants: ids of further tenants whose people may ask.
        messages_per_person: rate limit for the messages and picks of one person in all conversations.
        rate_limit_storage: ``memory``, or the address of a Redis server that all servers share.
        secret_expires: day on which secret or certificate expire; None if not set.
    """

    app_id: str = ""
    tenant_id: str = ""
    credential: Credential | None = None
    cloud: Cloud = CLOUDS["public"]
    allowed_hosts: tuple[str, ...] = ()
    allowed_tenants: tuple[str, ...] = ()
    secret_expires: date | None = None
    messages_per_person: str = "20/minute;300/hour"
    rate_limit_storage: str = MEMORY

    @property
    def off(self) -> bool:
        """True if Teams is not configured at all, which needs no warning."""
        return not self.app_id and not self.tenant_id and self.credential is None

    @property
    def tenants(self) -> frozenset[str]:
        """Ids of the tenants whose people may ask. A domain does not count, because messages contain only ids."""
        own = (self.tenant_id,) if GUID.fullmatch(self.tenant_id) else ()
        return frozenset((*own, *self.allowed_tenants))

    @property
    def own_tenant(self) -> str:
        """Id of the tenant in whose channels questions are posted; empty if the settings do not tell which it is."""
        if GUID.fullmatch(self.tenant_id):
            return self.tenant_id
        return self.allowed_tenants[0] if len(self.allowed_tenants) == 1 else ""

    def allows(self, service_url: str) -> bool:
        """Whether the bot's token may be sent to an address, according to `allowed_hosts`."""
        if not is_safe_address(service_url):
            return False
        return not self.allowed_hosts or host_of(service_url) in self.allowed_hosts


@dataclass(frozen=True)
class Gap:
    """A required setting that is not set, or a file that does not exist.

    Attributes:
        setting: name in ``credentials.yml``; ``credential`` stands for any of the credentials.
        path: of the file; empty for a setting.
    """

    setting: str
    path: str = ""

    @property
    def problem(self) -> Message:
        """The problem, as a sentence."""
        return Message(_GAPS[self.setting][0], {"path": self.path})

    @property
    def remedy(self) -> Message:
        """What to do, as a sentence."""
        return Message(_GAPS[self.setting][1])

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


def read_settings(section: Mapping[str, Any] | None, environment: Mapping[str, str]) -> TeamsSettings:
    """The settings of a section with defaults; variables of the environment have priority. Empty means not set.

    Args:
        section: of ``credentials.yml``.
        environment: variables such as ``LOTSE_TEAMS_APP_ID``.

    Raises:
        SettingsError: settings are not valid; the text names each, its place and what would be valid.
    """
    named = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    written = {str(key): value for key, value in require_mapping(section, SECTION).items()}
    given = {key: value for key, value in {**written, **_filled(named)}.items() if _is_set(value)}
    problems: list[str] = []
    try:
        read = TeamsSection.parse_obj(given)
    except ValidationError as error:
        problems = [f"{_where(str(item['loc'][0]), named)}: {describe(item)}" for item in error.errors()]
    else:
        problems = [f"{_where(key, named)}: {text}" for key, text in contradictions(read)]
    if problems:
        raise SettingsError("\n".join([*problems, _("docs/operators.md lists the settings of the Teams channel.")]))
    return TeamsSettings(
        app_id=read.app_id or "",
        tenant_id=read.tenant_id or "",
        credential=_credential(read),
        cloud=_cloud(read),
        allowed_hosts=tuple(read.allowed_hosts),
        allowed_tenants=tuple(read.allowed_tenants),
        secret_expires=read.secret_expires,
        messages_per_person=read.messages_per_person,
        rate_limit_storage=read.rate_limit_storage,
    )


def missing(settings: TeamsSettings) -> list[Gap]:
    """Settings that are missing for answering messages.

    They are also listed if nothing is set at all; `TeamsSettings.off` says whether that needs a warning.
    """
    gaps = missing_for_login(settings)
    if (settings.tenant_id or isinstance(settings.credential, ManagedIdentity)) and not settings.tenants:
        # Without it anybody could ask, because the Connector delivers from every tenant in which the bot is installed.
        gaps.append(Gap("allowed_tenants"))
    return gaps


def missing_for_login(settings: TeamsSettings) -> list[Gap]:
    """Settings that are missing for getting an access token."""
    gaps = []
    if not settings.app_id:
        gaps.append(Gap("app_id"))
    if not settings.tenant_id and not isinstance(settings.credential, ManagedIdentity):
        gaps.append(Gap("tenant_id"))
    if settings.credential is None:
        gaps.append(Gap("credential"))
    gaps += [Gap(key, str(path)) for key, path in credential_files(settings.credential).items() if not path.is_file()]
    return gaps


def gap_of(report: object) -> Gap | None:
    """The gap that an entry of a health report stands for; None if it is not a known one."""
    return Gap(report) if isinstance(report, str) and report in _GAPS else None


def credential_files(credential: Credential | None) -> dict[str, Path]:
    """Paths of the files that a credential needs, by the setting that names them."""
    if isinstance(credential, FederatedToken):
        return {"federated_token_file": credential.token_file}
    if not isinstance(credential, Certificate):
        return {}
    chain = {"certificate_file": credential.chain_file} if credential.chain_file is not None else {}
    return {"private_key_file": credential.private_key_file, **chain}


def _is_set(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _filled(named: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in named.items() if _is_set(value)}


def _where(key: str, named: Mapping[str, str]) -> str:
    from_environment = _is_set(named.get(key))
    if from_environment:
        return _("environment, {variable}").format(variable=f"{PREFIX}{key.upper()}")
    return f"credentials.yml, {SECTION}, {key}"


def _credential(read: TeamsSection) -> Credential | None:
    if read.client_secret:
        return Secret(read.client_secret)
    if read.private_key_file:
        chain = paths.home() / read.certificate_file if read.certificate_file else None
        return Certificate(paths.home() / read.private_key_file, read.certificate_thumbprint, chain)
    if read.federated_identity:
        return FederatedIdentity(read.federated_identity)
    if read.federated_token_file:
        return FederatedToken(paths.home() / read.federated_token_file)
    return ManagedIdentity(read.app_id or "") if read.managed_identity else None


def _cloud(read: TeamsSection) -> Cloud:
    cloud = CLOUDS[read.cloud]
    return replace(
        cloud,
        metadata_url=read.metadata_url or cloud.metadata_url,
        login_url=read.login_url or cloud.login_url,
        service_url=read.service_url or cloud.service_url,
    )


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def teams_settings(home: Path, environment: Mapping[str, str] | None = None) -> TeamsSettings:
    """Settings from ``credentials.yml`` and the environment.

    Args:
        home: the project folder.
        environment: variables; those of the process if not given.

    Raises:
        SettingsError: a setting is not valid, or the file cannot be read.
    """
    variables = os.environ if environment is None else environment
    section = _channels(home).get(SECTION)
    return read_settings(_expanded(section, variables), variables)


def is_open(home: Path) -> bool:
    """Whether ``credentials.yml`` contains the section of the channel.

    Raises:
        SettingsError: the file cannot be read.
    """
    return SECTION in _channels(home)


def _channels(home: Path) -> dict[str, Any]:
    path = home / "credentials.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SettingsError(_("credentials.yml: is missing or is not readable YAML.")) from None
    return content if isinstance(content, dict) else {}


def _expanded(value: Any, variables: Mapping[str, str]) -> Any:
    """The value with every ``${NAME}`` replaced by a variable, as Rasa does; an unset variable counts as empty."""
    if isinstance(value, dict):
        return {key: _expanded(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_expanded(item, variables) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda name: variables.get(name[1], ""), value)
    return value
