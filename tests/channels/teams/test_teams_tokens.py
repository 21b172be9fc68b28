"""How the bot gets its tokens, keeps them and renews them."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from azure_double import AzureDouble, Fault
from azure_login import SECRET
from azure_signer import APP_ID, TENANT_ID, private_key
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from requests.adapters import HTTPAdapter

from lotse.channels.teams import credentials
from lotse.channels.teams.credentials import Fresh, source_of
from lotse.channels.teams.http_client import HttpClient, proxy_for
from lotse.channels.teams.login_errors import LOGIN_ERRORS, NoToken, parsed, refused
from lotse.channels.teams.settings import TeamsSettings, read_settings
from lotse.channels.teams.tokens import EARLY_SECONDS, REFUSAL_SECONDS, Tokens


@pytest.fixture
def azure() -> Iterator[AzureDouble]:
    with AzureDouble() as double:
        yield double


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Gives numbered tokens, or fails as told."""

    def __init__(self, seconds: float = 3599) -> None:
        self.seconds = seconds
        self.asked = 0
        self.failures: list[NoToken] = []

    async def fetch(self) -> Fresh:
        self.asked += 1
        number = self.asked
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return Fresh(f"token-{number}", self.seconds)


async def fetched(settings: TeamsSettings) -> Fresh:
    http = HttpClient()
    try:
        return await source_of(settings, http).fetch()
    finally:
        await http.close()


# --- keeping ------------------------------------------------------------------------------------------------------


async def test_a_hundred_who_wait_share_one_token() -> None:
    source = Source()
    tokens = Tokens(source, Clock())
    assert set(await asyncio.gather(*(tokens.get() for _ in range(100)))) == {"token-1"}
    assert source.asked == 1


async def test_a_token_is_renewed_five_minutes_before_it_ends() -> None:
    source, clock = Source(), Clock()
    tokens = Tokens(source, clock)
    assert await tokens.get() == "token-1"
    clock.now += 3599 - EARLY_SECONDS - 1
    assert await tokens.get() == "token-1"
    clock.now += 1
    assert await tokens.get() == "token-2"


async def test_the_old_token_serves_until_it_ends_if_no_new_one_can_be_had() -> None:
    source, clock = Source(), Clock()
    tokens = Tokens(source, clock)
    await tokens.get()
    clock.now += 3599 - EARLY_SECONDS
    source.failures = [NoToken("down", permanent=False), NoToken("still down", permanent=False)]
    assert [await tokens.get(), await tokens.get()] == ["token-1", "token-1"]
    assert source.asked == 2, "with a good token at hand the login is not asked at once again"
    clock.now += EARLY_SECONDS
    with pytest.raises(NoToken, match="still down"):
        await tokens.get()
    assert await tokens.get() == "token-4"


async def test_a_dropped_token_is_replaced_and_a_newer_one_is_not_dropped_with_it() -> None:
    tokens = Tokens(Source(), Clock())
    old = await tokens.get()
    tokens.drop(old)
    new = await tokens.get()
    tokens.drop(old)
    assert (old, new, await tokens.get()) == ("token-1", "token-2", "token-2")


async def test_all_who_wait_for_a_failing_login_hear_of_the_same_failure() -> None:
    source = Source()
    source.failures = [NoToken("down", permanent=False)]
    tokens = Tokens(source, Clock())
    results = await asyncio.gather(*(tokens.get() for _ in range(50)), return_exceptions=True)
    assert {str(result) for result in results} == {"down"}
    assert source.asked == 1
    assert await tokens.get() == "token-2", "who asks later asks anew"


async def test_a_refusal_that_only_an_operator_can_mend_is_not_asked_for_again_at_once() -> None:
    source, clock = Source(), Clock()
    source.failures = [NoToken("expired", code="7000222")]
    tokens = Tokens(source, clock)
    for _ in range(3):
        with pytest.raises(NoToken, match="expired") as caught:
            await tokens.get()
        assert (caught.value.code, caught.value.permanent) == ("7000222", True)
    assert source.asked == 1
    clock.now += REFUSAL_SECONDS
    assert await tokens.get() == "token-2"


async def test_two_bots_never_share_a_token() -> None:
    sources = Source(), Source()
    bots = [Tokens(source, Clock()) for source in sources]
    for bot in bots:
        await bot.get()
    assert [source.asked for source in sources] == [1, 1]


async def test_a_token_that_has_ended_when_it_comes_is_an_error_and_not_used() -> None:
    with pytest.raises(NoToken, match="ended"):
        await Tokens(Source(seconds=0), Clock()).get()


