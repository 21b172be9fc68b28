"""What passes the check of everything that arrives and what does not; when signing keys are fetched and which count."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt import PyJWKClient, PyJWKClientError

from lotse.channels.teams.auth.verify_request import (
    OLDEST_SECONDS,
    RETRY_SECONDS,
    UNKNOWN_SECONDS,
    Key,
    NoKeys,
    Refused,
    RequestVerifier,
    SigningKeys,
    read_keys,
    read_metadata,
)
from lotse.channels.teams.clouds import CLOUDS
from lotse.channels.teams.http_client import HttpClient, HttpReply, Unreachable
from lotse.channels.teams.settings import TeamsSettings
from tools.fake_azure.signer import APP_ID, SERVICE_URL, TENANT_ID, Signer, activity, base64url, private_key, public_jwk

SETTINGS = TeamsSettings(app_id=APP_ID, tenant_id=TENANT_ID)
OTHER_TENANT = "99999999-6f0b-4a51-8f6e-5d5ce2f1a0aa"
BASE = "https://login.example/v1"
METADATA = f"{BASE}/.well-known/openidconfiguration"


class Published:
    """The keys of a signer, without a network."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.asked: list[str] = []

    async def find(self, kid: str) -> Key | None:
        self.asked.append(kid)
        return read_keys(self.signer.jwks()).get(kid)


@pytest.fixture
def signer() -> Signer:
    return Signer()


def inbound(signer: Signer, settings: TeamsSettings = SETTINGS) -> RequestVerifier:
    return RequestVerifier(settings, Published(signer))


async def passes(check: RequestVerifier, header: str | None, body: Any) -> bool:
    """A request as the endpoint checks it: the token first, then the body. True; otherwise `Refused` says why not."""
    check.check_activity(await check.identify(header), body)
    return True


async def refusal(check: RequestVerifier, header: str | None, body: Any = None) -> Refused:
    with pytest.raises(Refused) as error:
        await passes(check, header, activity() if body is None else body)
    return error.value


# --- what passes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "body"),
    [
        ({}, {}),
        ({"exp": -200}, {}),
        ({"nbf": 200}, {}),
        ({"serviceurl": SERVICE_URL.rstrip("/")}, {}),
        ({}, {"serviceUrl": SERVICE_URL.rstrip("/")}),
        ({}, {"conversation": {"id": "a:1"}, "channelData": {"tenant": {"id": TENANT_ID}}}),
        ({}, {"conversation": {"tenantId": TENANT_ID.upper()}, "channelData": {"tenant": {"id": TENANT_ID}}}),
        ({}, {"channelData": {"tenant": {}}}),
    ],
)
async def test_a_token_of_the_connector_passes(signer: Signer, claims: dict[str, Any], body: dict[str, Any]) -> None:
    assert await passes(inbound(signer), signer.header(claims), activity(**body))


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer ", " Bearer"])
async def test_the_scheme_may_be_written_in_any_case_and_spacing(signer: Signer, scheme: str) -> None:
    assert await passes(inbound(signer), f"{scheme} {signer.token()}", activity())


async def test_a_key_without_endorsements_signs_for_all_channels(signer: Signer) -> None:
    signer.publish("key-1", endorsements=None)
    assert await passes(inbound(signer), signer.header(), activity(channelId="msteams"))


@pytest.mark.parametrize("name", list(CLOUDS))
async def test_each_cloud_accepts_its_own_issuer_only(name: str) -> None:
    settings = replace(SETTINGS, cloud=CLOUDS[name])
    for other, cloud in CLOUDS.items():
        signer = Signer(issuer=cloud.issuer)
        if other == name:
            assert await passes(inbound(signer, settings), signer.header(), activity())
        else:
            assert "issued" in (await refusal(inbound(signer, settings), signer.header())).reason


