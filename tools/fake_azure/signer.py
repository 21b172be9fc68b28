"""A fake of the part of Microsoft that signs: keys, their published set, and tokens with any fault wanted."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from lotse.channels.teams.clouds import CLOUDS

APP_ID = "7d0d9f0e-3d1b-4d7e-9b61-2f2b1f6d8c11"
TENANT_ID = "0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa"
SERVICE_URL = "https://smba.trafficmanager.net/de/"
ENDORSED = ("msteams", "webchat", "directline")


@cache
def private_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """The same key for the same name throughout a test run, for making one takes long."""
    return generate_private_key(public_exponent=65537, key_size=bits)


class Signer:
    """Signs as the Connector does. Without arguments ``header()`` makes a header that every rule lets pass.

    Args:
        app_id: audience of the tokens.
        issuer: of the tokens.
        service_url: what the tokens name.
    """

    def __init__(
        self, app_id: str = APP_ID, issuer: str = CLOUDS["public"].issuer, service_url: str = SERVICE_URL
    ) -> None:
        self.app_id = app_id
        self.issuer = issuer
        self.service_url = service_url
        self.kid = "key-1"
        self._published: dict[str, dict[str, Any]] = {}
        self.publish("key-1")

    def publish(self, kid: str, endorsements: Iterable[str] | None = ENDORSED, **fields: Any) -> None:
        """Put a key into the published set, or change what is published of it."""
        endorsed = None if endorsements is None else list(endorsements)
        entry = {**public_jwk(private_key(kid)), "kid": kid, "use": "sig", "endorsements": endorsed, **fields}
        self._published[kid] = {name: value for name, value in entry.items() if value is not None}

    def rotate(self, kid: str) -> None:
        """Sign with a new key from now on and publish only that."""
        self._published.clear()
        self.publish(kid)
        self.kid = kid

    def jwks(self) -> dict[str, Any]:
        """The published key set (RFC 7517)."""
        return {"keys": list(self._published.values())}

    def metadata(self, base_url: str) -> dict[str, Any]:
        """The OpenID document, with the key set at ``<base_url>/keys``."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{base_url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def token(
        self,
        claims: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        sign_with: str | None = None,
        algorithm: str = "RS256",
    ) -> str:
        """A signed token.

        Args:
            claims: put in, or in place of the right ones; ``exp`` and ``nbf`` in seconds from now.
            headers: put in, or in place of the right ones; None leaves one out.
            without: claims left out.
            sign_with: name of the key that really signs, if not the one the header names.
            algorithm: of the signature.
        """
        now = int(time.time())
        right = {"iss": self.issuer, "aud": self.app_id, "exp": 3600, "nbf": 0, "serviceurl": self.service_url}
        said = {name: value for name, value in {**right, **(claims or {})}.items() if name not in set(without)}
        for name in ("exp", "nbf", "iat"):
            if isinstance(said.get(name), int):
                said[name] += now
        head = {"kid": self.kid, **(headers or {})}
        key: Any = private_key(sign_with or self.kid)
        if algorithm.startswith("HS"):
            key = b"any secret that a forger may choose, long enough for all"
        elif algorithm == "none":
            key = None
        return _signed(said, head, key, algorithm)

    def header(self, claims: Mapping[str, Any] | None = None, **more: Any) -> str:
        """An ``Authorization`` header; takes what ``token`` takes."""
        return f"Bearer {self.token(claims, **more)}"


def activity(**fields: Any) -> dict[str, Any]:
    """The fields of an activity that matter to the check."""
    right = {
        "type": "message",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "conversation": {"id": "a:personal-1", "tenantId": TENANT_ID},
    }
    return {name: value for name, value in {**right, **fields}.items() if value is not None}


def public_jwk(key: RSAPrivateKey) -> dict[str, Any]:
    """The public half of a key as a JSON Web Key."""
    entry = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: entry[name] for name in ("kty", "n", "e")}


def _signed(claims: Mapping[str, Any], headers: Mapping[str, Any], key: Any, algorithm: str) -> str:
    """A token put together by hand, because the library that makes tokens refuses some of the faults we want."""
    written = {"typ": "JWT", "alg": algorithm, **headers}
    parts = [{name: value for name, value in written.items() if value is not None}, claims]
    signing_input = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    if algorithm == "none":
        return f"{signing_input}."
    signature = jwt.get_algorithm_by_name(algorithm).sign(signing_input.encode(), key)
    return f"{signing_input}.{base64url(signature)}"


def base64url(data: bytes) -> str:
    """RFC 7515's base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