# --- with a secret ------------------------------------------------------------------------------------------------


async def test_a_secret_asks_the_house_s_own_tenant_once(azure: AzureDouble) -> None:
    fresh = await fetched(azure.settings())
    assert fresh.seconds == 3599
    assert azure.login.accepts(f"Bearer {fresh.value}")
    assert azure.login.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": SECRET,
            "scope": "https://api.botframework.com/.default",
        }
    ]


@pytest.mark.parametrize(
    ("changes", "code", "mend"),
    [
        ({"CLIENT_SECRET": "hunter2"}, "7000215", "not to its id"),
        ({"APP_ID": "00000000-0000-4000-8000-000000000000"}, "700016", "LOTSE_TEAMS_APP_ID"),
        ({"TENANT_ID": "00000000-0000-4000-8000-000000000000"}, "90002", "LOTSE_TEAMS_TENANT_ID"),
        ({"TENANT_ID": "botframework.com"}, "700016", "LOTSE_TEAMS_TENANT_ID"),
        ({"CLOUD": "china"}, "70011", "the credential"),
    ],
)
async def test_a_refusal_names_the_code_and_the_setting_and_no_secret(
    azure: AzureDouble, changes: dict[str, str], code: str, mend: str
) -> None:
    with pytest.raises(NoToken, match=mend) as caught:
        await fetched(azure.settings(**changes))
    assert (caught.value.code, caught.value.permanent) == (code, True)
    for kept_back in (SECRET, "hunter2", APP_ID, TENANT_ID, "Trace"):
        assert kept_back not in str(caught.value)


@pytest.mark.parametrize("fault", [Fault(), Fault(503), Fault(429), Fault(500, body="<html>"), Fault(302)])
async def test_a_login_that_is_down_may_be_asked_again_and_no_redirect_is_followed(
    azure: AzureDouble, fault: Fault
) -> None:
    azure.fail("token", Fault(fault.status, {"Location": f"{azure.url}/keys"} if fault.status == 302 else {}))
    with pytest.raises(NoToken) as caught:
        await fetched(azure.settings())
    assert caught.value.permanent == (fault.status == 302)
    assert azure.asked == {"token": 1}


async def test_a_login_that_does_not_answer_is_given_up(azure: AzureDouble) -> None:
    azure.fail("token", Fault(held=True))
    http = HttpClient(seconds=0.1)
    with pytest.raises(NoToken, match="does not answer") as caught:
        await source_of(azure.settings(), http).fetch()
    await http.close()
    assert not caught.value.permanent


async def test_an_answer_without_a_token_is_a_refusal(azure: AzureDouble) -> None:
    azure.fail("token", Fault(200, body='{"access_token": ""}'))
    with pytest.raises(NoToken, match="HTTP 200"):
        await fetched(azure.settings())


@pytest.mark.parametrize(("said", "seconds"), [('"3599"', 3599), ("null", 600), ('"soon"', 600), ("[]", 600)])
async def test_how_long_a_token_lasts_is_read_leniently(azure: AzureDouble, said: str, seconds: float) -> None:
    azure.fail("token", Fault(200, body=f'{{"access_token": "abc", "expires_in": {said}}}'))
    assert (await fetched(azure.settings())).seconds == seconds


async def test_without_settings_nobody_is_asked() -> None:
    with pytest.raises(NoToken, match="LOTSE_TEAMS_APP_ID"):
        await fetched(read_settings(None, {}))


def test_neither_token_nor_secret_is_ever_printed(azure: AzureDouble) -> None:
    assert "abc" not in repr(Fresh("abc", 1))
    assert SECRET not in repr(source_of(azure.settings(), HttpClient()))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff", b"[]", b'"text"', b'{"error": {"code": 7}}'])
def test_any_answer_of_a_login_can_be_read(body: bytes) -> None:
    assert "HTTP 400" in str(refused(400, parsed(body)))


def test_every_mend_names_something_to_do() -> None:
    verbs = ("Check", "Set", "Make", "Upload", "Enable", "Run")
    assert all(any(verb in mend for verb in verbs) for _cause, mend in LOGIN_ERRORS.values())


