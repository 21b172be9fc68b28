"""When signing keys are fetched, when they are not, and which of them are used."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from jwt import PyJWKClient, PyJWKClientError

from lotse.channels.teams.auth.signing_keys import (
    OLDEST_SECONDS,
    RETRY_SECONDS,
    UNKNOWN_SECONDS,
    NoKeys,
    SigningKeys,
    read_keys,
    read_metadata,
)
from lotse.channels.teams.http_client import HttpClient, HttpReply, Unreachable
from tools.fake_azure.signer import Signer, private_key, public_jwk

BASE = "https://login.example/v1"
METADATA = f"{BASE}/.well-known/openidconfiguration"


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


# --- when ------------------------------------------------------------------------------------------------------------


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


# --- what ------------------------------------------------------------------------------------------------------------


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
