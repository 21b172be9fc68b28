"""Checks of the app package: what Teams refuses or shows badly, and Microsoft's schema.

Node.js only fetches the schema from Microsoft's npm package, Python reads it.
The schema knows lengths and patterns; it does not know that a translation misses a text or that an icon has the wrong
size. Source: Microsoft Learn, “Microsoft Teams app manifest schema” and “App icons”.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lotse.channels.teams.admin.app_package import AUTHORITY, MOST_COMMANDS, Package
from lotse.errors import OperationError
from lotse.operator_language import _

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")
SIDES = {"color.png": 192, "outline.png": 32}
_LIMITS = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4000}
_DEVELOPER_LENGTH = 32
_TITLE_LENGTH, _PROMPT_LENGTH = 128, 4000
_URLS = {"websiteUrl": "website", "privacyUrl": "privacy", "termsOfUseUrl": "terms"}


def problems(package: Package) -> list[str]:
    """All problems of a package in the operator's language, each with the file to change; empty if there are none."""
    texts = dict(_texts(package.manifest))
    return [
        *_ids(package.manifest),
        *_developer(package.manifest["developer"]),
        *_lengths("manifest.json", texts),
        *_commands(package.manifest),
        *(line for name, words in package.translations.items() for line in _translation(name, words, texts)),
        *(line for name, content in package.icons.items() for line in _icon(name, content)),
    ]


def _ids(manifest: Mapping[str, Any]) -> Iterator[str]:
    if not GUID.fullmatch(manifest["id"]):
        yield _("The app id is not an id like 00000000-0000-0000-0000-000000000000: check LOTSE_TEAMS_APP_ID.")
    if not VERSION.fullmatch(manifest["version"]):
        yield _("The version “{version}” is not like 1.0.0: check --version.").format(version=manifest["version"])


def _developer(developer: Mapping[str, str]) -> Iterator[str]:
    if not 0 < len(developer["name"]) <= _DEVELOPER_LENGTH:
        yield _("teams/{file}, developer: at most {most} characters.").format(file=AUTHORITY, most=_DEVELOPER_LENGTH)
    for key, entry in _URLS.items():
        if not _is_web_address(developer[key]):
            yield _("teams/{file}, {entry}: must be an address that begins with https://.").format(
                file=AUTHORITY, entry=entry
            )


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


def _lengths(name: str, texts: Mapping[str, str]) -> Iterator[str]:
    for key, text in texts.items():
        most = _LIMITS.get(key) or (_TITLE_LENGTH if key.endswith(".title") else _PROMPT_LENGTH)
        if not 0 < len(text) <= most:
            yield _("teams/{name}, {key}: has {count} characters, 1 to {most} are allowed.").format(
                name=name, key=key, count=len(text), most=most
            )


def _commands(manifest: Mapping[str, Any]) -> Iterator[str]:
    for entry in manifest["bots"][0]["commandLists"]:
        if len(entry["commands"]) > MOST_COMMANDS:
            yield _("teams/manifest.json: more than {most} commands for {scopes}.").format(
                most=MOST_COMMANDS, scopes=", ".join(entry["scopes"])
            )


def _translation(name: str, words: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    named = {key: text for key, text in words.items() if not key.startswith("$")}
    yield from _lengths(name, named)
    for key in named.keys() - texts.keys():
        yield _("teams/{name}, {key}: translates a text that the manifest does not have.").format(name=name, key=key)
    for key in texts.keys() - named.keys():
        yield _("teams/{name}: the translation of {key} is missing.").format(name=name, key=key)


def _texts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text that people read, with the key that translations use for it."""
    for part in ("name", "description"):
        for length in ("short", "full"):
            yield f"{part}.{length}", manifest[part][length]
    for at, entry in enumerate(manifest["bots"][0]["commandLists"]):
        for number, command in enumerate(entry["commands"]):
            for key in ("title", "description", "prompt"):
                if key in command:
                    yield f"bots[0].commandLists[{at}].commands[{number}].{key}", command[key]


def _icon(name: str, content: bytes) -> Iterator[str]:
    side = SIDES[name]
    size = _png_size(content)
    if size != (side, side):
        found = _("not a PNG") if size is None else f"{size[0]} × {size[1]}"
        yield _("teams/{name}: must be a PNG of {side} × {side} pixels, but is {found}.").format(
            name=name, side=side, found=found
        )
    elif name == "outline.png" and _is_coloured(content):
        yield _("teams/{name}: may only be white on a transparent background.").format(name=name)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 33:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _is_coloured(content: bytes) -> bool:
    """Whether a PNG contains a colour other than white, or no transparent pixel.

    Only PNGs as written by our own drawing program can be read (8 bits, four channels, no filter); False for others.
    """
    if content[24:26] != b"\x08\x06":
        return False
    width, _ = struct.unpack(">II", content[16:24])
    try:
        rows = zlib.decompress(b"".join(_chunks(content, b"IDAT")))
    except (zlib.error, struct.error):
        return False
    step = 1 + 4 * width
    lines = [rows[at : at + step] for at in range(0, len(rows), step)]
    if any(line[0] for line in lines):
        return False
    white = all(set(line[1 + channel :: 4]) <= {255} for line in lines for channel in range(3))
    return not white or not any(0 in line[4::4] for line in lines)


def _chunks(content: bytes, kind: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        if name == kind:
            yield content[at + 8 : at + 8 + length]
        at += 12 + length


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
