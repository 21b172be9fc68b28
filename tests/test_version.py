"""The version is written once, what else names it says the same, and operators learn what they must change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import lotse
from lotse.cli import main
from lotse.content import languages

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
RELEASE = re.compile(r"^## \[([0-9][^\]]*)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
CLASS_PATH = re.compile(r"\blotse(?:\.[a-z_]+)+\.[A-Z]\w+")
OPERATORS_FILES = ("config.yml", "endpoints.yml", "credentials.yml")
PACKAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("widget", "teams", "tools/playground")
    for path in (ROOT / folder).glob("package*.json")
)


@pytest.fixture(scope="module")
def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def newest(changelog: str) -> tuple[str, str]:
    """Version and day of the newest release in the changelog."""
    version, day = RELEASE.findall(changelog)[0]
    return version, day


def test_the_command_names_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"Social-Media-Lotse {lotse.__version__}, ")
    assert "Rasa 3.6.21" in printed
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in printed


def test_the_version_is_told_outside_a_project(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lotse.cli", "--version"]
    assert subprocess.run(command, cwd=tmp_path, env={"PATH": ""}, check=False, capture_output=True).returncode == 0


def test_the_package_takes_its_version_from_the_module() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["dynamic"] == ["version"]
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "lotse.__version__"}


@pytest.mark.parametrize("file", PACKAGES)
def test_tools_in_typescript_have_no_version_of_their_own(file: str) -> None:
    package = json.loads((ROOT / file).read_text(encoding="utf-8"))
    assert "version" not in package
    assert "version" not in package.get("packages", {}).get("", {})


def test_the_newest_entry_of_the_changelog_is_this_version(changelog: str) -> None:
    assert newest(changelog)[0] == lotse.__version__


def test_the_changelog_is_ordered_by_day(changelog: str) -> None:
    days = [day for _, day in RELEASE.findall(changelog)]
    assert days == sorted(days, reverse=True)


def test_publiccode_names_this_version_and_its_day(changelog: str) -> None:
    published = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert (published["softwareVersion"], published["releaseDate"]) == newest(changelog)


def test_publiccode_names_the_languages_there_are() -> None:
    published = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert set(published["localisation"]["availableLanguages"]) == set(languages(ROOT / "data"))


@pytest.mark.parametrize("file", OPERATORS_FILES)
def test_the_changelog_lists_the_class_paths_operators_have_in_their_files(file: str, changelog: str) -> None:
    table = changelog.split("<!-- class-paths:begin -->")[1].split("<!-- class-paths:end -->")[0]
    rows = [line for line in table.splitlines() if f"`{file}`" in line]
    # The last class path of a row is the one that counts now; "unchanged" leaves one.
    listed = {CLASS_PATH.findall(row)[-1] for row in rows}
    assert listed == set(CLASS_PATH.findall((ROOT / file).read_text(encoding="utf-8")))