# --- what does not: the token ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"claims": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}}, "issued"),
        ({"claims": {"iss": f"{CLOUDS['public'].issuer}/"}}, "issued"),
        ({"claims": {"iss": [CLOUDS["public"].issuer]}}, "issued"),
        ({"claims": {"aud": "7d0d9f0e-3d1b-4d7e-9b61-000000000000"}}, "another bot"),
        ({"claims": {"aud": [APP_ID]}}, "another bot"),
        ({"claims": {"aud": ""}}, "another bot"),
        ({"claims": {"exp": -400}}, "expired"),
        ({"claims": {"exp": "tomorrow"}}, "not valid"),
        ({"claims": {"exp": float("inf")}}, "not valid"),
        ({"claims": {"nbf": 400}}, "not valid yet"),
        ({"claims": {"iat": 400}}, "not valid yet"),
        ({"claims": {"serviceurl": "https://evil.example/"}}, "not the one in the token"),
        ({"claims": {"serviceurl": [SERVICE_URL]}}, "names no service address"),
        ({"claims": {"serviceurl": ""}}, "names no service address"),
        ({"claims": {"serviceUrl": SERVICE_URL}, "without": ["serviceurl"]}, "names no service address"),
        ({"without": ["exp"]}, "“exp”"),
        ({"without": ["iss"]}, "“iss”"),
        ({"without": ["aud"]}, "“aud”"),
        ({"sign_with": "another"}, "signature"),
        ({"algorithm": "RS384"}, "RS256"),
        ({"algorithm": "PS256"}, "RS256"),
        ({"algorithm": "HS256"}, "RS256"),
        ({"algorithm": "none"}, "RS256"),
        ({"algorithm": "PS256", "headers": {"alg": "RS256"}}, "signature"),
        ({"algorithm": "HS256", "headers": {"alg": "RS256"}}, "signature"),
        ({"algorithm": "none", "headers": {"alg": "RS256"}}, "signature"),
        ({"headers": {"alg": "rs256"}}, "RS256"),
        ({"headers": {"alg": ["RS256"]}}, "RS256"),
        ({"headers": {"alg": None}}, "RS256"),
        ({"headers": {"kid": None}}, "names no key"),
        ({"headers": {"kid": ""}}, "names no key"),
        ({"headers": {"kid": 5}}, "cannot be read"),
        ({"headers": {"kid": "unknown"}}, "does not publish"),
        ({"headers": {"crit": ["exp"]}}, "cannot be read"),
        ({"headers": {"b64": False, "crit": ["b64"]}}, "cannot be read"),
    ],
)
async def test_a_token_with_a_fault_is_refused_and_the_reason_named(
    signer: Signer, more: dict[str, Any], says: str
) -> None:
    refused = await refusal(inbound(signer), signer.header(**more))
    assert says in refused.reason
    assert refused.status == 403


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a b", "token"])
async def test_without_a_bearer_token_nothing_passes(signer: Signer, header: str | None) -> None:
    assert "Authorization" in (await refusal(inbound(signer), header)).reason


def _unsigned(header: str) -> str:
    return f"Bearer {base64url(header.encode())}.{base64url(b'{}')}.{base64url(b'x')}"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer x",
        "Bearer ..",
        "Bearer a.b.c",
        "Bearer \ud800.x.y",
        _unsigned("[]"),
        _unsigned("[" * 3000),
        _unsigned("{"),
    ],
)
async def test_rubbish_is_refused_before_a_key_is_looked_for(signer: Signer, header: str) -> None:
    published = Published(signer)
    assert "cannot be read" in (await refusal(RequestVerifier(SETTINGS, published), header)).reason
    assert published.asked == []


async def test_a_changed_token_is_refused(signer: Signer) -> None:
    head, _, signature = signer.token().split(".")
    other = signer.token({"serviceurl": "https://evil.example/"}).split(".")[1]
    refused = await refusal(inbound(signer), f"Bearer {head}.{other}.{signature}")
    assert refused.reason == "the signature is wrong"


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=12), st.integers() | st.text(max_size=9) | st.none()))
@settings(max_examples=100, deadline=None)
async def test_whatever_arrives_is_refused_and_never_breaks(header: str, body: dict[str, Any]) -> None:
    signer = Signer()
    for authorization in (header, f"Bearer {header}", f"Bearer {signer.token(sign_with='another')}"):
        await refusal(inbound(signer), authorization, body)


