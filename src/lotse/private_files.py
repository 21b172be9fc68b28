"""Files and folders that only their owner can read: conversations, ratings and logs hold what people wrote."""

from __future__ import annotations

import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)

_FOLDER = 0o700
_FILE = 0o600
_OTHERS = 0o077


def make_folder(path: Path) -> Path:
    """Make a folder with mode 700, its parents too if they are missing; narrow it if it is there already.

    Args:
        path: of a folder that belongs to the assistant alone.
    """
    path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    narrow(path)
    return path


def make_file(path: Path) -> Path:
    """Make an empty file with mode 600 if it is missing; narrow it if it is there already, its content stays."""
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, _FILE))
    narrow(path)
    return path


def narrow(path: Path) -> None:
    """Remove all permissions of group and others from a file or folder. If that fails, a log line says what to do.

    Args:
        path: may be missing.
    """
    if os.name != "posix":
        # Windows has no such modes: its folders pass on who may read them.
        return
    try:
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(mode & 0o777 & ~_OTHERS)
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("Others can read %s, and this cannot be changed (%s). Run: chmod go= %s", path, error, path)
