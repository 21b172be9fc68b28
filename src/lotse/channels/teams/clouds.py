"""The addresses of Microsoft's three clouds: keys of incoming requests, login, and service for messages."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Cloud:
    """One of Microsoft's clouds.

    Source: Microsoft Learn, “Authenticate requests with the Bot Connector API”, “Sovereign cloud” of the Teams SDK, and
    its ``cloud_environment.py`` of July 2026; audiences: “Configure an application to trust a managed identity”;
    service addresses: “Send proactive messages” of the Teams platform.

    Attributes:
        name: as written in the settings.
        metadata_url: OpenID document with the address of the keys with which the Connector signs.
        issuer: ``iss`` of the tokens it signs.
        scope: requested scope of an access token for sending.
        login_url: address of the login, without the tenant and without a slash at the end.
        exchange_audience: audience of a token that is exchanged for one of the app (federated identity credential).
        service_url: address for messages that are not answers; empty if Microsoft publishes none.
    """

    name: str
    metadata_url: str
    issuer: str
    scope: str
    login_url: str
    exchange_audience: str
    service_url: str

    @property
    def resource(self) -> str:
        """The resource that a managed identity requests a token for: the scope without its last part."""
        return self.scope.removesuffix("/.default")


CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            name="public",
            metadata_url="https://login.botframework.com/v1/.well-known/openidconfiguration",
            issuer="https://api.botframework.com",
            scope="https://api.botframework.com/.default",
            login_url="https://login.microsoftonline.com",
            exchange_audience="api://AzureADTokenExchange",
            service_url="https://smba.trafficmanager.net/teams",
        ),
        # GCC High. DoD differs in its service address only, GCC is part of the public cloud.
        Cloud(
            name="us_government",
            metadata_url="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
            issuer="https://api.botframework.us",
            scope="https://api.botframework.us/.default",
            login_url="https://login.microsoftonline.us",
            exchange_audience="api://AzureADTokenExchangeUSGov",
            service_url="https://smba.infra.gov.teams.microsoft.us/teams",
        ),
        Cloud(
            name="china",
            metadata_url="https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
            issuer="https://api.botframework.azure.cn",
            scope="https://api.botframework.azure.cn/.default",
            login_url="https://login.partner.microsoftonline.cn",
            exchange_audience="api://AzureADTokenExchangeChina",
            service_url="",
        ),
    )
}


def is_safe_address(url: str) -> bool:
    """Whether tokens and keys may be sent to or fetched from an address: https, or http on this machine.

    False for an address with a user name, a query or a fragment: none is needed, and they can disguise the host.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    odd = any((parts.username is not None, parts.password is not None, parts.query, parts.fragment))
    if not host or odd or any(character.isspace() or character == "\\" for character in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
