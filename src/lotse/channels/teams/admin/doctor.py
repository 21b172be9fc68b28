"""Checks everything that Teams needs: settings, clock, keys, token, the running channel. Also works offline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from lotse.channels.teams.admin import reply_findings, settings_findings
from lotse.channels.teams.admin.settings_findings import Finding
from lotse.channels.teams.auth.credentials import token_source
from lotse.channels.teams.auth.login import NoToken
from lotse.channels.teams.clouds import host_of
from lotse.channels.teams.http_client import HttpClient, HttpReply, Unreachable
from lotse.channels.teams.settings import ManagedIdentity, TeamsSettings, is_open, teams_settings
from lotse.errors import SettingsError
from lotse.operator_language import N_, _

_JSON = {"accept": "application/json"}
_PROXY = N_("Does the firewall allow connections to it, is HTTPS_PROXY right? docs/teams.md lists all addresses.")


@dataclass(frozen=True)
class Doctor:
    """Checks one installation.

    Args:
        home: the project folder.
        url: address of the running Lotse, without a slash at the end.
        environment: variables with settings.
        http: asks Microsoft and the running Lotse.
        clock: seconds since 1970.
    """

    home: Path
    url: str
    environment: Mapping[str, str]
    http: HttpClient = field(default_factory=HttpClient)
    clock: Callable[[], float] = time.time

    async def examine(self) -> list[Finding]:
        """All findings, in the order in which they are best fixed. Never raises for what is wrong outside."""
        try:
            settings = teams_settings(self.home, self.environment)
            opened = is_open(self.home)
        except SettingsError as error:
            return [Finding("fault", _("The settings are wrong:\n{error}").format(error=error), _("Then check again."))]
        found = list(settings_findings.of_settings(settings))
        if not found:
            found.append(
                Finding(
                    "good",
                    _("App id, tenant and credential are set (cloud: {cloud}).").format(cloud=settings.cloud.name),
                )
            )
        if not opened:
            remedy = _("Add the section lotse.channels.teams.channel.TeamsInput to credentials.yml.")
            found.append(Finding("fault", _("The channel is not opened in credentials.yml."), remedy))
        if not settings.off:
            found += [*settings_findings.of_tenants(settings), *settings_findings.of_addresses(settings)]
            found += settings_findings.of_expiry(settings, date.fromtimestamp(self.clock()))
            try:
                for part in await asyncio.gather(self._clock(settings), self._keys(settings), self._token(settings)):
                    found += part
                found += await self._endpoint()
            finally:
                await self.http.close()
        return [*found, *settings_findings.of_channels(self._contacts(), settings)]

    async def _clock(self, settings: TeamsSettings) -> list[Finding]:
        # A managed identity gets its token from an address of the Azure machine and does not need the login.
        if isinstance(settings.credential, ManagedIdentity):
            return []
        url = f"{settings.cloud.login_url}/{settings.tenant_id or 'common'}/v2.0/.well-known/openid-configuration"
        reply = await self._asked("GET", url)
        if isinstance(reply, Finding):
            return [reply]
        return [reply_findings.of_clock(reply.headers.get("date"), self.clock())]

    async def _keys(self, settings: TeamsSettings) -> list[Finding]:
        reply = await self._asked("GET", settings.cloud.metadata_url)
        if isinstance(reply, Finding):
            return [reply]
        finding, address = reply_findings.of_metadata(reply, settings.cloud)
        if address is None:
            return [finding]
        keys = await self._asked("GET", address)
        return [finding, keys if isinstance(keys, Finding) else reply_findings.of_keys(keys)]

    async def _token(self, settings: TeamsSettings) -> list[Finding]:
        if not settings_findings.is_complete(settings):
            return []
        try:
            await token_source(settings, self.http).fetch()
        except NoToken as error:
            return [reply_findings.of_refusal(error)]
        return [Finding("good", _("Microsoft's login gives the bot a token."))]

    async def _endpoint(self) -> list[Finding]:
        health, messages = f"{self.url}/teams/health", f"{self.url}/teams/messages"
        remedy = N_("Does ./lotse up run, is --url right, does the proxy pass /teams/ on?")
        said = await self._asked("GET", health, remedy=remedy)
        if isinstance(said, Finding):
            return [said]
        sent = await self._asked("POST", messages, b'{"type": "message"}', remedy)
        found = list(reply_findings.of_health(said, health))
        found.append(sent if isinstance(sent, Finding) else reply_findings.of_unauthenticated(sent, messages))
        if not self.url.startswith("https:"):
            text = _("Only this machine was checked ({host}).").format(host=host_of(self.url))
            found.append(
                Finding(
                    "hint",
                    text,
                    _("Check the way through the proxy with --url https://… (the address in the Azure bot)."),
                )
            )
        return found

    async def _asked(
        self, method: str, url: str, body: bytes | None = None, remedy: str = _PROXY
    ) -> HttpReply | Finding:
        headers = {**_JSON, "content-type": "application/json"} if body else _JSON
        try:
            return await self.http.request(method, url, headers, body)
        except Unreachable as error:
            return reply_findings.of_unreachable(error, host_of(url), _(remedy))

    def _contacts(self) -> Mapping[str, Any]:
        try:
            content = yaml.safe_load((self.home / "data/house/contacts.yml").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            # ./lotse check says what is wrong with the content, with the line.
            return {}
        contacts = content.get("contacts") if isinstance(content, dict) else None
        return contacts if isinstance(contacts, dict) else {}
