"""Verifies that requests come from Microsoft and are meant for this bot. This cannot be turned off.

PyJWT reads Microsoft's keys and checks signatures. Fetching the keys is our own code, because `PyJWKClient` lacks what
the channel needs: docs/adr/0012-libraries-for-tokens.md.

Source: Microsoft Learn, “Authenticate requests with the Bot Connector API”, “Connector to Bot”; where Microsoft's own
libraries are stricter or clearer, their rules.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lotse.channels.teams.activities.parse_activity import CHANNEL_ID
from lotse.channels.teams.clouds import host_of, is_safe_address
from lotse.channels.teams.http_client import HttpReply, Unreachable
from lotse.channels.teams.settings import TeamsSettings

logger = logging.getLogger(__name__)

LEEWAY_SECONDS = 300
# Fixed, because the header of a token is written by the sender and must not choose how the token is verified.
_ALGORITHM = "RS256"
_REASONS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "the token has expired; if this goes on, check the clock of this server",
    jwt.ImmatureSignatureError: "the token is not valid yet; if this goes on, check the clock of this server",
    jwt.InvalidIssuerError: "the token is not issued by the Connector of this cloud; check the setting cloud",
    jwt.InvalidSignatureError: "the signature is wrong",
}
# Microsoft Learn, “Authenticate requests with the Bot Connector API”: keep keys for 24 hours at most; for an unknown
# key, fetch them again at most once an hour, because anybody can send made-up key ids.
OLDEST_SECONDS = 24 * 3600.0
UNKNOWN_SECONDS = 3600.0
# Pause after a failure: short for the people who wait, long enough while the network is down.
RETRY_SECONDS = 60.0
_FEWEST_BITS = 2048


class Refused(Exception):
    """A request that is rejected.

    Attributes:
        reason: for the log; contains no token, no id and no name.
        status: HTTP status for the sender: 403, or 503 if a later attempt may succeed.
    """

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class VerifiedToken:
    """Claims of a verified token of the Connector.

    Attributes:
        endorsements: channels its key may sign for; empty allows all.
        service_url: the claim of that name, of any type.
    """

    endorsements: frozenset[str]
    service_url: Any


class Keys(Protocol):
    """A source of signing keys; see `SigningKeys`."""

    async def find(self, kid: str) -> Key | None:
        """The key with an id; None if there is none."""


class RequestVerifier:
    """Verifies incoming requests.

    Args:
        settings: app id, cloud, allowed hosts and tenants.
        keys: Microsoft's signing keys.
    """

    def __init__(self, settings: TeamsSettings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys

    async def identify(self, authorization: str | None) -> VerifiedToken:
        """Verify that the token of a request is the Connector's and for this bot.

        Needs no body, so that the body of an unauthenticated caller is never read.

        Args:
            authorization: the header; None if there is none.

        Raises:
            Refused: it is not; the error says why.
        """
        if not self._settings.app_id:
            raise Refused("the app id is not set", 503)
        token = bearer(authorization)
        kid = _key_id(token)
        try:
            key = await self._keys.find(kid)
        except NoKeys as error:
            raise Refused(str(error), 503) from None
        if key is None:
            raise Refused("the token is signed with a key that Microsoft does not publish")
        claims = _claims(token, key, self._settings.cloud.issuer)
        if claims["aud"] != self._settings.app_id:
            raise Refused("the token is meant for another bot; check the setting app_id")
        return VerifiedToken(key.endorsements, claims.get("serviceurl"))

    def check_activity(self, token: VerifiedToken, activity: Mapping[str, Any]) -> None:
        """Verify that the token belongs to this activity, and that the activity comes from an allowed tenant.

        Args:
            token: the verified token of the request.
            activity: the body of the request.

        Raises:
            Refused: it does not; the error names the broken rule.
        """
        _check_channel(token.endorsements, activity.get("channelId"))
        self._check_service_url(token.service_url, activity.get("serviceUrl"))
        self._check_tenant(activity)

    def _check_tenant(self, activity: Mapping[str, Any]) -> None:
        """Verify the tenant; if an activity names two, both must be allowed.

        The Connector delivers from every tenant in which somebody installs an app with our bot's id, with the same
        signature.

        Raises:
            Refused: a tenant is not allowed, or none is named.
        """
        named = tenants_of(activity)
        if not named:
            raise Refused("the activity names no tenant")
        if not named <= self._settings.tenants:
            raise Refused(
                "the activity is of another tenant; check the setting tenant_id, or add the tenant to allowed_tenants"
            )

    def _check_service_url(self, claim: Any, given: Any) -> None:
        """Verify that the address for answers is the one that the Connector has signed: the bot's token is sent there.

        Raises:
            Refused: it is another one, or not in `allowed_hosts`.
        """
        if not isinstance(claim, str) or not claim:
            raise Refused("the token names no service address")
        if not isinstance(given, str) or given.rstrip("/") != claim.rstrip("/"):
            raise Refused("the service address of the activity is not the one in the token")
        if not is_safe_address(given):
            raise Refused("the service address is not encrypted")
        if not self._settings.allows(given):
            raise Refused(f"the service address is at {host_of(given)}, which the setting allowed_hosts does not hold")


def bearer(authorization: str | None) -> str:
    """The token of an ``Authorization`` header (RFC 6750; the case of the scheme does not matter, RFC 9110).

    Raises:
        Refused: there is none.
    """
    if not authorization:
        raise Refused("there is no Authorization header")
    parts = authorization.split()
    if len(parts) != 2 or parts[0].lower() != "bearer":
        raise Refused("the Authorization header holds no bearer token")
    return parts[1]


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise Refused("the token cannot be read") from None
    if header.get("alg") != _ALGORITHM:
        raise Refused(f"the token is not signed with {_ALGORITHM}")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise Refused("the token names no key")
    return kid


def _claims(token: str, key: Key, issuer: str) -> dict[str, Any]:
    """The claims of a token with a valid signature, issuer and time.

    The caller compares the audience as one string, because the library would also accept a list that contains it.

    Raises:
        Refused: the token is not valid.
    """
    try:
        return jwt.decode(
            token,
            key.public,
            algorithms=[_ALGORITHM],
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud"], "verify_aud": False},
        )
    except jwt.MissingRequiredClaimError as error:
        raise Refused(f"the token has no claim “{error.claim}”") from None
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refused(_REASONS.get(type(error), "the token is not valid")) from None


def tenants_of(activity: Mapping[str, Any]) -> set[str]:
    """The tenants that an activity names, in lower case; one of a wrong type becomes empty, which no setting allows."""
    data = activity.get("channelData")
    places = (activity.get("conversation"), data.get("tenant") if isinstance(data, Mapping) else None)
    given = [
        place.get(key) for place, key in zip(places, ("tenantId", "id"), strict=True) if isinstance(place, Mapping)
    ]
    return {tenant.lower() if isinstance(tenant, str) else "" for tenant in given if tenant is not None}


def _check_channel(endorsements: frozenset[str], channel: Any) -> None:
    if endorsements and (not isinstance(channel, str) or channel not in endorsements):
        raise Refused("the key is not endorsed for the channel of the activity")
    if channel != CHANNEL_ID:
        # Requests through Web Chat or Direct Line of the same bot carry the same kind of signature.
        raise Refused(
            f"the activity is not of the channel {CHANNEL_ID}; delete Web Chat, Direct Line and all other channels in "
            "the Azure Bot"
        )


class NoKeys(RuntimeError):
    """No keys could be fetched yet, so no token can be checked; the text says why."""


@dataclass(frozen=True)
class Key:
    """A signing key.

    Attributes:
        public: checks signatures.
        endorsements: channels it may sign for; empty allows all.
    """

    public: RSAPublicKey
    endorsements: frozenset[str]


class Client(Protocol):
    """An HTTP client; see `HttpClient`."""

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> HttpReply:
        """The reply to one request."""


class SigningKeys:
    """Signing keys by id. They are fetched with the first token, so that the server starts without a network.

    Args:
        metadata_url: OpenID document with the address of the keys.
        http: sends the requests.
        clock: monotonic time in seconds.
    """

    def __init__(self, metadata_url: str, http: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._metadata_url = metadata_url
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: dict[str, Key] = {}
        self._fetched: float | None = None
        self._failed: tuple[float, str] | None = None

    async def find(self, kid: str) -> Key | None:
        """The key with an id; None if Microsoft does not publish it.

        Raises:
            NoKeys: no keys could be fetched yet. Once fetched, they stay in use until newer ones arrive.
        """
        if self._is_due(kid):
            async with self._lock:
                # Another task may have fetched them while this one waited.
                if self._is_due(kid):
                    await self._refresh()
        if self._fetched is None:
            raise NoKeys(self._failed[1] if self._failed else "the keys of Microsoft are not fetched yet")
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        now = self._clock()
        if self._failed is not None and now - self._failed[0] < RETRY_SECONDS:
            return False
        if self._fetched is None:
            return True
        age = now - self._fetched
        return age >= OLDEST_SECONDS or (kid not in self._keys and age >= UNKNOWN_SECONDS)

    async def _refresh(self) -> None:
        try:
            address = read_metadata(await self._get(self._metadata_url))
            keys = read_keys(await self._get(address))
        except (Unreachable, ValueError) as error:
            reason = f"The keys of Microsoft cannot be fetched: {error}"
            self._failed = (self._clock(), reason)
            more = "" if self._fetched is None else " Those fetched before stay in use."
            logger.warning("%s.%s", reason, more)
            return
        self._keys, self._fetched, self._failed = keys, self._clock(), None

    async def _get(self, url: str) -> Any:
        reply = await self._http.request("GET", url, {"Accept": "application/json"}, None)
        if reply.status != 200:
            raise ValueError(f"{host_of(url)} answered with status {reply.status}")
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError):
            raise ValueError(f"{host_of(url)} did not answer with JSON") from None


def read_metadata(document: Any) -> str:
    """The address of the keys in an OpenID document.

    Raises:
        ValueError: there is none, or it is not https.
    """
    address = document.get("jwks_uri") if isinstance(document, Mapping) else None
    if not isinstance(address, str) or not is_safe_address(address):
        raise ValueError("the OpenID document (setting metadata_url) names no address of keys with https://")
    return address


def read_keys(document: Any) -> dict[str, Key]:
    """The keys of a JSON Web Key Set (RFC 7517) that can verify RS256, by id; all others are ignored.

    Raises:
        ValueError: there is no such key.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    keys = {}
    for entry in entries if isinstance(entries, list) else []:
        if (key := _key(entry)) is not None:
            keys[entry["kid"]] = key
    if not keys:
        raise ValueError("the key set holds no RSA key of at least 2048 bits")
    return keys


def _key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    endorsements = entry.get("endorsements", [])
    if not isinstance(endorsements, list) or not all(isinstance(name, str) for name in endorsements):
        # Treated as missing, it would allow the key to sign for every channel.
        return None
    try:
        public = jwt.PyJWK(entry, _ALGORITHM).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < _FEWEST_BITS:
        return None
    return Key(public, frozenset(endorsements))
