"""What passes the check of everything that arrives, and what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotse.channels.teams.auth.signing_keys import Key, NoKeys, read_keys
from lotse.channels.teams.auth.verify_request import Refused, RequestVerifier
from lotse.channels.teams.clouds import CLOUDS
from lotse.channels.teams.settings import TeamsSettings
from tools.fake_azure.signer import APP_ID, SERVICE_URL, TENANT_ID, Signer, activity, base64url

SETTINGS = TeamsSettings(app_id=APP_ID, tenant_id=TENANT_ID)
OTHER_TENANT = "99999999-6f0b-4a51-8f6e-5d5ce2f1a0aa"


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
    class Unreachable:
        async def find(self, kid: str) -> Key | None:
            raise NoKeys("The keys of Microsoft cannot be fetched: no network")

    refused = await refusal(RequestVerifier(SETTINGS, Unreachable()), signer.header())
    assert refused.status == 503
    assert "no network" in refused.reason


async def test_no_reason_holds_the_token_or_an_id(signer: Signer) -> None:
    claims: list[dict[str, Any]] = [{"aud": "someone"}, {"iss": "someone"}, {"serviceurl": "https://someone.example"}]
    for claim in claims:
        reason = (await refusal(inbound(signer), signer.header(claim))).reason
        assert "someone" not in reason
        assert APP_ID not in reason
