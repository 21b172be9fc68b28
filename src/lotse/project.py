"""Where the project's files are. Every path in the code starts here."""

from __future__ import annotations

import os
from pathlib import Path

from lotse.private_files import make_folder

HOME_VARIABLE = "LOTSE_HOME"
PRIVATE = ".lotse"
_MARKS = ("config.yml", "domain.yml", "data")


def home() -> Path:
    """The project folder: ``LOTSE_HOME``, or the nearest folder upwards that holds Rasa's files.

    Raises:
        FileNotFoundError: there is none.
    """
    if named := os.environ.get(HOME_VARIABLE):
        return Path(named).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if all((folder / mark).exists() for mark in _MARKS):
            return folder
    raise FileNotFoundError(
        f"No project here: {here} holds no {', '.join(_MARKS)}. Change into it or set {HOME_VARIABLE} to its path."
    )


def data() -> Path:
    """The content folder."""
    return home() / "data"


def models() -> Path:
    """The folder of trained models."""
    return home() / "models"


def private_folder() -> Path:
    """The folder of what arises while running, made if missing, closed to others and kept out of version control."""
    folder = make_folder(home() / PRIVATE)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder
