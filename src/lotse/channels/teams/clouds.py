"""The addresses of Microsoft's three clouds: who signs what we receive, who gives us tokens, where messages go."""

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
        name: as it is written in the settings.
        metadata_url: OpenID document that names the address of the keys with which the Connector signs.
        issuer: ``iss`` of those tokens.
        scope: what a token for sending is asked for.
        login_url: where it is asked for, without the tenant and without a slash at the end.
        exchange_audience: audience of a token that is exchanged for one of the app (federated identity credential).
        service_url: where a message goes that answers none; empty where Microsoft publishes no address.
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
        """What a managed identity asks a token for: the scope without its last part."""
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
    """Whether tokens and keys may travel to or from an address: https, or http to this very machine.

    An address with a user name, a query or a fragment is refused too: nobody needs one, and it hides the host.
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
    """The host an address names, in lower case; empty if it names none."""
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
