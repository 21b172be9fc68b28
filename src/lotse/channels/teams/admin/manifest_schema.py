"""Checks the app package with Microsoft's schema from its npm package; Node.js only fetches it, Python reads it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lotse.channels.teams.admin.app_package import Package
from lotse.errors import OperationError
from lotse.operator_language import _

_SCHEMAS = Path("node_modules/@microsoft/app-manifest/build/json-schemas/teams")
# No scripts of packages are run; the lock names their hashes.
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
# Needs Node.js and the network.
BY_HAND = "npm ci --ignore-scripts"


def ensure_schemas(folder: Path, environment: Mapping[str, str] | None = None) -> Path | None:
    """The folder of the schemas; they are fetched once with npm.

    Args:
        folder: ``teams/`` of the project.
        environment: with ``CI`` in it the check must not be skipped; the process's variables if not given.

    Returns:
        The folder; None if the schemas are missing and npm is not installed. Our own checks still apply.

    Raises:
        OperationError: they are missing and cannot be fetched although ``CI`` is set.
    """
    if _current(folder):
        return folder / _SCHEMAS
    if shutil.which("npm") is not None:
        subprocess.run(INSTALL, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        if _current(folder):
            return folder / _SCHEMAS
    if (os.environ if environment is None else environment).get("CI"):
        raise OperationError(
            _(
                "Microsoft's schema is missing; nothing is checked here without it. To get it, run in the folder "
                "teams: {command} (needs Node.js and network access)"
            ).format(command=BY_HAND)
        )
    return None


def schema_problems(package: Package, schemas: Path) -> list[str]:
    """Violations of Microsoft's schema: file, place and the validator's message in English. Uses no network."""
    folder = schemas / f"v{package.manifest['manifestVersion']}"
    found = list(_violations("manifest.json", package.manifest, folder / "MicrosoftTeams.schema.json"))
    for name, texts in package.translations.items():
        found += _violations(name, texts, folder / "MicrosoftTeams.Localization.schema.json")
    return found


def _violations(name: str, content: Mapping[str, Any], path: Path) -> Iterator[str]:
    import jsonschema

    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield _("teams/{name}: Microsoft's package has no readable schema {folder}/{file}.").format(
            name=name, folder=path.parent.name, file=path.name
        )
        return
    # Only relative references are resolved, so no network is used.
    validator = jsonschema.Draft4Validator(schema, resolver=jsonschema.RefResolver("", schema, handlers=_OFFLINE))
    try:
        errors = sorted(validator.iter_errors(content), key=lambda error: [str(part) for part in error.absolute_path])
    except jsonschema.RefResolutionError as error:
        raise OperationError(str(error)) from None
    for violation in errors:
        place = ".".join(str(part) for part in violation.absolute_path) or _("as a whole")
        yield _("teams/{name}, {place}: Microsoft's schema refuses this (message: {message}).").format(
            name=name, place=place, message=violation.message
        )


def _refuse(address: str) -> Any:
    raise LookupError(
        _("Microsoft's schema refers to {address}; it is checked without a network.").format(address=address)
    )


_OFFLINE = {"http": _refuse, "https": _refuse}


def _current(folder: Path) -> bool:
    """Whether the version in package-lock.json is installed."""
    package = "node_modules/@microsoft/app-manifest"
    try:
        lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
        installed = json.loads((folder / package / "package.json").read_text(encoding="utf-8"))
        return bool(installed["version"] == lock["packages"][package]["version"]) and (folder / _SCHEMAS).is_dir()
    except (OSError, ValueError, KeyError, TypeError):
        return False
