"""Session tokens: who holds one may go on with exactly one conversation, until it expires.

A token is a JSON Web Token (RFC 7519) signed with HS256, so no server has to remember it. There is one kind and one
algorithm; nothing in a token chooses how it is checked (RFC 8725, 3.1).
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
# Tokens of the first version had a format of their own: version, conversation, language, expiry, signature.
_FIRST_VERSION = re.compile(r"1\.[0-9a-f]{32}\.[a-z-]+\.[0-9]+\.[A-Za-z0-9_-]+")


class TokenError(ValueError):
    """A token that opens nothing."""


class ExpiredError(TokenError):
    """A token that was good once."""


@dataclass(frozen=True)
class Session:
    """What a token stands for.

    Attributes:
        id: of the conversation, 128 random bits.
        language: it was begun in.
        expires: seconds since 1970.
    """

    id: str
    language: str
    expires: int

    @property
    def sender(self) -> str:
        """The name of the conversation in the tracker store."""
        return PREFIX + self.id

    @property
    def expires_at(self) -> str:
        """The expiry as ISO 8601 in UTC."""
        return iso(self.expires)


def new_session(language: str, now: float, hours: float) -> Session:
    """A session nobody can guess."""
    return Session(secrets.token_hex(16), language, int(now + hours * 3600))


def issue(session: Session, key: bytes) -> str:
    """The token of a session.

    Args:
        session: what it stands for.
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


def read(token: str, key: bytes, now: float) -> Session:
    """The session of a token.

    Args:
        token: as the client sent it.
        key: of this installation.
        now: seconds since 1970.

    Raises:
        ExpiredError: it was good once, or is of the first version.
        TokenError: it is not ours.
    """
    if len(token) > _LONGEST or not token.isascii():
        raise TokenError
    if _FIRST_VERSION.fullmatch(token):
        raise ExpiredError
    try:
        # The expiry is compared below: PyJWT takes no other clock than the system's.
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
    if now >= session.expires:
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
    """A key for tokens only (HKDF, RFC 5869), so that nothing else made with the installation's key is a signature."""
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
