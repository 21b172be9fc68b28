"""The secret key of an installation: it signs sessions and makes keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from lotse.errors import SettingsError
from lotse.operator_language import _


def keyed_hash(key: bytes, purpose: str, text: str) -> str:
    """A keyed hash of a text that must not be stored itself: 32 hexadecimal digits of HMAC-SHA256 (RFC 2104).

    Without the key nobody can test guesses against it.

    Args:
        key: of this installation.
        purpose: part of the hash, so that hashes of different purposes cannot be linked.
        text: the text; may contain unpaired surrogates.
    """
    mac = hmac.new(key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return mac.hexdigest()[:32]


VARIABLE = "LOTSE_SECRET_KEY"
_SHORTEST = 32


def secret_key(folder: Path) -> bytes:
    """The key from ``LOTSE_SECRET_KEY``, or from a file that is made on the first start.

    Args:
        folder: the folder of files made at run time, see `lotse.paths.private_folder`.

    Raises:
        SettingsError: the key is too short to resist guessing, or others can read the file.
    """
    if given := os.environ.get(VARIABLE):
        return _checked(given.encode(), VARIABLE)
    path = folder / "secret-key"
    if not path.exists():
        _make(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(
            _("{path}: others can read the key that signs sessions; run: chmod 600 {path}").format(path=path)
        )
    return _checked(path.read_bytes().strip(), str(path))


def _make(path: Path) -> None:
    """Write a new key atomically: if several servers start at once, one makes the key and all read it."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another server was first
    finally:
        draft.unlink()


def _checked(key: bytes, where: str) -> bytes:
    if len(key) < _SHORTEST:
        raise SettingsError(
            _(
                "{where}: the key that signs sessions has {count} characters and needs at least {least}; "
                "make one with: openssl rand -hex 32"
            ).format(where=where, count=len(key), least=_SHORTEST)
        )
    return key
