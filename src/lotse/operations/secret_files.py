"""Secrets from files, as systemd (`LoadCredential=`), Docker and Kubernetes hand them out: one for each variable.

What stands in the environment of a process can be read by whoever may look at its settings (`systemctl show`,
`docker inspect`); a file is read by its account only. https://systemd.io/CREDENTIALS/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lotse.errors import OperationError
from lotse.operator_language import _

# The first is set by systemd, the second by an operator.
FOLDERS = ("CREDENTIALS_DIRECTORY", "LOTSE_SECRETS_FOLDER")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_LARGEST = 64 * 1024


def with_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment with a variable for every file of the folders it names; a variable that is set stays.

    Files with other names are left alone, such as those by which Kubernetes swaps a whole folder.

    Raises:
        OperationError: a folder or file cannot be read.
    """
    found: dict[str, str] = {}
    for variable in FOLDERS:
        if folder := environment.get(variable):
            found = {**_read(variable, Path(folder)), **found}
    return {**found, **environment}


def _read(variable: str, folder: Path) -> dict[str, str]:
    path = folder
    found = {}
    try:
        for path in sorted(folder.iterdir()):
            if _NAME.fullmatch(path.name) and path.is_file():
                if path.stat().st_size > _LARGEST:
                    raise ValueError(_("it is too large for a secret"))
                # An editor ends the last line, a secret does not.
                found[path.name] = path.read_text(encoding="utf-8").rstrip("\r\n")
                if "\0" in found[path.name]:
                    raise ValueError(_("it is no text"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or (
            _("it is no text") if isinstance(error, UnicodeDecodeError) else str(error)
        )
        text = _("{variable} leads to {path}, which cannot be used: {reason}.")
        raise OperationError(text.format(variable=variable, path=path, reason=reason)) from None
    return found
