"""Session tokens: the holder may continue exactly one conversation until the token expires.

A token is a JSON Web Token (RFC 7519) signed with HS256, so servers do not store it. There is one kind of token and one
algorithm; nothing in a token chooses how it is verified (RFC 8725, 3.1).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lotse.channels.web.http_messages import iso

PREFIX = "web-"
_ALGORITHM = "HS256"
_ISSUER = "social-media-lotse"
_AUDIENCE = "web-chat"
_REQUIRED = ["iss", "aud", "sub", "lang", "exp"]
# Ours have about 250 characters.
_LONGEST = 512
# Tokens of the first version had another format: version, conversation, language, expiry, signature.
_FIRST_VERSION = re.compile(r"1\.[0-9a-f]{32}\.[a-z-]+\.[0-9]+\.[A-Za-z0-9_-]+")


class TokenError(ValueError):
    """The token is not valid."""


class ExpiredError(TokenError):
    """The token was valid but has expired."""


@dataclass(frozen=True)
class Session:
    """The session of a token.

    Attributes:
        id: of the conversation, 128 random bits.
        language: in which it was begun (ISO 639-1).
        expires: seconds since 1970.
    """

    id: str
    language: str
    expires: int

    @property
    def sender(self) -> str:
        """The sender id of the conversation in the tracker store."""
        return PREFIX + self.id

    @property
    def expires_at(self) -> str:
        """The expiry as ISO 8601 in UTC."""
        return iso(self.expires)


def new_session(language: str, now: float, hours: float) -> Session:
    """A new session with a random id."""
    return Session(secrets.token_hex(16), language, int(now + hours * 3600))


def issue(session: Session, key: bytes) -> str:
    """The signed token of a session.

    Args:
        session: the session.
        key: of this installation.
    """
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": session.id,
        "lang": session.language,
        "exp": session.expires,
    }
    return jwt.encode(claims, _signing_key(key), _ALGORITHM)


def read(token: str, key: bytes, now: float | None) -> Session:
    """The session of a token.

    Args:
        token: as the client sent it.
        key: of this installation.
        now: seconds since 1970; None takes a token that has expired, too: for deleting only.

    Raises:
        ExpiredError: it has expired, or is of the first version.
        TokenError: it is not valid.
    """
    if len(token) > _LONGEST or not token.isascii():
        raise TokenError
    if _FIRST_VERSION.fullmatch(token):
        raise ExpiredError
    try:
        # The expiry is compared below, because PyJWT always uses the system's clock.
        claims = jwt.decode(
            token,
            _signing_key(key),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": _REQUIRED, "verify_exp": False},
        )
    except jwt.InvalidTokenError:
        raise TokenError from None
    session = Session(claims["sub"], claims["lang"], claims["exp"])
    if now is not None and now >= session.expires:
        raise ExpiredError
    return session


def bearer(header: str | None) -> str:
    """The token of an ``Authorization`` header.

    Raises:
        TokenError: there is none.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenError
    return token.strip()


@lru_cache
def _signing_key(key: bytes) -> bytes:
    """The key that signs tokens, derived with HKDF (RFC 5869), so that no other use of the secret key makes tokens."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"session").derive(key)


__all__ = [
    "ExpiredError",
    "Session",
    "TokenError",
    "bearer",
    "issue",
    "new_session",
    "read",
]
