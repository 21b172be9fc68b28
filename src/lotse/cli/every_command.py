"""Shared by all commands: the option ``--version`` and the check of the project folder."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import typer

from lotse import __version__
from lotse.errors import OperationError
from lotse.operator_language import _
from lotse.paths import HOME_VARIABLE, missing_in


def print_version(wanted: bool) -> None:
    """Print the versions that an error report should name, and exit."""
    if wanted:
        rasa, python = version("rasa"), platform.python_version()
        typer.echo(f"Social-Media-Lotse {__version__}, Rasa {rasa}, Python {python}")
        raise typer.Exit


def require_named_project() -> None:
    """Check that the folder named by ``LOTSE_HOME`` is a project, before anything is read or written there.

    Raises:
        OperationError: it is not; the text names the missing files.
    """
    value = os.environ.get(HOME_VARIABLE)
    if value and (missing := missing_in(Path(value))):
        text = _(
            "{variable} is {folder}, and that is not a project folder: it lacks {files}. Set {variable} to the project "
            "folder or leave it out."
        )
        raise OperationError(
            text.format(variable=HOME_VARIABLE, folder=Path(value).resolve(), files=", ".join(missing))
        )
