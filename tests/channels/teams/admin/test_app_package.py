"""The app package: what is filled in, what is refused, and that the same content gives the same bytes."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lotse.answering import load_settings
from lotse.channels.teams.admin import package_checks
from lotse.channels.teams.admin.app_package import Package, build, packed, read_authority
from lotse.channels.teams.admin.package_checks import problems
from lotse.content import Guide, load_guide
from lotse.errors import OperationError

HOME = Path(__file__).parents[4]
TEAMS = HOME / "teams"
VALUES = {
    "app_id": "12345678-1234-4234-8234-123456789abc",
    "version": "1.2.3",
    "developer": "Stadt Beispiel",
    "website": "https://stadt.example.org/lotse",
    "privacy": "https://stadt.example.org/datenschutz",
    "terms": "https://stadt.example.org/nutzung",
}


@pytest.fixture(scope="module")
def guides() -> dict[str, Guide]:
    return {language: load_guide(HOME / "data", language) for language in ("de", "en")}


@pytest.fixture
def package(guides: dict[str, Guide]) -> Package:
    return build(TEAMS, VALUES, guides, load_settings(HOME / "data").suggested_topics, "de")


def commands(package: Package, at: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = package.manifest["bots"][0]["commandLists"][at]["commands"]
    return found


def test_the_ids_and_the_authority_are_filled_in(package: Package) -> None:
    manifest = package.manifest
    assert manifest["id"] == manifest["bots"][0]["botId"] == VALUES["app_id"]
    assert manifest["version"] == "1.2.3"
    assert set(manifest["developer"].values()) == {VALUES[key] for key in ("developer", "website", "privacy", "terms")}
    assert "${" not in json.dumps(manifest)


def test_a_value_cannot_break_out_of_its_place(guides: dict[str, Guide]) -> None:
    odd = {**VALUES, "developer": '"}, {"x": "${app_id}'}
    assert build(TEAMS, odd, guides, [], "de").manifest["developer"]["name"] == '"}, {"x": "${app_id}'


def test_prompt_starters_are_questions_of_the_guide(package: Package, guides: dict[str, Guide]) -> None:
    starters = [command for command in commands(package, 0) if command.get("type") == "prompt"]
    titles = {topic.title for topic in guides["de"].topics.values()}
    assert len(starters) >= 3
    assert {command["prompt"] for command in starters} <= titles
    english = {topic.title for topic in guides["en"].topics.values()}
    for number, _ in enumerate(starters, start=1):
        assert package.translations["en.json"][f"bots[0].commandLists[0].commands[{number}].prompt"] in english


def test_prompt_starters_are_shown_in_groups_too(package: Package) -> None:
    personal, groups = ([item for item in commands(package, at) if item.get("type") == "prompt"] for at in (0, 1))
    assert groups == personal
    assert package.translations["en.json"]["bots[0].commandLists[1].commands[1].prompt"]


def test_starters_stop_where_teams_stops(guides: dict[str, Guide]) -> None:
    package = build(TEAMS, VALUES, guides, ["unheard_of", *guides["de"].topics], "de")
    assert len(commands(package, 0)) == 12
    assert problems(package) == []


def test_a_guide_without_english_still_makes_a_package(guides: dict[str, Guide]) -> None:
    package = build(TEAMS, VALUES, {"de": guides["de"]}, ["blocking"], "de")
    assert commands(package, 0)[1]["title"] == guides["de"].topics["blocking"].label
    assert any("die Übersetzung" in line for line in problems(package))


def test_the_package_as_shipped_is_fine(package: Package) -> None:
    assert problems(package) == []


def test_help_is_a_command_everywhere(package: Package) -> None:
    lists = package.manifest["bots"][0]["commandLists"]
    scopes = {scope for entry in lists if entry["commands"][0]["title"] == "Hilfe" for scope in entry["scopes"]}
    assert scopes == set(package.manifest["bots"][0]["scopes"]) == {"personal", "team", "groupChat"}


def test_the_zip_holds_these_files_and_is_always_the_same(package: Package) -> None:
    content = packed(package)
    assert content == packed(package)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["color.png", "en.json", "manifest.json", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == package.manifest
        assert archive.read("color.png") == (TEAMS / "color.png").read_bytes()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


Breakage = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda m: m.update(id="lotse"), "LOTSE_TEAMS_APP_ID"),
        (lambda m: m.update(version="1.0"), "--version"),
        (lambda m: m["developer"].update(name="x" * 33), "developer: höchstens 32"),
        (lambda m: m["developer"].update(privacyUrl="http://stadt.example.org"), "privacy: muss eine Adresse"),
        (lambda m: m["developer"].update(websiteUrl="https://[::1"), "website: muss eine Adresse"),
        (lambda m: m["description"].update(short="x" * 81), "description.short: hat 81 Zeichen"),
        (lambda m: m["name"].update(short=""), "name.short: hat 0 Zeichen"),
        (lambda m: m["bots"][0]["commandLists"][1]["commands"].extend([{"title": "x"}] * 12), "mehr als 12 Befehle"),
    ],
)
def test_what_teams_refuses_is_named(package: Package, damage: Breakage, said: str) -> None:
    damage(package.manifest)
    assert said in "\n".join(problems(package))


def test_translations_fit_the_manifest(package: Package) -> None:
    texts = dict(package.translations["en.json"])
    del texts["description.short"]
    texts["bots[0].commandLists[0].commands[11].title"] = "Nobody"
    found = "\n".join(problems(replace(package, translations={"en.json": texts})))
    assert "die Übersetzung von description.short fehlt" in found
    assert "commands[11].title: übersetzt einen Text, den es im Manifest nicht gibt" in found


def test_icons_are_checked(package: Package, drawing: ModuleType) -> None:
    coloured, opaque = drawing.outline(), drawing.outline()
    coloured[5, 5] = (255, 0, 0, 255)
    opaque[..., 3] = 255
    for content, said in (
        (package.icons["color.png"], "192 × 192"),
        (b"GIF89a", "kein PNG"),
        (drawing.png(coloured), "nur Weiß"),
        (drawing.png(opaque), "nur Weiß"),
    ):
        found = problems(replace(package, icons={**package.icons, "outline.png": content}))
        assert len(found) == 1
        assert said in found[0]


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    specification = importlib.util.spec_from_file_location("draw_icons", TEAMS / "draw_icons.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["color", "outline"])
def test_the_icons_are_those_of_the_drawing(drawing: ModuleType, name: str) -> None:
    drawn = getattr(drawing, name)()
    content = (TEAMS / f"{name}.png").read_bytes()
    # Pixels, not bytes: another version of zlib packs them otherwise.
    start = content.index(b"IDAT") + 4
    rows = zlib.decompress(content[start : content.index(b"IEND") - 8])
    shipped = np.frombuffer(rows, np.uint8).reshape(drawn.shape[0], -1)[:, 1:].reshape(drawn.shape)
    assert np.abs(shipped.astype(int) - drawn.astype(int)).max() <= 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("developer: Stadt\nwebsite: null\nprivacy: https://x.example.org\nterms: ' '\n", ["website", "terms"]),
        ("- 1\n", ["developer", "website", "privacy", "terms"]),
        ("{", ["kein lesbares YAML"]),
    ],
)
def test_missing_entries_of_the_authority_are_named(tmp_path: Path, content: str, said: list[str]) -> None:
    (tmp_path / "authority.yml").write_text(content, encoding="utf-8")
    with pytest.raises(OperationError) as error:
        read_authority(tmp_path)
    assert all(word in str(error.value) for word in said)
    assert ("developer" in str(error.value)) == ("developer" in said)


def test_a_broken_template_is_one_sentence(tmp_path: Path, guides: dict[str, Guide]) -> None:
    shutil.copytree(TEAMS, tmp_path / "teams", ignore=shutil.ignore_patterns("node_modules"))
    with pytest.raises(OperationError, match=r"für \$\{terms\} gibt es keine Angabe"):
        build(tmp_path / "teams", _without("terms"), guides, [], "de")
    (tmp_path / "teams/en.json").write_text("{", encoding="utf-8")
    with pytest.raises(OperationError, match=r"en\.json ist kein lesbares JSON"):
        build(tmp_path / "teams", VALUES, guides, [], "de")
    (tmp_path / "teams/outline.png").unlink()
    (tmp_path / "teams/en.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OperationError, match=r"outline\.png fehlt"):
        build(tmp_path / "teams", VALUES, guides, [], "de")


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in VALUES.items() if key != name}


# --- Microsoft's schema ---------------------------------------------------------------------------------------------


def schemas_in(folder: Path, version: str = "1.1.2") -> Path:
    """A fake of Microsoft's npm package, with a schema as strict as we need it."""
    package = folder / "node_modules/@microsoft/app-manifest"
    schemas = package / "build/json-schemas/teams"
    target = schemas / "v1.28"
    target.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}), encoding="utf-8")
    manifest: dict[str, Any] = {
        "properties": {"accentColor": {"pattern": "^#[0-9a-fA-F]{6}$"}, "id": {"$ref": "#/definitions/guid"}},
        "definitions": {"guid": {"maxLength": 36}},
    }
    (target / "MicrosoftTeams.schema.json").write_text(json.dumps(manifest), encoding="utf-8")
    words = {"properties": {"name.short": {"maxLength": 30}}}
    (target / "MicrosoftTeams.Localization.schema.json").write_text(json.dumps(words), encoding="utf-8")
    shutil.copy(TEAMS / "package-lock.json", folder)
    return schemas


