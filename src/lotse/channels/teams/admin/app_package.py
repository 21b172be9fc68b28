"""Builds the app package for Teams: manifest, translations and icons in one zip file.

Source: Microsoft Learn, “Microsoft Teams app manifest schema”, “Localize your app”, “Create prompts for your bot”.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lotse.content import Guide
from lotse.errors import OperationError
from lotse.operator_language import N_, _

AUTHORITY = "authority.yml"
ICONS = ("color.png", "outline.png")
MOST_COMMANDS = 12

Manifest = dict[str, Any]

_HOLE = re.compile(r"\$\{([a-z_]+)\}")
# Rules for the authority's own entries, which people see in Teams.
_NEEDED = {
    "developer": N_("who runs the Lotse"),
    "website": N_("the page with help and a person to ask"),
    "privacy": N_("the privacy notice"),
    "terms": N_("the terms of use"),
}


@dataclass(frozen=True)
class Package:
    """The files of a package before they are packed.

    Attributes:
        manifest: the manifest with all values filled in.
        translations: content of each language's file, by file name.
        icons: PNG files, by file name.
    """

    manifest: Manifest
    translations: Mapping[str, Mapping[str, str]]
    icons: Mapping[str, bytes]

    def files(self) -> dict[str, bytes]:
        """Content of the zip file, by file name."""
        texts = {"manifest.json": self.manifest, **self.translations}
        return {**{name: _json(content) for name, content in texts.items()}, **self.icons}


def read_authority(folder: Path) -> dict[str, str]:
    """The authority's entries for the manifest.

    Args:
        folder: ``teams/`` of the project.

    Raises:
        OperationError: an entry is missing or is not a text.
    """
    path = folder / AUTHORITY
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise OperationError(_("teams/{file} is missing or is not readable YAML.").format(file=AUTHORITY)) from None
    entries = content if isinstance(content, dict) else {}
    lacking = [name for name in _NEEDED if not isinstance(entries.get(name), str) or not entries[name].strip()]
    if lacking:
        listing = "\n".join(f"  {name}: {_(_NEEDED[name])}" for name in lacking)
        raise OperationError(
            _("In teams/{file}, entries are missing that Teams shows to everybody:\n{listing}").format(
                file=AUTHORITY, listing=listing
            )
        )
    return {name: entries[name].strip() for name in _NEEDED}


def build(
    folder: Path, values: Mapping[str, str], guides: Mapping[str, Guide], topics: Sequence[str], original: str
) -> Package:
    """The package made from the template.

    Args:
        folder: ``teams/`` of the project, with template, translations and icons.
        values: for each ``${…}`` of the template.
        guides: by language; their questions become the prompt starters.
        topics: ids of the topics to suggest, as many as fit.
        original: language of the template (ISO 639-1).

    Raises:
        OperationError: a file or a value of the template is missing, or a file is broken.
    """
    manifest: Manifest = _filled(_read(folder / "manifest.json"), values)
    files = {item["languageTag"]: item["file"] for item in manifest["localizationInfo"]["additionalLanguages"]}
    translations = {language: dict(_read(folder / name)) for language, name in files.items()}
    for at, entry in enumerate(manifest["bots"][0]["commandLists"]):
        commands = entry["commands"]
        room = MOST_COMMANDS - len(commands)
        shown = [topic for topic in topics if topic in guides[original].topics][:room]
        for number, topic in enumerate(shown, start=len(commands)):
            commands.append({"type": "prompt", **_prompt(guides[original], topic)})
            for language, texts in translations.items():
                if language in guides and topic in guides[language].topics:
                    where = f"bots[0].commandLists[{at}].commands[{number}]"
                    texts.update({f"{where}.{key}": text for key, text in _prompt(guides[language], topic).items()})
    icons = {name: _bytes(folder / name) for name in ICONS}
    return Package(manifest, {files[language]: texts for language, texts in translations.items()}, icons)


def packed(package: Package) -> bytes:
    """The package as a zip file.

    The same content gives the same bytes: times and permissions are fixed, and files are not compressed, because the
    result of compression depends on the library's version.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(package.files().items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()


def _prompt(guide: Guide, topic: str) -> dict[str, str]:
    """A question of the guide as a prompt of the manifest: its label as title, the question as prompt."""
    texts = guide.topics[topic]
    return {"title": texts.label, "description": texts.title, "prompt": texts.title}


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """A copy with every ``${name}`` replaced. This is done after parsing, so that no value can break the JSON."""
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    if isinstance(template, str):
        return _HOLE.sub(lambda hole: _value(hole[1], values), template)
    return copy.copy(template)


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise OperationError(_("teams/manifest.json: there is no value for ${{{name}}}.").format(name=name))
    return values[name]


def _read(path: Path) -> Any:
    try:
        return json.loads(_bytes(path).decode("utf-8"))
    except ValueError as error:
        raise OperationError(
            _("teams/{name} is not readable JSON: {error}").format(name=path.name, error=error)
        ) from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise OperationError(_("teams/{name} is missing or not readable.").format(name=path.name)) from None


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
