"""Settings of the Teams channel: what is taken, what is refused, and what the operator reads then."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lotse.channels.teams.clouds import CLOUDS, host_of, is_safe_address
from lotse.channels.teams.settings import (
    SECTION,
    Certificate,
    FederatedIdentity,
    FederatedToken,
    ManagedIdentity,
    Secret,
    TeamsSettings,
    missing,
    read_settings,
)
from lotse.channels.teams.settings_schema import TeamsSection
from lotse.errors import SettingsError

pytestmark = pytest.mark.usefixtures("english")

APP = "7d0d9f0e-3d1b-4d7e-9b61-2f2b1f6d8c11"
TENANT = "0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa"
SECRET = "a-secret~of.the_registration"


def complaint(section: Any, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(section, environment or {})
    return str(error.value)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path


# --- what is taken ---------------------------------------------------------------------------------------------------


def test_nothing_set_means_off_and_the_public_cloud() -> None:
    settings = read_settings(None, {})
    assert settings == TeamsSettings()
    assert settings.off
    assert settings.cloud == CLOUDS["public"]


def test_a_section_whose_values_are_all_empty_is_off_too() -> None:
    assert read_settings({"app_id": None, "tenant_id": "", "client_secret": "  ", "cloud": "china"}, {}).off


def test_section_and_environment_together_the_environment_wins() -> None:
    section = {"app_id": TENANT, "tenant_id": "behoerde.onmicrosoft.com", "secret_expires": "2027-11-23"}
    environment = {"LOTSE_TEAMS_APP_ID": APP.upper(), "LOTSE_TEAMS_CLIENT_SECRET": f" {SECRET}\n", "PATH": "/bin"}
    settings = read_settings({**section, "allowed_tenants": [TENANT.upper()]}, environment)
    assert settings.app_id == APP
    assert settings.tenant_id == "behoerde.onmicrosoft.com"
    assert settings.tenants == {TENANT}
    assert settings.credential == Secret(SECRET)
    assert settings.secret_expires == date(2027, 11, 23)
    assert not settings.off
    assert missing(settings) == []


def test_an_empty_variable_does_not_blot_out_the_section() -> None:
    assert read_settings({"app_id": APP}, {"LOTSE_TEAMS_APP_ID": ""}).app_id == APP


def test_the_secret_is_in_no_representation() -> None:
    settings = read_settings({"app_id": APP, "client_secret": SECRET}, {})
    assert SECRET not in repr(settings) + str(settings)


def test_a_certificate_by_thumbprint_or_by_its_own_file(home: Path) -> None:
    digits = "a1" * 20
    written = ":".join(digits[at : at + 2] for at in range(0, 40, 2))
    by_print = read_settings({"private_key_file": "teams.key", "certificate_thumbprint": written}, {})
    assert by_print.credential == Certificate(home / "teams.key", digits.upper(), None)
    by_file = read_settings({"private_key_file": "/etc/lotse/teams.key"}, {"LOTSE_TEAMS_CERTIFICATE_FILE": "teams.pem"})
    assert by_file.credential == Certificate(Path("/etc/lotse/teams.key"), None, home / "teams.pem")


def test_a_managed_identity_is_the_app_itself() -> None:
    settings = read_settings({"app_id": APP, "tenant_id": TENANT}, {"LOTSE_TEAMS_MANAGED_IDENTITY": "true"})
    assert settings.credential == ManagedIdentity(APP)
    assert missing(settings) == []


def test_a_federated_credential_is_an_identity_or_a_file(home: Path) -> None:
    identity = read_settings({"app_id": APP}, {"LOTSE_TEAMS_FEDERATED_IDENTITY": TENANT.upper()})
    assert identity.credential == FederatedIdentity(TENANT)
    token = read_settings({"app_id": APP, "tenant_id": TENANT, "federated_token_file": "token"}, {})
    assert token.credential == FederatedToken(home / "token")
    for settings in (identity, token):
        assert not settings.off
    # Unlike the bot's own managed identity, the app has a tenant.
    assert any("LOTSE_TEAMS_TENANT_ID" in str(gap) for gap in missing(identity))
    [line] = map(str, missing(token))
    assert (str(home / "token") in line, "LOTSE_TEAMS_FEDERATED_TOKEN_FILE" in line) == (True, True)
    (home / "token").touch()
    assert missing(token) == []


@pytest.mark.parametrize("hosts", [["SMBA.trafficmanager.net", "localhost"], "smba.trafficmanager.net, localhost"])
def test_the_host_list_is_read_as_list_or_line_and_holds_exact_hosts(hosts: Any) -> None:
    settings = read_settings({"allowed_hosts": hosts}, {})
    assert settings.allows("https://smba.trafficmanager.net/de/")
    assert settings.allows("http://localhost:56150/_connector")
    assert not settings.allows("https://evil.trafficmanager.net/de/")
    assert not settings.allows("https://smba.trafficmanager.net.example.org/")


def test_without_a_host_list_every_encrypted_address_is_allowed() -> None:
    assert TeamsSettings().allows("https://anything.example/")
    assert not TeamsSettings().allows("http://anything.example/")


@pytest.mark.parametrize("name", list(CLOUDS))
def test_every_cloud_has_addresses_of_its_own(name: str) -> None:
    cloud = read_settings({"cloud": name}, {}).cloud
    assert cloud == CLOUDS[name]
    addresses = [cloud.metadata_url, cloud.issuer, cloud.login_url, cloud.resource]
    assert all(is_safe_address(address) and not address.endswith("/") for address in addresses)
    assert cloud.scope == f"{cloud.resource}/.default"
    assert cloud.exchange_audience.startswith("api://AzureADTokenExchange")
    assert len({other.exchange_audience for other in CLOUDS.values()}) == len(CLOUDS)
    others = [other for other in CLOUDS.values() if other.name != name]
    assert not {host_of(address) for address in addresses} & {
        host_of(address) for other in others for address in (other.metadata_url, other.issuer, other.login_url)
    }


def test_addresses_can_be_changed_one_by_one() -> None:
    section = {"metadata_url": "http://127.0.0.1:9/openid", "login_url": "https://login.example/", "cloud": "china"}
    cloud = read_settings(section, {"LOTSE_TEAMS_SERVICE_URL": "http://[::1]:8/teams/"}).cloud
    assert (cloud.metadata_url, cloud.login_url) == ("http://127.0.0.1:9/openid", "https://login.example")
    assert cloud.service_url == "http://[::1]:8/teams"
    assert cloud.issuer == CLOUDS["china"].issuer


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("app_id", "our bot", "Application (client) ID"),
        ("app_id", f"{APP}0", "Application (client) ID"),
        ("tenant_id", "common", "Directory (tenant) ID"),
        ("tenant_id", "../other", "Directory (tenant) ID"),
        ("cloud", "germany", "public, us_government, china"),
        ("certificate_thumbprint", "a1:b2", "40 digits"),
        ("secret_expires", "23.11.2027", "2027-11-23"),
        ("secret_expires", 20271123, "2027-11-23"),
        ("secret_expires", "2027-02-30", "date"),
        ("allowed_hosts", ["https://smba.trafficmanager.net/"], "without https://"),
        ("allowed_hosts", "*.trafficmanager.net", "without https://"),
        ("allowed_tenants", ["behoerde.onmicrosoft.com"], "Tenant ID"),
        ("allowed_tenants", "*", "Tenant ID"),
        ("messages_per_person", "many", "20/minute"),
        ("messages_per_person", "0/minute", "20/minute"),
        ("rate_limit_storage", "disk", "redis://"),
        ("metadata_url", "http://login.example/openid", "must begin with https://"),
        ("login_url", "login.example", "must begin with https://"),
        ("service_url", "https://user@smba.example", "must begin with https://"),
        ("managed_identity", "perhaps", "neither yes nor no"),
        ("federated_identity", "true", "Client ID"),
        ("clientsecret", "x", "no such setting"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_place_and_the_remedy(key: str, value: Any, says: str) -> None:
    in_file = complaint({key: value})
    assert f"credentials.yml, {SECTION}, {key}: " in in_file
    assert says in in_file
    assert "docs/operators.md" in in_file
    if isinstance(value, str):
        in_environment = complaint({}, {f"LOTSE_TEAMS_{key.upper()}": value})
        assert f"environment, LOTSE_TEAMS_{key.upper()}: " in in_environment
        assert says in in_environment


def test_all_wrong_settings_are_named_at_once() -> None:
    text = complaint({"app_id": "x", "tenant_id": "y", 5: "z"})
    assert all(f"{SECTION}, {key}: " in text for key in ("app_id", "tenant_id", "5"))


def test_two_credentials_contradict_each_other() -> None:
    text = complaint({"managed_identity": True}, {"LOTSE_TEAMS_CLIENT_SECRET": SECRET})
    assert f"{SECTION}, managed_identity: set together with client_secret" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "section",
    [
        {"client_secret": SECRET, "federated_identity": APP},
        {"private_key_file": "a.key", "certificate_file": "a.pem", "federated_token_file": "token"},
        {"managed_identity": True, "federated_identity": APP},
        {"federated_identity": APP, "federated_token_file": "token"},
    ],
)
def test_a_federated_credential_stands_alone(section: dict[str, Any]) -> None:
    first, *_, last = section
    assert f"{SECTION}, {last}: set together with {first}" in complaint(section)


@pytest.mark.parametrize("section", [{"certificate_file": "a.pem"}, {"certificate_thumbprint": "a1" * 20}])
def test_a_certificate_without_its_key_is_refused(section: dict[str, str]) -> None:
    assert f"{SECTION}, private_key_file: is missing" in complaint(section)


def test_a_key_without_its_certificate_is_refused() -> None:
    assert "needs certificate_file (PEM) or certificate_thumbprint" in complaint({"private_key_file": "a.key"})


@pytest.mark.parametrize("section", ["on", 3, ["app_id"]])
def test_a_section_that_holds_no_settings_is_refused(section: Any) -> None:
    assert f"credentials.yml, {SECTION}: must hold settings" in complaint(section)


# --- what is missing -------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_with_the_setting_that_mends_it() -> None:
    lines = map(str, missing(TeamsSettings()))
    assert [name in line for line, name in zip(lines, ("APP_ID", "TENANT_ID", "CLIENT_SECRET"), strict=True)] == [
        True
    ] * 3
    assert [line for line in missing(read_settings({"app_id": APP}, {})) if "APP_ID" in str(line)] == []


@pytest.mark.parametrize(
    "section",
    [
        {"tenant_id": "behoerde.onmicrosoft.com", "client_secret": SECRET},
        {"tenant_id": "behoerde.onmicrosoft.com", "managed_identity": True},
        {"managed_identity": True},
    ],
)
def test_without_the_id_of_a_tenant_nobody_may_ask(section: dict[str, Any]) -> None:
    [line] = map(str, missing(read_settings({"app_id": APP, **section}, {})))
    assert "LOTSE_TEAMS_TENANT_ID" in line
    assert "LOTSE_TEAMS_ALLOWED_TENANTS" in line
    assert missing(read_settings({"app_id": APP, **section}, {"LOTSE_TEAMS_ALLOWED_TENANTS": f"{TENANT}, {APP}"})) == []
    assert missing(read_settings({"app_id": APP, **section, "tenant_id": TENANT}, {})) == []


def test_files_of_a_certificate_that_are_not_there_are_missing(home: Path) -> None:
    section = {"app_id": APP, "tenant_id": TENANT, "private_key_file": "a.key", "certificate_file": "a.pem"}
    lines = list(map(str, missing(read_settings(section, {}))))
    assert len(lines) == 2
    assert str(home / "a.key") in lines[0]
    assert "LOTSE_TEAMS_CERTIFICATE_FILE" in lines[1]
    (home / "a.key").touch()
    (home / "a.pem").touch()
    assert missing(read_settings(section, {})) == []


def test_the_operators_page_lists_every_setting() -> None:
    page = Path(__file__).parents[3] / "docs" / "operators.md"
    chapter = page.read_text(encoding="utf-8").split("## Microsoft Teams", 1)[1].split("\n## ", 1)[0]
    assert [line.split("`")[1] for line in chapter.splitlines() if line.startswith("| `")] == list(
        TeamsSection.__fields__
    )


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://a.example:8443/x", "http://127.8.9.1:1/", "http://[::1]"]
)
def test_safe_addresses(url: str) -> None:
    assert is_safe_address(url)


UNSAFE = [
    "https://",
    "http://a.example",
    "http://127.0.0.1.example",
    "http://2130706433.example",
    "ftp://localhost",
    "https://a.example\\@b.example",
    "https://a.example:x",
    "https://[::1",
    "//a.example",
    "https://u:p@a.example",
    "https://a.example/?x=1",
    "https://a.example/#x",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", ["", "https://a b.example", *UNSAFE])
def test_unsafe_addresses(url: str) -> None:
    assert not is_safe_address(url)


@pytest.mark.parametrize(
    ("section", "environment", "where"),
    [
        ({"feedback_file": ".lotse/feedback.db"}, {}, "credentials.yml"),
        ({}, {"LOTSE_TEAMS_FEEDBACK_FILE": ".lotse/feedback.db"}, "environment, LOTSE_TEAMS_FEEDBACK_FILE"),
    ],
)
def test_the_setting_of_earlier_versions_is_refused_with_what_to_do(
    section: dict[str, str], environment: dict[str, str], where: str
) -> None:
    with pytest.raises(SettingsError, match=rf"{where}.*is not a setting any more.*Remove it"):
        read_settings(section, environment)
