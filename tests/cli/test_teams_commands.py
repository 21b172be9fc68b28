"""`./lotse teams package`: what it writes, where, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from lotse.cli import main

HOME = Path(__file__).parents[2]
APP_ID = "12345678-1234-4234-8234-123456789abc"
AUTHORITY = """
developer: Stadt Beispiel
website: https://stadt.example.org/lotse
privacy: https://stadt.example.org/datenschutz
terms: https://stadt.example.org/nutzung
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose authority has filled everything in, on a machine without Node.js."""
    shutil.copytree(HOME / "data", tmp_path / "data")
    shutil.copytree(HOME / "teams", tmp_path / "teams", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("config.yml", "domain.yml", "credentials.yml"):
        shutil.copy(HOME / name, tmp_path)
    (tmp_path / "teams/authority.yml").write_text(AUTHORITY, encoding="utf-8")
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    monkeypatch.setenv("LOTSE_TEAMS_APP_ID", APP_ID)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return tmp_path


def lotse(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["teams", "package", *arguments])
    return int(end.value.code or 0)


def test_a_package_is_written_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lotse("--version", "1.4.0") == 0
    captured = capsys.readouterr()
    path = project / "build" / "lotse-teams-1.4.0.zip"
    assert captured.out.strip() == str(path)
    assert "npm ci --ignore-scripts" in captured.err
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["bots"][0]["botId"] == APP_ID
    assert manifest["developer"]["name"] == "Stadt Beispiel"


def test_the_id_can_be_given_and_the_place_chosen(project: Path) -> None:
    other = APP_ID.replace("1", "2")
    assert lotse("--app-id", other, "--out", str(project / "there" / "app.zip")) == 0
    with zipfile.ZipFile(project / "there" / "app.zip") as archive:
        assert json.loads(archive.read("manifest.json"))["id"] == other


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--version", "1"], "--version prüfen"),
        (["--app-id", "lotse"], "LOTSE_TEAMS_APP_ID prüfen"),
        (["--out", "config.yml/app.zip"], "lässt sich nicht schreiben"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(project)
    assert lotse(*arguments) == 1
    assert said in capsys.readouterr().err
    assert not (project / "build").exists()


def test_without_an_id_it_says_where_to_put_it(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOTSE_TEAMS_APP_ID")
    assert lotse() == 1
    assert "LOTSE_TEAMS_APP_ID setzen oder --app-id" in capsys.readouterr().err
    monkeypatch.setenv("LOTSE_TEAMS_APP_ID", "lotse")
    assert lotse() == 1
    assert "LOTSE_TEAMS_APP_ID: ist keine gültige App-ID" in capsys.readouterr().err


def test_the_template_is_checked_without_anybodys_entries(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "teams/authority.yml").unlink()
    assert lotse("--check") == 0
    assert "Vorlage des App-Pakets ist in Ordnung" in capsys.readouterr().err
    assert not (project / "build").exists()


def test_an_automatic_check_does_not_pass_unchecked(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert lotse("--check") == 1
    assert "Microsofts Schema fehlt" in capsys.readouterr().err