# --- what does not: the activity -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["https://evil.example/", SERVICE_URL.upper(), f"{SERVICE_URL}x", None, 5, "", [SERVICE_URL]]
)
async def test_answers_go_only_where_the_token_says(signer: Signer, url: Any) -> None:
    assert (
        "not the one in the token" in (await refusal(inbound(signer), signer.header(), activity(serviceUrl=url))).reason
    )


async def test_an_address_without_encryption_is_refused_even_if_signed(signer: Signer) -> None:
    url = "http://smba.trafficmanager.net/de/"
    refused = await refusal(inbound(signer), signer.header({"serviceurl": url}), activity(serviceUrl=url))
    assert refused.reason == "the service address is not encrypted"


async def test_a_host_list_narrows_where_answers_may_go(signer: Signer) -> None:
    narrow = replace(SETTINGS, allowed_hosts=("smba.trafficmanager.net",))
    assert await passes(inbound(signer, narrow), signer.header(), activity())
    other = replace(SETTINGS, allowed_hosts=("smba.example",))
    refused = await refusal(inbound(signer, other), signer.header())
    assert "smba.trafficmanager.net" in refused.reason
    assert "allowed_hosts" in refused.reason


@pytest.mark.parametrize("channel", ["emulator", "", None, 5, ["msteams"], {}])
async def test_a_key_signs_only_for_channels_it_is_endorsed_for(signer: Signer, channel: Any) -> None:
    refused = await refusal(inbound(signer), signer.header(), activity(channelId=channel))
    assert "not endorsed" in refused.reason


@pytest.mark.parametrize("channel", ["webchat", "directline"])
async def test_only_teams_may_write_whatever_else_the_bot_is_registered_for(signer: Signer, channel: str) -> None:
    refused = await refusal(inbound(signer), signer.header(), activity(channelId=channel))
    assert (refused.status, "not of the channel msteams" in refused.reason) == (403, True)
    signer.publish("key-1", endorsements=None)
    for name in (channel, None, "", "MSTEAMS", ["msteams"]):
        refused = await refusal(inbound(signer), signer.header(), activity(channelId=name))
        assert "not of the channel msteams" in refused.reason


@pytest.mark.parametrize(
    "places",
    [
        {"conversation": {"tenantId": OTHER_TENANT}},
        {"conversation": {}, "channelData": {"tenant": {"id": OTHER_TENANT}}},
        {"conversation": {"tenantId": OTHER_TENANT}, "channelData": {"tenant": {"id": TENANT_ID}}},
        {"channelData": {"tenant": {"id": OTHER_TENANT}}},
        {"conversation": {"tenantId": [TENANT_ID]}},
        {"conversation": {"tenantId": ""}},
        {"channelData": {"tenant": {"id": 5}}},
    ],
)
async def test_people_of_another_tenant_are_refused_wherever_it_is_named(
    signer: Signer, places: dict[str, Any]
) -> None:
    refused = await refusal(inbound(signer), signer.header(), activity(**places))
    assert (refused.status, "another tenant" in refused.reason) == (403, True)
    assert OTHER_TENANT not in refused.reason


@pytest.mark.parametrize(
    "places",
    [
        {"conversation": None},
        {"conversation": {"id": "a:1"}, "channelData": {}},
        {"conversation": TENANT_ID, "channelData": {"tenant": TENANT_ID}},
        {"conversation": {"tenantId": None}, "channelData": [TENANT_ID]},
    ],
)
async def test_who_names_no_tenant_is_refused(signer: Signer, places: dict[str, Any]) -> None:
    refused = await refusal(inbound(signer), signer.header(), activity(**places))
    assert (refused.status, refused.reason) == (403, "the activity names no tenant")


