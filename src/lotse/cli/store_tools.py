"""Finds and installs the servers that tests start themselves or let read their examples: PostgreSQL, Redis, nginx."""

from __future__ import annotations

import shutil
from pathlib import Path

from lotse.cli.debian_packages import installed
from lotse.errors import OperationError
from lotse.operator_language import _

# What each command comes with on Debian.
PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server", "nginx": "nginx-light"}
# Debian keeps PostgreSQL's servers out of the search path, each version in a folder of its own.
DEBIAN = Path("/usr/lib/postgresql")
# Not in everybody's search path.
SYSTEM = Path("/usr/sbin")


def ensure_stores() -> None:
    """Find the servers; on Debian, as root, install what is missing.

    Raises:
        OperationError: something is missing and cannot be installed here; says how to get it.
    """
    if absent := installed(missing, PACKAGES):
        raise OperationError(
            _("The tests of stores and proxy need: {missing}. On Debian: apt-get install {packages}.").format(
                missing=", ".join(absent), packages=" ".join(PACKAGES[name] for name in absent)
            )
        )


def missing() -> list[str]:
    """Names of commands that are not installed."""
    return [name for name in PACKAGES if program(name) is None]


def program(name: str) -> Path | None:
    """One of these programs, of the newest version there is; None if it is not installed."""
    if found := shutil.which(name):
        return Path(found)
    if (SYSTEM / name).exists():
        return SYSTEM / name
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return versions[-1] if versions else None
