"""Finds and installs the servers that the tests of the stores start themselves: PostgreSQL and Redis."""

from __future__ import annotations

import shutil
from pathlib import Path

from lotse.cli.debian_packages import installed
from lotse.errors import OperationError
from lotse.operator_language import _

# What each command comes with on Debian.
PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server"}
# Debian keeps PostgreSQL's servers out of the search path, each version in a folder of its own.
_DEBIAN = Path("/usr/lib/postgresql")


def ensure_stores() -> None:
    """Find PostgreSQL and Redis; on Debian, as root, install what is missing.

    Raises:
        OperationError: something is missing and cannot be installed here; says how to get it.
    """
    if absent := installed(missing, PACKAGES):
        raise OperationError(
            _("The tests of the stores need: {missing}. On Debian: apt-get install {packages}.").format(
                missing=", ".join(absent), packages=" ".join(PACKAGES[name] for name in absent)
            )
        )


def missing() -> list[str]:
    """Names of commands that are not installed."""
    return [name for name in PACKAGES if program(name) is None]


def program(name: str) -> Path | None:
    """A program of PostgreSQL or Redis, of the newest version there is; None if it is not installed."""
    if found := shutil.which(name):
        return Path(found)
    versions = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return versions[-1] if versions else None