async def test_listed_tenants_may_write_too(signer: Signer) -> None:
    foreign = activity(conversation={"tenantId": OTHER_TENANT})
    wide = replace(SETTINGS, allowed_tenants=(OTHER_TENANT,))
    assert await passes(inbound(signer, wide), signer.header(), foreign)
    assert await passes(inbound(signer, wide), signer.header(), activity())
    # A domain says nothing about the ids that messages carry.
    by_domain = replace(SETTINGS, tenant_id="behoerde.onmicrosoft.com")
    assert "another tenant" in (await refusal(inbound(signer, by_domain), signer.header())).reason
    listed = replace(by_domain, allowed_tenants=(TENANT_ID,))
    assert await passes(inbound(signer, listed), signer.header(), activity())


# --- what does not: us -----------------------------------------------------------------------------------------------


async def test_without_an_app_id_nothing_passes_not_even_a_token_for_nobody() -> None:
    signer = Signer(app_id="")
    refused = await refusal(inbound(signer, TeamsSettings()), signer.header())
    assert (refused.status, refused.reason) == (503, "the app id is not set")


async def test_without_keys_nothing_passes_and_the_sender_may_try_again(signer: Signer) -> None:
    class NoNetwork:
        async def find(self, kid: str) -> Key | None:
            raise NoKeys("The keys of Microsoft cannot be fetched: no network")

    refused = await refusal(RequestVerifier(SETTINGS, NoNetwork()), signer.header())
    assert refused.status == 503
    assert "no network" in refused.reason


async def test_no_reason_holds_the_token_or_an_id(signer: Signer) -> None:
    claims: list[dict[str, Any]] = [{"aud": "someone"}, {"iss": "someone"}, {"serviceurl": "https://someone.example"}]
    for claim in claims:
        reason = (await refusal(inbound(signer), signer.header(claim))).reason
        assert "someone" not in reason
        assert APP_ID not in reason


# --- signing keys: when they are fetched ------------------------------------------------------------------------------


class Microsoft:
    """Answers for the two documents; can fail, count, and stall, which `holding` then says."""

    def __init__(self) -> None:
        self.signer = Signer()
        self.fetched: list[str] = []
        self.down = False
        self.stalled: asyncio.Event | None = None
        self.holding = asyncio.Event()
        self.answers: dict[str, HttpReply] = {}

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> HttpReply:
        self.fetched.append(url)
        if self.stalled is not None:
            self.holding.set()
            await self.stalled.wait()
        if self.down:
            raise Unreachable("login.example cannot be reached (TimeoutError)")
        right = {METADATA: self.signer.metadata(BASE), f"{BASE}/keys": self.signer.jwks()}
        return self.answers.get(url) or HttpReply(200, {}, json.dumps(right[url]).encode())

    @property
    def times(self) -> int:
        """How often the keys were asked for."""
        return self.fetched.count(METADATA)


class Clock:
    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def microsoft() -> Microsoft:
    return Microsoft()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(microsoft: Microsoft, clock: Clock) -> SigningKeys:
    return SigningKeys(METADATA, microsoft, clock)


async def test_keys_are_fetched_with_the_first_question_and_then_kept(ring: SigningKeys, microsoft: Microsoft) -> None:
    assert microsoft.fetched == []
    for _ in range(3):
        key = await ring.find("key-1")
        assert key is not None
        assert "msteams" in key.endorsements
    assert microsoft.fetched == [METADATA, f"{BASE}/keys"]


async def test_a_hundred_questions_at_once_fetch_once(ring: SigningKeys, microsoft: Microsoft) -> None:
    microsoft.stalled = asyncio.Event()
    asked = [asyncio.create_task(ring.find("key-1")) for _ in range(100)]
    await microsoft.holding.wait()
    microsoft.stalled.set()
    assert all(await asyncio.gather(*asked))
    assert microsoft.times == 1


