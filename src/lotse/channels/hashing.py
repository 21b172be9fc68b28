"""Names for what must not be stored itself."""

from __future__ import annotations

import hashlib
import hmac


def keyed_hash(key: bytes, purpose: str, text: str) -> str:
    """A name for something that must not be stored itself; without the key nobody can try texts against it.

    Args:
        key: of this installation.
        purpose: the same text has another name for every purpose, so that names cannot be joined.
        text: what is named; may hold halves of surrogate pairs.
    """
    mac = hmac.new(key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return mac.hexdigest()[:32]
