"""How the bot gets its tokens, keeps them and renews them."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import NameOID

from lotse.channels.teams.auth.credentials import REFUSAL_SECONDS, AccessToken, Tokens, token_source
from lotse.channels.teams.auth.login import LOGIN_ERRORS, MsalHttp, NoToken, parsed, refused
from lotse.channels.teams.http_client import HttpClient, HttpReply, Unreachable, proxy_for
from lotse.channels.teams.settings import TeamsSettings, read_settings
from tools.fake_azure.login import IDENTITY_ID, SECRET, Trust
from tools.fake_azure.server import FakeAzure, Fault
from tools.fake_azure.signer import APP_ID, TENANT_ID, private_key


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    with FakeAzure() as fake:
        yield fake


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

    async def fetch(self) -> AccessToken:
        self.asked += 1
        number = self.asked
        # As with a real request, others run meanwhile.
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return AccessToken(f"token-{number}", self.seconds)

    def forget(self) -> None:
        """Nothing is kept."""


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient()
    yield client
    await client.close()


async def fetched(settings: TeamsSettings) -> AccessToken:
    http = HttpClient()
    try:
        return await token_source(settings, http).fetch()
    finally:
        await http.close()


# --- what msal keeps ----------------------------------------------------------------------------------------------


async def test_a_hundred_who_wait_share_one_token(azure: FakeAzure, http: HttpClient) -> None:
    tokens = Tokens(token_source(azure.settings(), http))
    assert len(set(await asyncio.gather(*(tokens.get() for _ in range(100))))) == 1
    assert azure.asked == {"discovery": 1, "token": 1}


@pytest.mark.parametrize(("left", "times"), [(330, 1), (299, 2)])
async def test_a_token_is_renewed_five_minutes_before_it_ends(
    azure: FakeAzure, http: HttpClient, left: int, times: int
) -> None:
    azure.login.expires_in = left
    tokens = Tokens(token_source(azure.settings(), http))
    first, second = await tokens.get(), await tokens.get()
    assert (azure.asked["token"], first == second) == (times, times == 1)


async def test_a_dropped_token_is_replaced_and_a_newer_one_is_not_dropped_with_it(
    azure: FakeAzure, http: HttpClient
) -> None:
    tokens = Tokens(token_source(azure.settings(), http))
    old = await tokens.get()
    tokens.drop(old)
    new = await tokens.get()
    tokens.drop(old)
    assert old != new == await tokens.get()
    assert azure.asked["token"] == 2


async def test_two_bots_never_share_a_token(azure: FakeAzure, http: HttpClient) -> None:
    bots = [Tokens(token_source(azure.settings(), http)) for _ in range(2)]
    assert len({await bot.get() for bot in bots}) == 2


# --- what msal does not do ----------------------------------------------------------------------------------------


async def test_the_last_token_serves_until_it_ends_if_no_new_one_can_be_had(azure: FakeAzure, http: HttpClient) -> None:
    azure.login.expires_in = 299
    clock = Clock()
    tokens = Tokens(token_source(azure.settings(), http), clock)
    first = await tokens.get()
    azure.fail("token", Fault(503))
    assert [await tokens.get(), await tokens.get()] == [first, first]
    assert azure.asked["token"] == 2, "with a good token at hand the login is not asked at once again"
    clock.now += 299
    azure.fail("token", Fault(503))
    with pytest.raises(NoToken, match="not available"):
        await tokens.get()
    assert await tokens.get() != first


async def test_a_wrong_secret_is_not_sent_again_at_once(azure: FakeAzure, http: HttpClient) -> None:
    clock = Clock()
    tokens = Tokens(token_source(azure.settings(CLIENT_SECRET="wrong"), http), clock)
    for _ in range(3):
        with pytest.raises(NoToken, match="not to its id"):
            await tokens.get()
    assert len(azure.login.forms) == 1
    clock.now += REFUSAL_SECONDS
    with pytest.raises(NoToken, match="not to its id"):
        await tokens.get()
    assert len(azure.login.forms) == 2


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


async def test_a_token_that_has_ended_when_it_comes_is_an_error_and_not_used() -> None:
    with pytest.raises(NoToken, match="ended"):
        await Tokens(Source(seconds=0), Clock()).get()


# --- with a secret ------------------------------------------------------------------------------------------------


async def test_a_secret_asks_the_house_s_own_tenant_once(azure: FakeAzure) -> None:
    fresh = await fetched(azure.settings())
    assert fresh.seconds == 3599
    assert azure.login.accepts(f"Bearer {fresh.value}")
    assert azure.login.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": SECRET,
            "scope": "https://api.botframework.com/.default",
            # msal's own, without a meaning for an app without users.
            "client_info": "1",
        }
    ]
    assert azure.asked == {"discovery": 1, "token": 1}


async def test_nobody_but_the_login_is_asked(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSAL_FORCE_REGION", "westeurope")
    monkeypatch.setenv("REGION_NAME", "westeurope")
    assert (await fetched(azure.settings())).value
    azure.fail("discovery", Fault(200, body=discovered("https://evil.example/t/oauth2/v2.0/token")))
    with pytest.raises(NoToken, match=r"at evil\.example instead of 127\.0\.0\.1.*LOTSE_TEAMS_CLOUD"):
        await fetched(azure.settings())
    assert len(azure.login.forms) == 1


def discovered(token_endpoint: str) -> str:
    return json.dumps({"authorization_endpoint": "https://127.0.0.1/x", "token_endpoint": token_endpoint})


@pytest.mark.parametrize(
    ("changes", "code", "remedy"),
    [
        ({"CLIENT_SECRET": "hunter2"}, "7000215", "not to its id"),
        ({"APP_ID": "00000000-0000-4000-8000-000000000000"}, "700016", "LOTSE_TEAMS_APP_ID"),
        ({"TENANT_ID": "00000000-0000-4000-8000-000000000000"}, "90002", "LOTSE_TEAMS_TENANT_ID"),
        ({"TENANT_ID": "botframework.com"}, "700016", "LOTSE_TEAMS_TENANT_ID"),
        ({"CLOUD": "china"}, "70011", "the credential"),
    ],
)
async def test_a_refusal_names_the_code_and_the_setting_and_no_secret(
    azure: FakeAzure, changes: dict[str, str], code: str, remedy: str
) -> None:
    with pytest.raises(NoToken, match=remedy) as caught:
        await fetched(azure.settings(**changes))
    assert (caught.value.code, caught.value.permanent) == (code, True)
    for kept_back in (SECRET, "hunter2", APP_ID, TENANT_ID, "Trace"):
        assert kept_back not in str(caught.value)


@pytest.mark.parametrize("fault", [Fault(), Fault(503), Fault(429), Fault(500, body="<html>"), Fault(302)])
async def test_a_login_that_is_down_may_be_asked_again_and_no_redirect_is_followed(
    azure: FakeAzure, fault: Fault
) -> None:
    azure.fail("token", Fault(fault.status, {"Location": f"{azure.url}/keys"} if fault.status == 302 else {}))
    with pytest.raises(NoToken) as caught:
        await fetched(azure.settings())
    assert caught.value.permanent == (fault.status == 302)
    assert azure.asked == {"discovery": 1, "token": 1}


async def test_a_login_that_does_not_answer_is_given_up(azure: FakeAzure) -> None:
    azure.fail("token", Fault(held=True))
    http = HttpClient(seconds=0.1)
    with pytest.raises(NoToken, match="does not answer") as caught:
        await token_source(azure.settings(), http).fetch()
    await http.close()
    assert not caught.value.permanent


async def test_a_request_that_ends_with_the_server_does_not_hold_its_thread() -> None:
    class Forever(HttpClient):
        def __init__(self) -> None:
            super().__init__()
            self.begun = asyncio.Event()
            self.request_task: asyncio.Task[Any] | None = None

        async def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> HttpReply:
            self.request_task = asyncio.current_task()
            self.begun.set()
            await asyncio.Event().wait()
            raise AssertionError("nobody ends the waiting")

    http = Forever()
    asked = asyncio.create_task(asyncio.to_thread(MsalHttp(http, asyncio.get_running_loop()).get, "http://127.0.0.1/"))
    await http.begun.wait()
    assert http.request_task is not None
    http.request_task.cancel()
    with pytest.raises(Unreachable, match="127"):
        await asked


async def test_an_answer_without_a_token_is_a_refusal(azure: FakeAzure) -> None:
    azure.fail("token", Fault(200, body='{"access_token": ""}'))
    with pytest.raises(NoToken, match="HTTP 200"):
        await fetched(azure.settings())


@pytest.mark.parametrize(
    ("said", "seconds"), [('"expires_in": 3599', 3599), ('"expires_in": "3599"', 3599), ('"token_type": "Bearer"', 600)]
)
async def test_how_long_a_token_lasts_may_be_text_or_unsaid(azure: FakeAzure, said: str, seconds: float) -> None:
    azure.fail("token", Fault(200, body=f'{{"access_token": "abc", {said}}}'))
    assert (await fetched(azure.settings())).seconds == seconds


@pytest.mark.parametrize("part", ["discovery", "token"])
@pytest.mark.parametrize(
    "body", ["<html>", "[]", "{}", '{"access_token": "abc", "expires_in": "soon"}', '{"token_endpoint": 5}', "[" * 9999]
)
async def test_an_answer_that_is_of_no_use_is_an_error_with_a_mend(azure: FakeAzure, part: str, body: str) -> None:
    azure.fail(part, Fault(200, body=body))
    with pytest.raises(NoToken, match="LOTSE_TEAMS_TENANT_ID"):
        await fetched(azure.settings())


async def test_without_settings_nobody_is_asked() -> None:
    with pytest.raises(NoToken, match="LOTSE_TEAMS_APP_ID"):
        await fetched(read_settings(None, {}))


def test_neither_token_nor_secret_is_ever_printed(azure: FakeAzure) -> None:
    assert "abc" not in repr(AccessToken("abc", 1))
    assert SECRET not in repr(token_source(azure.settings(), HttpClient()))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff", b"[]", b'"text"', b'{"error": {"code": 7}}'])
def test_any_answer_of_a_login_can_be_read(body: bytes) -> None:
    assert "HTTP 400" in str(refused(400, parsed(body)))


def test_every_mend_names_something_to_do() -> None:
    verbs = ("Check", "Set", "Make", "Upload", "Enable", "Run")
    assert all(any(verb in remedy for verb in verbs) for _cause, remedy in LOGIN_ERRORS.values())


async def test_the_log_has_no_secret(azure: FakeAzure, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    http = HttpClient()
    with pytest.raises(NoToken):
        await Tokens(token_source(azure.settings(CLIENT_SECRET="wrong-secret"), http)).get()
    await Tokens(token_source(azure.settings(), http)).get()
    await http.close()
    assert "7000215" in caplog.text
    for kept_back in (SECRET, "wrong-secret", APP_ID, TENANT_ID):
        assert kept_back not in caplog.text


# --- with a certificate or a managed identity ---------------------------------------------------------------------


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
    (tmp_path / "key.pem").write_bytes(pem(key))
    (tmp_path / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return {"PRIVATE_KEY_FILE": str(tmp_path / "key.pem"), "CERTIFICATE_FILE": str(tmp_path / "chain.pem")}


def pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def with_certificate(azure: FakeAzure, **files: str) -> TeamsSettings:
    return azure.settings(CLIENT_SECRET="", **files)


@pytest.mark.parametrize("by", ["chain", "thumbprint"])
async def test_a_certificate_proves_the_bot(azure: FakeAzure, certificate: dict[str, str], by: str) -> None:
    azure.login.certificate = private_key("certificate").public_key()
    if by == "thumbprint":
        del certificate["CERTIFICATE_FILE"]
        certificate["CERTIFICATE_THUMBPRINT"] = "ab" * 20
    fresh = await fetched(with_certificate(azure, **certificate))
    assert azure.login.accepts(f"Bearer {fresh.value}")
    assert "client_secret" not in azure.login.forms[0]


async def test_a_foreign_certificate_is_refused(azure: FakeAzure, certificate: dict[str, str]) -> None:
    azure.login.certificate = private_key("other").public_key()
    with pytest.raises(NoToken, match="Upload it") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert caught.value.code == "700027"


async def test_a_key_file_that_is_no_key_is_named(azure: FakeAzure, certificate: dict[str, str]) -> None:
    Path(certificate["PRIVATE_KEY_FILE"]).write_bytes(b"\xff\xfe")
    with pytest.raises(NoToken, match=r"key\.pem cannot be read as PEM\..*LOTSE_TEAMS_PRIVATE_KEY_FILE"):
        await fetched(with_certificate(azure, **certificate))


async def test_a_key_that_cannot_be_used_says_what_to_check(azure: FakeAzure, certificate: dict[str, str]) -> None:
    Path(certificate["PRIVATE_KEY_FILE"]).write_text("no key")
    with pytest.raises(NoToken, match="without a pass phrase") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert caught.value.permanent


async def test_a_network_that_is_down_may_come_back(azure: FakeAzure, certificate: dict[str, str]) -> None:
    azure.fail("discovery", Fault())
    with pytest.raises(NoToken, match="cannot be reached") as caught:
        await fetched(with_certificate(azure, **certificate))
    assert not caught.value.permanent


async def test_a_renewed_certificate_is_used_without_a_restart(
    azure: FakeAzure, certificate: dict[str, str], http: HttpClient
) -> None:
    azure.login.certificate = private_key("certificate").public_key()
    key_file = Path(certificate["PRIVATE_KEY_FILE"])
    renewed = key_file.read_bytes()
    key_file.write_bytes(pem(private_key("other")))
    source = token_source(with_certificate(azure, **certificate), http)
    with pytest.raises(NoToken, match="Upload it"):
        await source.fetch()
    key_file.write_bytes(renewed)
    assert azure.login.accepts(f"Bearer {(await source.fetch()).value}")


async def test_a_managed_identity_needs_no_secret(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    settings = azure.settings(CLIENT_SECRET="", MANAGED_IDENTITY="true")
    assert azure.login.accepts(f"Bearer {(await fetched(settings)).value}")
    assert azure.asked == {"token": 1}, "only the machine itself is asked, not the login"


@pytest.mark.parametrize(("fault", "says"), [(Fault(503), "not available"), (Fault(), "cannot be reached")])
async def test_a_machine_that_cannot_answer_now_may_be_asked_again(
    azure: FakeAzure, monkeypatch: pytest.MonkeyPatch, fault: Fault, says: str
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    azure.fail("token", fault)
    with pytest.raises(NoToken, match=says) as caught:
        await fetched(azure.settings(CLIENT_SECRET="", MANAGED_IDENTITY="true"))
    assert not caught.value.permanent


async def test_a_machine_without_that_identity_says_so(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)
    other = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(NoToken, match="LOTSE_TEAMS_APP_ID"):
        await fetched(azure.settings(CLIENT_SECRET="", MANAGED_IDENTITY="true", APP_ID=other))


# --- with a federated identity credential --------------------------------------------------------------------------

CLUSTER = Trust("https://kubernetes.example/", "system:serviceaccount:lotse:rasa")


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{CLUSTER.token()}\n")
    return path


def with_token_file(azure: FakeAzure, path: Path) -> TeamsSettings:
    return azure.settings(CLIENT_SECRET="", FEDERATED_TOKEN_FILE=str(path))


async def test_a_token_of_the_cluster_stands_for_the_app(azure: FakeAzure, token_file: Path) -> None:
    azure.login.trust = CLUSTER
    fresh = await fetched(with_token_file(azure, token_file))
    assert azure.login.accepts(f"Bearer {fresh.value}")
    assert azure.login.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": token_file.read_text().strip(),
            "scope": "https://api.botframework.com/.default",
            "client_info": "1",
        }
    ]


async def test_a_renewed_token_file_is_read_again(azure: FakeAzure, token_file: Path, http: HttpClient) -> None:
    azure.login.trust = CLUSTER
    azure.login.expires_in = 299
    source = token_source(with_token_file(azure, token_file), http)
    await source.fetch()
    token_file.write_text(CLUSTER.token(jti="renewed"))
    await source.fetch()
    assert azure.login.forms[1]["client_assertion"] == token_file.read_text()
    assert azure.asked["discovery"] == 1, "the same client of msal asks again"


@pytest.mark.parametrize(
    ("claims", "code", "remedy"),
    [
        ({"iss": "https://kubernetes.example"}, "700211", "Check the issuer"),
        ({"sub": "system:serviceaccount:lotse:Rasa"}, "700213", "Check the subject"),
        ({"aud": "https://kubernetes.example/"}, "700212", "Check the audience"),
        ({"exp": 1}, "700024", "clock"),
    ],
)
async def test_a_token_the_app_does_not_trust_is_refused_with_what_to_check(
    azure: FakeAzure, token_file: Path, claims: dict[str, Any], code: str, remedy: str
) -> None:
    azure.login.trust = CLUSTER
    token_file.write_text(CLUSTER.token(**claims))
    with pytest.raises(NoToken, match=remedy) as caught:
        await fetched(with_token_file(azure, token_file))
    assert (caught.value.code, caught.value.permanent) == (code, True)
    assert "kubernetes" not in str(caught.value)


async def test_an_app_without_a_federated_credential_is_told(azure: FakeAzure, token_file: Path) -> None:
    with pytest.raises(NoToken, match="AADSTS70021"):
        await fetched(with_token_file(azure, token_file))


async def test_a_token_file_that_is_none_is_named(azure: FakeAzure, token_file: Path) -> None:
    token_file.write_bytes(b"\xff\xfe")
    with pytest.raises(NoToken, match=r"cannot be read as a token\..*LOTSE_TEAMS_FEDERATED_TOKEN_FILE"):
        await fetched(with_token_file(azure, token_file))
    token_file.unlink()
    with pytest.raises(NoToken, match=r"There is no file .*LOTSE_TEAMS_FEDERATED_TOKEN_FILE"):
        await fetched(with_token_file(azure, token_file))


@pytest.fixture
def on_a_machine_in_azure(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url)


@pytest.mark.usefixtures("on_a_machine_in_azure")
async def test_a_managed_identity_stands_for_the_app(azure: FakeAzure) -> None:
    azure.login.trust = azure.login.identity
    fresh = await fetched(azure.settings(CLIENT_SECRET="", FEDERATED_IDENTITY=IDENTITY_ID))
    assert azure.login.accepts(f"Bearer {fresh.value}")
    assert azure.asked == {"discovery": 1, "token": 2}, "the machine is asked, then the login"
    [form] = azure.login.forms
    assertion = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    assert assertion["aud"] == "api://AzureADTokenExchange"


@pytest.mark.usefixtures("on_a_machine_in_azure")
async def test_a_machine_without_the_identity_that_is_trusted_says_so(azure: FakeAzure) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(NoToken, match="invalid_request"):
        await fetched(azure.settings(CLIENT_SECRET="", FEDERATED_IDENTITY=other))
    assert azure.login.forms == []


@pytest.mark.usefixtures("on_a_machine_in_azure")
async def test_an_identity_the_app_does_not_trust_is_refused(azure: FakeAzure) -> None:
    azure.login.trust = CLUSTER
    with pytest.raises(NoToken, match="Check the issuer"):
        await fetched(azure.settings(CLIENT_SECRET="", FEDERATED_IDENTITY=IDENTITY_ID))


async def test_no_assertion_is_ever_logged(
    azure: FakeAzure, token_file: Path, http: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = Tokens(token_source(with_token_file(azure, token_file), http))
    with pytest.raises(NoToken):
        await tokens.get()
    azure.login.trust = CLUSTER
    await Tokens(token_source(with_token_file(azure, token_file), http)).get()
    assert "70021" in caplog.text
    for kept_back in (token_file.read_text().strip(), CLUSTER.subject, APP_ID, TENANT_ID):
        assert kept_back not in caplog.text


# --- proxies ------------------------------------------------------------------------------------------------------


def test_requests_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    assert proxy_for("https://smba.trafficmanager.net/teams") == "http://proxy.example:3128"
    assert proxy_for("https://intern.example/") is None
    assert proxy_for("http://127.0.0.1:1/") is None