async def test_keys_are_a_day_old_at_most(ring: SigningKeys, microsoft: Microsoft, clock: Clock) -> None:
    await ring.find("key-1")
    microsoft.signer.rotate("key-2")
    clock.now += OLDEST_SECONDS - 1
    assert await ring.find("key-1") is not None
    clock.now += 1
    assert await ring.find("key-1") is None
    assert await ring.find("key-2") is not None
    assert microsoft.times == 2


async def test_made_up_keys_cause_one_fetch_an_hour(ring: SigningKeys, microsoft: Microsoft, clock: Clock) -> None:
    await ring.find("key-1")
    for number in range(50):
        assert await ring.find(f"made-up-{number}") is None
    assert microsoft.times == 1
    clock.now += UNKNOWN_SECONDS
    for number in range(50):
        assert await ring.find(f"made-up-{number}") is None
    assert microsoft.times == 2


async def test_a_new_key_is_found_without_a_restart(ring: SigningKeys, microsoft: Microsoft, clock: Clock) -> None:
    await ring.find("key-1")
    microsoft.signer.publish("key-2")
    clock.now += UNKNOWN_SECONDS
    assert await ring.find("key-2") is not None
    assert await ring.find("key-1") is not None


async def test_old_keys_stay_in_use_while_microsoft_cannot_be_reached(
    ring: SigningKeys, microsoft: Microsoft, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await ring.find("key-1")
    microsoft.down = True
    clock.now += OLDEST_SECONDS
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            assert await ring.find("key-1") is not None
    assert [record.getMessage() for record in caplog.records] == [
        "The keys of Microsoft cannot be fetched: login.example cannot be reached (TimeoutError). "
        "Those fetched before stay in use."
    ]
    assert microsoft.times == 2
    microsoft.down = False
    clock.now += RETRY_SECONDS
    assert await ring.find("key-1") is not None
    assert microsoft.times == 3


async def test_without_any_keys_it_says_why_and_tries_again_after_a_while(
    ring: SigningKeys, microsoft: Microsoft, clock: Clock
) -> None:
    microsoft.down = True
    for _ in range(5):
        with pytest.raises(NoKeys, match="cannot be reached"):
            await ring.find("key-1")
    assert microsoft.times == 1
    microsoft.down = False
    clock.now += RETRY_SECONDS
    assert await ring.find("key-1") is not None


async def test_a_fetch_that_is_given_up_does_not_keep_others_waiting(ring: SigningKeys, microsoft: Microsoft) -> None:
    microsoft.stalled = asyncio.Event()
    given_up = asyncio.create_task(ring.find("key-1"))
    await microsoft.holding.wait()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    microsoft.stalled = None
    assert await ring.find("key-1") is not None


async def test_a_known_key_is_found_while_a_made_up_one_is_looked_for(
    ring: SigningKeys, microsoft: Microsoft, clock: Clock
) -> None:
    await ring.find("key-1")
    clock.now += UNKNOWN_SECONDS
    microsoft.stalled = asyncio.Event()
    made_up = asyncio.create_task(ring.find("made-up"))
    await microsoft.holding.wait()
    assert await ring.find("key-1") is not None
    assert not made_up.done()
    microsoft.stalled.set()
    assert await made_up is None


# --- signing keys: what is read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reply", "says"),
    [
        (METADATA, HttpReply(404, {}, b"{}"), "login.example answered with status 404"),
        (METADATA, HttpReply(302, {"location": "http://evil.example"}, b""), "status 302"),
        (METADATA, HttpReply(200, {}, b"<html>"), "did not answer with JSON"),
        (METADATA, HttpReply(200, {}, b"\xff\xfe"), "did not answer with JSON"),
        (METADATA, HttpReply(200, {}, b"[" * 200_000), "did not answer with JSON"),
        (METADATA, HttpReply(200, {}, b"[]"), "metadata_url"),
        (METADATA, HttpReply(200, {}, b'{"jwks_uri": "http://evil.example/keys"}'), "metadata_url"),
        (f"{BASE}/keys", HttpReply(500, {}, b""), "status 500"),
        (f"{BASE}/keys", HttpReply(200, {}, b'{"keys": []}'), "no RSA key"),
        (f"{BASE}/keys", HttpReply(200, {}, b'{"keys": {"kid": "key-1"}}'), "no RSA key"),
    ],
)
async def test_an_answer_that_is_of_no_use_is_named(
    ring: SigningKeys, microsoft: Microsoft, url: str, reply: HttpReply, says: str
) -> None:
    microsoft.answers[url] = reply
    with pytest.raises(NoKeys, match=says):
        await ring.find("key-1")


