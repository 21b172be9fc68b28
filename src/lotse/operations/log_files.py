"""Logs of the servers that neither begin anew with each start nor grow without end."""

from __future__ import annotations

import shutil
from pathlib import Path

from lotse.private_files import make_file

MOST_BYTES = 10 * 1024**2
KEPT = 4


def rotate(log: Path, most_bytes: int = MOST_BYTES, kept: int = KEPT) -> bool:
    """Set a log aside if it is too long: its text moves to ``.1``, that of ``.1`` to ``.2``, and the oldest goes.

    The file itself stays, because a running server writes to it, at its end (opened for appending). What is written in
    the moment between copying and emptying is lost.

    Args:
        log: may be missing.
        most_bytes: longest size.
        kept: how many are kept beside it.

    Returns:
        Whether it was set aside.
    """
    if not log.exists() or log.stat().st_size <= most_bytes:
        return False
    for number in range(kept, 1, -1):
        earlier = _numbered(log, number - 1)
        if earlier.exists():
            earlier.replace(_numbered(log, number))
    with log.open("rb") as source, make_file(_numbered(log, 1)).open("wb") as copy:
        shutil.copyfileobj(source, copy)
    with log.open("r+b") as file:
        file.truncate(0)
    return True


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
