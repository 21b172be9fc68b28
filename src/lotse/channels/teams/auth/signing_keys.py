"""The public keys for the signatures of Microsoft's requests.

PyJWT reads the keys. Fetching them is our own code, because `PyJWKClient` lacks what the channel needs:
docs/adr/0012-libraries-for-tokens.md.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from lotse.channels.teams.clouds import host_of, is_safe_address
from lotse.channels.teams.http_client import HttpReply, Unreachable

logger = logging.getLogger(__name__)

# Microsoft Learn, “Authenticate requests with the Bot Connector API”: keep keys for 24 hours at most; for an unknown
# key, fetch them again at most once an hour, because anybody can send made-up key ids.
OLDEST_SECONDS = 24 * 3600.0
UNKNOWN_SECONDS = 3600.0
# Pause after a failure: short for the people who wait, long enough while the network is down.
RETRY_SECONDS = 60.0
_FEWEST_BITS = 2048


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
        public = PyJWK(entry, "RS256").key
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < _FEWEST_BITS:
        return None
    return Key(public, frozenset(endorsements))
