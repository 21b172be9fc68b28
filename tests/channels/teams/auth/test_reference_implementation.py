"""Microsoft's own library and ours judge the same tokens, over the same keys from the same server.

``botframework-connector`` is at its end of life and no part of the product; as a second opinion it is good.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botframework.connector.auth import ChannelValidation, GovernmentChannelValidation, SimpleCredentialProvider

from lotse.channels.teams.auth.verify_request import Refused, RequestVerifier, SigningKeys
from lotse.channels.teams.clouds import CLOUDS
from lotse.channels.teams.http_client import HttpClient
from lotse.channels.teams.settings import read_settings
from tools.fake_azure.signer import APP_ID, SERVICE_URL, TENANT_ID, Signer, activity

US = CLOUDS["us_government"].issuer
OTHER_APP = "11111111-2222-3333-4444-555555555555"


@dataclass(frozen=True)
class Case:
    """A token and an activity: what is changed of those that pass."""

    name: str
    claims: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    scheme: str = "Bearer "
    cloud: str = "public"


def signed_by(kid: str) -> dict[str, Any]:
    return {"headers": {"kid": kid}, "sign_with": kid}


ACCEPTED_BY_BOTH = [
    Case("as the Connector signs"),
    Case("expired within the leeway", {"exp": -200}),
    Case("not yet valid within the leeway", {"nbf": 200}),
    Case("without nbf", more={"without": ["nbf"]}),
    Case("issued now", {"iat": 0}),
    Case("with claims nobody knows", {"anything": {"a": [1]}}),
    Case("a key without endorsements", more=signed_by("free")),
    Case("US government", {"iss": US}, cloud="us_government"),
]
REFUSED_BY_BOTH = [
    Case("expired", {"exp": -400}),
    Case("not yet valid", {"nbf": 400}),
    Case("issued in the future", {"iat": 400}),
    Case("expiry that is no number", {"exp": "tomorrow"}),
    Case("foreign issuer", {"iss": "https://evil.example"}),
    Case("issuer of the emulator", {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}),
    Case("issuer of another cloud", {"iss": US}),
    Case("US government with the public issuer", cloud="us_government"),
    Case("without issuer", more={"without": ["iss"]}),
    Case("for another bot", {"aud": OTHER_APP}),
    Case("for several bots", {"aud": [APP_ID, OTHER_APP]}),
    Case("without audience", more={"without": ["aud"]}),
    Case("another service address", {"serviceurl": "https://evil.example/"}),
    Case("another service address in the activity", body={"serviceUrl": "https://evil.example/"}),
    Case("without service address in the token", more={"without": ["serviceurl"]}),
    Case("without service address in the activity", body={"serviceUrl": None}),
    Case("a channel the key is not endorsed for", more=signed_by("web-only")),
    Case("signed with a foreign key", more={"sign_with": "foreign"}),
    Case("unknown key", more={"headers": {"kid": "foreign"}, "sign_with": "foreign"}),
    Case("without key id", more={"headers": {"kid": None}}),
    Case("RS384", more={"algorithm": "RS384"}),
    Case("PS256", more={"algorithm": "PS256"}),
    Case("HS256", more={"algorithm": "HS256"}),
    Case("no algorithm", more={"algorithm": "none"}),
    Case("no signature under RS256", more={"algorithm": "none", "headers": {"alg": "RS256"}}),
    Case("HS256 under RS256", more={"algorithm": "HS256", "headers": {"alg": "RS256"}}),
    Case("unknown critical header", more={"headers": {"crit": ["unknown"]}}),
    Case("another scheme", scheme="Basic "),
    Case("no scheme", scheme=""),
]
# Where ours differs on purpose.
STRICTER = [
    Case("without expiry a token would be good for ever", more={"without": ["exp"]}),
    Case(
        "no service address on either side is no agreement", more={"without": ["serviceurl"]}, body={"serviceUrl": None}
    ),
    Case("an activity that names no channel is not endorsed", body={"channelId": None}),
    Case("another endorsed channel lets strangers in", body={"channelId": "webchat"}),
    Case("another channel, by a key endorsed for it", more=signed_by("web-only"), body={"channelId": "webchat"}),
    Case("people of another tenant", body={"conversation": {"tenantId": OTHER_APP}}),
    Case("people of no tenant", body={"conversation": {"id": "a:1"}}),
    Case(
        "our token does not travel in the clear",
        {"serviceurl": "http://a.example"},
        body={"serviceUrl": "http://a.example"},
    ),
    Case("a key for encryption signs nothing", more=signed_by("for-encryption")),
]
MORE_TOLERANT = [
    Case("a slash at the end makes no other address", {"serviceurl": SERVICE_URL.rstrip("/")}),
    Case("HTTP lets the scheme be written in any case", scheme="bearer "),
]


@pytest.fixture(scope="module")
def signer() -> Signer:
    signer = Signer()
    signer.publish("free", endorsements=None)
    signer.publish("web-only", endorsements=["webchat"])
    signer.publish("for-encryption", use="enc")
    return signer


@pytest.fixture(scope="module")
def metadata_url(signer: Signer) -> Iterator[str]:
    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = signer.jwks() if self.path == "/keys" else signer.metadata(base)
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Documents) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"{base}/openid"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch, metadata_url: str) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(ChannelValidation, "open_id_metadata_endpoint", metadata_url)
    monkeypatch.setattr(GovernmentChannelValidation, "OPEN_ID_METADATA_ENDPOINT", metadata_url)


def header_of(case: Case, signer: Signer) -> str:
    return f"{case.scheme}{signer.token(case.claims, **case.more)}"


def ours(case: Case, header: str, metadata_url: str) -> bool:
    """Whether our check lets it pass, keys fetched from the server."""
    section = {"app_id": APP_ID, "tenant_id": TENANT_ID, "cloud": case.cloud, "metadata_url": metadata_url}
    settings = read_settings(section, {})

    async def check() -> bool:
        http = HttpClient()
        try:
            inbound = RequestVerifier(settings, SigningKeys(settings.cloud.metadata_url, http))
            inbound.check_activity(await inbound.identify(header), activity(**case.body))
        except Refused as refused:
            assert refused.status == 403, refused.reason
            return False
        finally:
            await http.close()
        return True

    return asyncio.run(check())


def theirs(case: Case, header: str) -> bool:
    """Whether Microsoft's check lets it pass. It refuses by many kinds of exception, some of them by accident."""
    validation = ChannelValidation if case.cloud == "public" else GovernmentChannelValidation
    body = activity(**case.body)
    try:
        identity = asyncio.run(
            validation.authenticate_channel_token_with_service_url(
                header, SimpleCredentialProvider(APP_ID, ""), body.get("serviceUrl"), body.get("channelId")
            )
        )
    except Exception:
        return False
    return bool(identity.is_authenticated)


@pytest.mark.parametrize(
    ("case", "by_us", "by_them"),
    [
        pytest.param(case, by_us, by_them, id=case.name)
        for by_us, by_them, cases in (
            (True, True, ACCEPTED_BY_BOTH),
            (False, False, REFUSED_BY_BOTH),
            (False, True, STRICTER),
            (True, False, MORE_TOLERANT),
        )
        for case in cases
    ],
)
def test_both_judge_alike_but_for_the_differences_named(
    case: Case, by_us: bool, by_them: bool, signer: Signer, metadata_url: str
) -> None:
    header = header_of(case, signer)
    assert (ours(case, header, metadata_url), theirs(case, header)) == (by_us, by_them)
