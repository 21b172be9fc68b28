"""The settings of the Teams channel as written by operators, with checks of each and of combinations."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydantic import Field, validator

from lotse.channels.teams.clouds import CLOUDS, is_safe_address
from lotse.content.model import Strict
from lotse.conversation.rate_limits import MEMORY, checked_rate, checked_storage
from lotse.operator_language import _

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class TeamsSection(Strict):
    """The settings as written. Each can be set in the environment instead: ``app_id`` as ``LOTSE_TEAMS_APP_ID``."""

    app_id: str | None = None
    tenant_id: str | None = None
    client_secret: str | None = None
    private_key_file: str | None = None
    certificate_file: str | None = None
    certificate_thumbprint: str | None = None
    managed_identity: bool = False
    federated_identity: str | None = None
    federated_token_file: str | None = None
    secret_expires: date | None = None
    cloud: str = "public"
    allowed_hosts: list[str] = Field(default_factory=list)
    allowed_tenants: list[str] = Field(default_factory=list)
    service_url: str | None = None
    metadata_url: str | None = None
    login_url: str | None = None
    messages_per_person: str = "20/minute;300/hour"
    rate_limit_storage: str = MEMORY

    @validator("app_id")
    def _app_id(cls, text: str) -> str:
        if not GUID.fullmatch(text.lower()):
            raise ValueError(_("is not a valid app id; copy “Application (client) ID” of the app registration"))
        return text.lower()

    @validator("federated_identity")
    def _identity(cls, text: str) -> str:
        if not GUID.fullmatch(text.lower()):
            raise ValueError(_("is not a valid client id; copy “Client ID” from the overview of the managed identity"))
        return text.lower()

    @validator("tenant_id")
    def _tenant_id(cls, text: str) -> str:
        if not GUID.fullmatch(text.lower()) and not _DOMAIN.fullmatch(text.lower()):
            raise ValueError(_("is not a valid tenant; copy “Directory (tenant) ID” of the app registration"))
        return text.lower()

    @validator("secret_expires", pre=True)
    def _date(cls, day: Any) -> Any:
        # pydantic would read a bare number as seconds since 1970.
        if not isinstance(day, date) and not (isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day.strip())):
            raise ValueError(_("is not a valid date; write it as 2027-11-23"))
        return day.strip() if isinstance(day, str) else day

    @validator("certificate_thumbprint")
    def _thumbprint(cls, text: str) -> str:
        digits = re.sub(r"[\s:]", "", text).upper()
        if not re.fullmatch(r"[0-9A-F]{40}", digits):
            raise ValueError(_("is not a SHA-1 thumbprint of 40 digits; copy it from “Certificates & secrets”"))
        return digits

    @validator("cloud")
    def _cloud(cls, name: str) -> str:
        if name not in CLOUDS:
            raise ValueError(
                _("“{name}” is not a known cloud; write one of {names}").format(name=name, names=", ".join(CLOUDS))
            )
        return name

    @validator("allowed_hosts", "allowed_tenants", pre=True)
    def _split(cls, names: Any) -> Any:
        return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else names

    @validator("allowed_hosts", each_item=True)
    def _host(cls, host: str) -> str:
        if not _HOST.fullmatch(host.lower()):
            raise ValueError(
                _(
                    "“{host}” is not a valid host name; write it as smba.trafficmanager.net, without https:// and *"
                ).format(host=host)
            )
        return host.lower()

    @validator("allowed_tenants", each_item=True)
    def _tenant(cls, tenant: str) -> str:
        if not GUID.fullmatch(tenant.lower()):
            raise ValueError(
                _(
                    "“{tenant}” is not a valid id of a tenant; its administrators find it as “Tenant ID” in Entra"
                ).format(tenant=tenant)
            )
        return tenant.lower()

    @validator("messages_per_person")
    def _rate(cls, text: str) -> str:
        return checked_rate(text)

    @validator("rate_limit_storage")
    def _storage(cls, address: str) -> str:
        return checked_storage(address)

    @validator("metadata_url", "login_url", "service_url")
    def _address(cls, url: str) -> str:
        if not is_safe_address(url):
            raise ValueError(
                _("“{url}” must begin with https:// (http:// for this machine only) and have no ? and #").format(
                    url=url
                )
            )
        return url.rstrip("/")


def contradictions(read: TeamsSection) -> list[tuple[str, str]]:
    """Settings that contradict each other: the name of the setting, and what is wrong and how to fix it."""
    found = []
    certificate = bool(read.private_key_file or read.certificate_file or read.certificate_thumbprint)
    kinds = {
        "client_secret": bool(read.client_secret),
        "private_key_file": certificate,
        "managed_identity": read.managed_identity,
        "federated_identity": bool(read.federated_identity),
        "federated_token_file": bool(read.federated_token_file),
    }
    used = [key for key, given in kinds.items() if given]
    if len(used) > 1:
        found.append(
            (used[1], _("set together with {other}; keep one way for the bot to sign in").format(other=used[0]))
        )
    if certificate and not read.private_key_file:
        found.append(("private_key_file", _("is missing; a certificate needs the file of its private key (PEM)")))
    if certificate and not read.certificate_file and not read.certificate_thumbprint:
        found.append(("private_key_file", _("needs certificate_file (PEM) or certificate_thumbprint beside it")))
    return found
