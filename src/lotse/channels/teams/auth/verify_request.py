"""Whether what arrives really comes from Microsoft and is meant for this bot. There is no way to turn this off.

Rules: Microsoft Learn, “Authenticate requests with the Bot Connector API”, “Connector to Bot”; where Microsoft's
own libraries are stricter or clearer, as they are.
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
# Fixed: the header of a token, which the sender writes, must not choose how the token is checked.
_ALGORITHM = "RS256"
_REASONS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "the token has expired; if this goes on, check the clock of this server",
    jwt.ImmatureSignatureError: "the token is not valid yet; if this goes on, check the clock of this server",
    jwt.InvalidIssuerError: "the token is not issued by the Connector of this cloud; check the setting cloud",
    jwt.InvalidSignatureError: "the signature is wrong",
}


class Refused(Exception):
    """A request that must not be answered.

    Attributes:
        reason: for the log; holds no token, no id and no name.
        status: for the sender: 403, or 503 where a later try may succeed.
    """

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class VerifiedToken:
    """What a token of the Connector says, once it is known to be one.

    Attributes:
        endorsements: channels its key may sign for; empty allows all.
        service_url: claim of the token, whatever it is.
    """

    endorsements: frozenset[str]
    service_url: Any


class Keys(Protocol):
    """Where signing keys are found; see ``SigningKeys``."""

    async def find(self, kid: str) -> Key | None:
        """The key of an id."""


class RequestVerifier:
    """The check of everything that arrives.

    Args:
        settings: app id, cloud, allowed hosts and tenants.
        keys: Microsoft's signing keys.
    """

    def __init__(self, settings: TeamsSettings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys

    async def identify(self, authorization: str | None) -> VerifiedToken:
        """Whether a token is the Connector's and for this bot. Needs no body, so none has to be read of a stranger.

        Args:
            authorization: header of the request.

        Raises:
            Refused: it is not; says why.
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
        """Whether the token was made for this very activity, and the activity for this house.

        Args:
            token: of the token it came with.
            activity: the body of the request.

        Raises:
            Refused: a rule is broken; says which.
        """
        _check_channel(token.endorsements, activity.get("channelId"))
        self._check_service_url(token.service_url, activity.get("serviceUrl"))
        self._check_tenant(activity)

    def _check_tenant(self, activity: Mapping[str, Any]) -> None:
        """The Connector delivers from every tenant in which somebody installs an app with our bot's id, and signs it
        all alike. Where an activity names its tenant twice, both must be allowed."""
        named = tenants_of(activity)
        if not named:
            raise Refused("the activity names no tenant")
        if not named <= self._settings.tenants:
            raise Refused(
                "the activity is of another tenant; check the setting tenant_id, or add the tenant to allowed_tenants"
            )

    def _check_service_url(self, claim: Any, given: Any) -> None:
        """The address answers go to, with the bot's own token: it must be the one the Connector has signed."""
        if not isinstance(claim, str) or not claim:
            raise Refused("the token names no service address")
        if not isinstance(given, str) or given.rstrip("/") != claim.rstrip("/"):
            raise Refused("the service address of the activity is not the one in the token")
        if not is_safe_address(given):
            raise Refused("the service address is not encrypted")
        if not self._settings.allows(given):
            raise Refused(f"the service address is at {host_of(given)}, which the setting allowed_hosts does not hold")


def bearer(authorization: str | None) -> str:
    """The token of an ``Authorization`` header (RFC 6750; RFC 9110 lets the scheme be written in any case).

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
    """What a token says, once signature, issuer and time are right. The audience is compared by the caller: as one
    string, where the library would also take a list that holds it."""
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
    """The tenants an activity names, in lower case; an odd one, which no setting can allow, is empty."""
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
        # Whoever finds the bot's page in Web Chat or Direct Line gets signed like anybody else.
        raise Refused(
            f"the activity is not of the channel {CHANNEL_ID}; delete Web Chat, Direct Line and all other channels in "
            "the Azure Bot"
        )
