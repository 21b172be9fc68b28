"""Session tokens: who holds one may go on with exactly one conversation, until it expires.

A token is its content and an HMAC-SHA256 over it (RFC 2104), so no server has to remember it: version, conversation,
language, expiry. There is one kind and one algorithm, nothing in a token chooses how it is checked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from lotse.channels.timestamps import iso

PREFIX = "web-"
_VERSION = "1"
_LONGEST = 200


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
    """The token of a session."""
    content = ".".join((_VERSION, session.id, session.language, str(session.expires)))
    return f"{content}.{_signature(content, key)}"


def read(token: str, key: bytes, now: float) -> Session:
    """The session of a token.

    Raises:
        ExpiredError: it was good once.
        TokenError: it is not ours.
    """
    content, _, signature = token.rpartition(".")
    if len(token) > _LONGEST or not token.isascii():
        raise TokenError
    if not hmac.compare_digest(signature, _signature(content, key)):
        raise TokenError
    version, identity, language, expires = content.split(".")
    if version != _VERSION:
        raise TokenError
    session = Session(identity, language, int(expires))
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


def _signature(content: str, key: bytes) -> str:
    digest = hmac.new(key, f"session\0{content}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=")


__all__ = [
    "ExpiredError",
    "Session",
    "TokenError",
    "bearer",
    "issue",
    "new_session",
    "read",
]