def test_what_the_schema_refuses_is_named_with_its_place(package: Package, tmp_path: Path) -> None:
    schemas = schemas_in(tmp_path)
    assert package_checks.schema_problems(package, schemas) == []
    package.manifest["accentColor"] = "blue"
    long_name = replace(package, translations={"en.json": {"name.short": "x" * 31}})
    found = package_checks.schema_problems(long_name, schemas)
    assert [line.split(":")[0] for line in found] == ["teams/manifest.json, accentColor", "teams/en.json, name.short"]


def test_a_schema_that_would_need_the_network_is_refused(package: Package, tmp_path: Path) -> None:
    schemas = schemas_in(tmp_path)
    remote = {"properties": {"id": {"$ref": "https://schemas.example.org/guid.json"}}}
    (schemas / "v1.28/MicrosoftTeams.schema.json").write_text(json.dumps(remote), encoding="utf-8")
    with pytest.raises(OperationError, match="ohne Netz"):
        package_checks.schema_problems(package, schemas)


def test_a_version_microsoft_does_not_know_is_said(package: Package, tmp_path: Path) -> None:
    package.manifest["manifestVersion"] = "9.9"
    assert "kein lesbares Schema v9.9" in package_checks.schema_problems(package, schemas_in(tmp_path))[0]


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What npm was asked; it is there and brings nothing."""
    asked: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **_: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    return asked


def test_the_schema_is_fetched_once_and_without_scripts(tmp_path: Path, npm: list[tuple[str, ...]]) -> None:
    assert package_checks.ensure_schemas(tmp_path, {}) is None
    assert npm == [("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")]
    schemas = schemas_in(tmp_path)
    assert package_checks.ensure_schemas(tmp_path, {}) == schemas
    assert len(npm) == 1


def test_an_older_schema_than_the_locked_one_is_fetched_again(tmp_path: Path, npm: list[tuple[str, ...]]) -> None:
    schemas_in(tmp_path, version="1.0.0")
    assert package_checks.ensure_schemas(tmp_path, {}) is None
    assert len(npm) == 1


def test_without_node_it_goes_on_but_not_where_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert package_checks.ensure_schemas(tmp_path, {}) is None
    with pytest.raises(OperationError, match="npm ci --ignore-scripts"):
        package_checks.ensure_schemas(tmp_path, {"CI": "true"})


def test_the_lock_names_hashes_and_no_addresses() -> None:
    text = (TEAMS / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert "resolved" not in text
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)