async def test_the_log_has_no_secret(azure: AzureDouble, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    http = HttpClient()
    with pytest.raises(NoToken):
        await Tokens(source_of(azure.settings(CLIENT_SECRET="wrong-secret"), http)).get()
    await Tokens(source_of(azure.settings(), http)).get()
    await http.close()
    assert "7000215" in caplog.text
    for kept_back in (SECRET, "wrong-secret", APP_ID, TENANT_ID):
        assert kept_back not in caplog.text


# --- with a certificate or a managed identity ---------------------------------------------------------------------


class ToTheDouble(HTTPAdapter):
    """Leads msal, which takes https only, to the double."""

    def __init__(self, azure: AzureDouble) -> None:
        super().__init__()
        self.azure = azure

    def send(self, request: Any, *parts: Any, **named: Any) -> requests.Response:
        assert named["timeout"], "nobody waits for ever"
        request.url = request.url.replace("https://login.microsoftonline.com", self.azure.url)
        response: requests.Response = super().send(request, *parts, **named)
        return response


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """Files of a key and a certificate, as settings."""
    key = private_key("certificate")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lotse")])
    begin = datetime.datetime(2026, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=730))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return {"PRIVATE_KEY_FILE": str(tmp_path / "key.pem"), "CERTIFICATE_FILE": str(tmp_path / "chain.pem")}


def with_certificate(azure: AzureDouble, **files: str) -> TeamsSettings:
    environment = azure.environment(CLIENT_SECRET="", **files)
    del environment["LOTSE_TEAMS_LOGIN_URL"]
    return read_settings(None, environment)


@pytest.fixture
def to_the_double(azure: AzureDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    real = credentials._session

    def session() -> Any:
        made = real()
        made.mount("https://", ToTheDouble(azure))
        return made

    monkeypatch.setattr(credentials, "_session", session)


@pytest.mark.usefixtures("to_the_double")
@pytest.mark.parametrize("by", ["chain", "thumbprint"])
async def test_a_certificate_proves_the_bot(azure: AzureDouble, certificate: dict[str, str], by: str) -> None:
    azure.login.certificate = private_key("certificate").public_key()
    if by == "thumbprint":
        del certificate["CERTIFICATE_FILE"]
        certificate["CERTIFICATE_THUMBPRINT"] = "ab" * 20
    settings = with_certificate(azure, **certificate)
    first, second = await fetched(settings), await fetched(settings)
    assert azure.login.accepts(f"Bearer {first.value}")
    assert first.value != second.value, "a refused token must not come back from a cache"
    assert "client_secret" not in azure.login.forms[0]


@pytest.mark.usefixtures("to_the_double")
async def test_a_foreign_certificate_is_refused(azure: AzureDouble, certificate: dict[str, str]) -> None:
    azure.login.certificate = private_key("other").public_key()
    with pytest.raises(NoToken, match="Upload it") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert caught.value.code == "700027"


async def test_a_key_file_that_is_no_key_is_named(azure: AzureDouble, certificate: dict[str, str]) -> None:
    Path(certificate["PRIVATE_KEY_FILE"]).write_bytes(b"\xff\xfe")
    with pytest.raises(NoToken, match=r"key\.pem cannot be read as PEM\..*LOTSE_TEAMS_PRIVATE_KEY_FILE"):
        await fetched(with_certificate(azure, **certificate))


@pytest.mark.usefixtures("to_the_double")
async def test_a_key_that_cannot_be_used_says_what_to_check(azure: AzureDouble, certificate: dict[str, str]) -> None:
    Path(certificate["PRIVATE_KEY_FILE"]).write_text("no key")
    with pytest.raises(NoToken, match="without a pass phrase") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert caught.value.permanent


@pytest.mark.usefixtures("to_the_double")
async def test_a_network_that_is_down_may_come_back(azure: AzureDouble, certificate: dict[str, str]) -> None:
    azure.fail("discovery", Fault())
    with pytest.raises(NoToken, match="cannot be reached") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert not caught.value.permanent


async def test_a_managed_identity_needs_no_secret(azure: AzureDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    settings = azure.settings(CLIENT_SECRET="", MANAGED_IDENTITY="true")
    first, second = await fetched(settings), await fetched(settings)
    assert azure.login.accepts(f"Bearer {first.value}")
    assert first.value != second.value


async def test_a_machine_without_that_identity_says_so(azure: AzureDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    other = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(NoToken, match="LOTSE_TEAMS_APP_ID"):
        await fetched(azure.settings(CLIENT_SECRET="", MANAGED_IDENTITY="true", APP_ID=other))


# --- proxies ------------------------------------------------------------------------------------------------------


def test_requests_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    assert proxy_for("https://smba.trafficmanager.net/teams") == "http://proxy.example:3128"
    assert proxy_for("https://intern.example/") is None
    assert proxy_for("http://127.0.0.1:1/") is None