@pytest.mark.parametrize("document", [None, [], "x", {}, {"jwks_uri": None}, {"jwks_uri": "file:///etc/passwd"}])
def test_an_openid_document_without_a_usable_address_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="names no address"):
        read_metadata(document)


GOOD = {**public_jwk(private_key("key-1")), "kid": "good"}


@pytest.mark.parametrize(
    "fields",
    [
        {"kid": None},
        {"kid": 5},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": GOOD["n"][:43], "y": GOOD["n"][:43]},
        {"use": "enc"},
        {"alg": "RS512"},
        {"n": "!!"},
        {"n": 5},
        {"e": "AA"},
        {"endorsements": "msteams"},
        {"endorsements": None},
        {"endorsements": ["msteams", 5]},
        public_jwk(private_key("short", 1024)),
    ],
)
def test_a_key_that_cannot_check_our_tokens_is_left_out_and_the_others_stay(fields: dict[str, Any]) -> None:
    assert list(read_keys({"keys": [{**GOOD, "kid": "odd", **fields}, 5, None, GOOD]})) == ["good"]


def test_a_key_without_endorsements_has_none() -> None:
    assert read_keys({"keys": [{**GOOD, "use": "sig", "alg": "RS256", "x5t": "x"}]})["good"].endorsements == frozenset()


# --- what PyJWT's own client does not do: a failing test here means that ours may go (docs/adr/0012) ------------------


class KeyServer(ThreadingHTTPServer):
    """Publishes keys; can be down."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Documents)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.signer = Signer()
        self.asked = 0
        self.down = False


class _Documents(BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.asked += 1
        document = self.server.signer.jwks() if self.path == "/keys" else self.server.signer.metadata(self.server.base)
        body = json.dumps(document).encode()
        self.send_response(503 if self.server.down else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    with KeyServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_pyjwts_client_has_no_keys_while_old_ones_cannot_be_replaced(key_server: KeyServer) -> None:
    client = PyJWKClient(f"{key_server.base}/keys", lifespan=1e-9)
    assert client.get_signing_key("key-1")
    key_server.down = True
    with pytest.raises(PyJWKClientError):
        client.get_signing_key("key-1")


def test_pyjwts_client_asks_a_server_that_is_down_for_every_token(key_server: KeyServer) -> None:
    client = PyJWKClient(f"{key_server.base}/keys")
    key_server.down = True
    for _ in range(3):
        with pytest.raises(PyJWKClientError):
            client.get_signing_key("key-1")
    assert key_server.asked == 3


def test_pyjwts_client_hides_the_endorsements_of_a_key(key_server: KeyServer) -> None:
    key = PyJWKClient(f"{key_server.base}/keys").get_signing_key("key-1")
    assert [name for name in dir(key) if "endorse" in name.lower()] == []


async def test_pyjwts_client_reads_an_answer_of_any_size_and_ours_does_not(key_server: KeyServer) -> None:
    key_server.signer.publish("key-1", padding="x" * 1024 * 1024)
    assert await asyncio.to_thread(PyJWKClient(f"{key_server.base}/keys").get_signing_key, "key-1")
    http = HttpClient()
    with pytest.raises(NoKeys, match="did not answer with JSON"):
        await SigningKeys(f"{key_server.base}/openid", http).find("key-1")
    await http.close()
