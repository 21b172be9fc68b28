"""What the doctor makes of settings: days to the end of a secret, channels of offices, clouds without an address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from lotse.channels.teams.admin import reply_findings, settings_findings
from lotse.channels.teams.clouds import CLOUDS
from lotse.channels.teams.http_client import HttpReply, Unreachable
from lotse.channels.teams.settings import (
    Certificate,
    Credential,
    FederatedIdentity,
    FederatedToken,
    ManagedIdentity,
    Secret,
    TeamsSettings,
)

TODAY = date(2026, 11, 23)
TENANT, OTHER_TENANT = "0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa", "99999999-6f0b-4a51-8f6e-5d5ce2f1a0aa"
SETTINGS = TeamsSettings(app_id="a", tenant_id="0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa", credential=Secret("geheim"))


@pytest.mark.parametrize(
    ("days", "grade", "said"),
    [
        (-1, "fault", "abgelaufen"),
        (0, "hint", "läuft heute ab (23.11.2026)"),
        (1, "hint", "läuft morgen ab"),
        (30, "hint", "läuft in 30 Tagen ab"),
        (31, "good", "gilt bis 24.12.2026"),
    ],
)
def test_the_end_of_a_secret_is_told_in_time(days: int, grade: str, said: str) -> None:
    settings = replace(SETTINGS, secret_expires=TODAY + timedelta(days))
    [finding] = settings_findings.of_expiry(settings, TODAY)
    assert finding.grade == grade
    assert said in finding.text


@pytest.mark.parametrize(
    ("credential", "said"),
    [
        (Secret("geheim"), "Das Client-Secret läuft irgendwann ab"),
        (Certificate(Path("key.pem")), "Das Zertifikat läuft irgendwann ab"),
        (ManagedIdentity("a"), None),
        (FederatedIdentity("a"), None),
        (FederatedToken(Path("token")), None),
        (None, None),
    ],
)
def test_an_end_nobody_noted_is_asked_for_where_there_is_one(credential: Credential | None, said: str | None) -> None:
    found = list(settings_findings.of_expiry(replace(SETTINGS, credential=credential), TODAY))
    assert [finding.text.startswith(said or "?") for finding in found] == ([True] if said else [])
    assert all("LOTSE_TEAMS_SECRET_EXPIRES" in finding.remedy and "geheim" not in finding.text for finding in found)


def test_a_managed_identity_needs_no_tenant() -> None:
    identity = TeamsSettings(app_id="a", credential=ManagedIdentity("a"))
    assert settings_findings.is_complete(identity)
    assert not settings_findings.is_complete(replace(SETTINGS, tenant_id=""))


def test_what_is_missing_is_named_with_its_variable() -> None:
    remedies = " ".join(finding.remedy for finding in settings_findings.of_settings(TeamsSettings(app_id="a")))
    assert "LOTSE_TEAMS_TENANT_ID" in remedies
    assert "LOTSE_TEAMS_MANAGED_IDENTITY" in remedies
    assert "LOTSE_TEAMS_FEDERATED_IDENTITY" in remedies
    assert "LOTSE_TEAMS_FEDERATED_TOKEN_FILE" in remedies
    assert "LOTSE_TEAMS_APP_ID" not in remedies


@pytest.mark.parametrize(
    ("tenant", "allowed", "credential", "grades"),
    [
        (TENANT, (), Secret("geheim"), []),
        (TENANT, (TENANT,), Secret("geheim"), []),
        (TENANT, (OTHER_TENANT,), Secret("geheim"), ["hint"]),
        ("behoerde.onmicrosoft.com", (), Secret("geheim"), ["fault"]),
        ("", (), ManagedIdentity("a"), ["fault"]),
        # That there is no tenant is said already.
        ("", (), Secret("geheim"), []),
    ],
)
def test_it_is_told_whose_people_may_ask(
    tenant: str, allowed: tuple[str, ...], credential: Credential, grades: list[str]
) -> None:
    settings = TeamsSettings(app_id="a", tenant_id=tenant, credential=credential, allowed_tenants=allowed)
    assert [finding.grade for finding in settings_findings.of_tenants(settings)] == grades


def test_addresses_that_are_not_microsofts_are_told() -> None:
    assert list(settings_findings.of_addresses(SETTINGS)) == []
    cloud = replace(CLOUDS["public"], metadata_url="https://keys.example/openid", login_url="https://login.example")
    told = [finding.text for finding in settings_findings.of_addresses(replace(SETTINGS, cloud=cloud))]
    assert ["keys.example" in told[0], "login.example" in told[1]] == [True, True]
    assert len(told) == 2


def test_channels_of_offices_while_teams_is_off_are_told() -> None:
    contacts = {"press_office": {"teams_channel": "19:a@thread.tacv2"}, "hr": {}}
    [finding] = settings_findings.of_channels(contacts, TeamsSettings())
    assert (finding.grade, "press_office" in finding.text, "hr" in finding.text) == ("hint", True, False)
    assert [item.grade for item in settings_findings.of_channels({"hr": {}}, TeamsSettings())] == ["good"]


@pytest.mark.parametrize(
    ("channel", "right"),
    [
        ("19:aZ_-9@thread.tacv2", True),
        ("https://teams.microsoft.com/l/channel/19%3AaZ9%40thread.tacv2/Presse?groupId=1", True),
        ("19:aZ9@thread.tacv2;messageid=1", False),
        ("Presse", False),
        (19, False),
        ([], True),
    ],
)
def test_channels_of_offices_are_checked(channel: object, right: bool) -> None:
    contacts = {"press_office": {"label": "Pressestelle", "teams_channel": channel}, "hr": None, "legal": {}}
    found = list(settings_findings.of_channels(contacts, SETTINGS))
    assert settings_findings.has_faults(found) != right
    assert right or "press_office, teams_channel" in found[0].text


def test_a_cloud_without_an_address_for_channels_is_found() -> None:
    contacts = {"hr": {"teams_channel": "19:a@thread.tacv2"}}
    in_china = replace(SETTINGS, cloud=CLOUDS["china"])
    assert "LOTSE_TEAMS_SERVICE_URL" in next(settings_findings.of_channels(contacts, in_china)).remedy
    assert not settings_findings.has_faults(settings_findings.of_channels({}, in_china))


@pytest.mark.parametrize("header", [None, "", "gestern", "Mon, 99 Nov 2026 10:00:00 GMT"])
def test_an_answer_without_a_time_is_no_fault(header: str | None) -> None:
    assert reply_findings.of_clock(header, 0).grade == "hint"


def test_a_certificate_of_tls_is_told_apart_from_silence() -> None:
    broken = reply_findings.of_unreachable(
        Unreachable("x cannot be reached (ClientConnectorCertificateError)"), "x", "Firewall"
    )
    slow = reply_findings.of_unreachable(Unreachable("x did not answer within 15 s"), "x", "Firewall")
    assert ("TLS" in broken.text, "TLS" in slow.text) == (True, False)
    assert (slow.text, slow.remedy) == ("x antwortet nicht.", "Firewall")


def test_answers_that_were_lost_are_told() -> None:
    body = b'{"status": "ready", "messages": {"undelivered": 3, "failed": 0}}'
    good, hint = reply_findings.of_health(HttpReply(200, {}, body), "http://127.0.0.1:5005/teams/health")
    assert (good.grade, hint.grade) == ("good", "hint")
    assert "gingen 3 Antworten nicht hinaus" in hint.text


def test_messages_that_teams_refused_are_told_apart() -> None:
    body = b'{"status": "ready", "messages": {"undelivered": 0, "failed": 0, "simplified": 2}}'
    _, hint = reply_findings.of_health(HttpReply(200, {}, body), "http://127.0.0.1:5005/teams/health")
    assert hint.grade == "hint"
    assert "wies Teams 2 Nachrichten zurück" in hint.text
