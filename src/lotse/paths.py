"""Paths of the project's files. Every path in the code is derived from one of these."""

from __future__ import annotations

import os
from pathlib import Path

from lotse.private_files import make_folder

HOME_VARIABLE = "LOTSE_HOME"
PRIVATE = ".lotse"
_MARKS = ("config.yml", "domain.yml", "data")


def home() -> Path:
    """The project folder: ``LOTSE_HOME``, or the nearest folder upwards that holds Rasa's files.

    A relative ``LOTSE_HOME`` is resolved against the current folder; an empty one counts as not set. `missing_in` lists
    the files that a named folder lacks.

    Raises:
        FileNotFoundError: there is none, or ``LOTSE_HOME`` names no folder.
    """
    if value := os.environ.get(HOME_VARIABLE):
        named = Path(value).resolve()
        if not named.is_dir():
            raise FileNotFoundError(f"{HOME_VARIABLE} is {named}, which is not a folder. Set it to a project folder.")
        return named
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if not missing_in(folder):
            return folder
    raise FileNotFoundError(
        f"No project here: {here} holds no {', '.join(_MARKS)}. Change into it or set {HOME_VARIABLE} to its path."
    )


def missing_in(folder: Path) -> list[str]:
    """Names of the files and folders that a project needs and `folder` lacks; empty if it is a project."""
    return [mark for mark in _MARKS if not (folder / mark).exists()]


def program() -> Path:
    """The folder of the running code, `actions` and the locks; the project folder too, unless another one is named."""
    return Path(__file__).resolve().parents[2]


def data() -> Path:
    """The content folder."""
    return home() / "data"


def models() -> Path:
    """The folder of trained models."""
    return home() / "models"


def private_folder() -> Path:
    """The folder of files made at run time (``.lotse``); created with mode 700 and kept out of version control."""
    folder = make_folder(home() / PRIVATE)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder
