"""Verifies that requests come from Microsoft and are meant for this bot. This cannot be turned off.

Source: Microsoft Learn, “Authenticate requests with the Bot Connector API”, “Connector to Bot”; where Microsoft's own
libraries are stricter or clearer, their rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from lotse.channels.teams.activities.parse_activity import CHANNEL_ID
from lotse.channels.teams.auth.signing_keys import Key, NoKeys
from lotse.channels.teams.clouds import host_of, is_safe_address
from lotse.channels.teams.settings import TeamsSettings

LEEWAY_SECONDS = 300
# Fixed, because the header of a token is written by the sender and must not choose how the token is verified.
_ALGORITHM = "RS256"
_REASONS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "the token has expired; if this goes on, check the clock of this server",
    jwt.ImmatureSignatureError: "the token is not valid yet; if this goes on, check the clock of this server",
    jwt.InvalidIssuerError: "the token is not issued by the Connector of this cloud; check the setting cloud",
    jwt.InvalidSignatureError: "the signature is wrong",
}


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
