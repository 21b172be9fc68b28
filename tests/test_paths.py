"""The project folder: the one that is named, or the nearest one upwards; and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse import paths
from lotse.paths import HOME_VARIABLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder."""
    home = tmp_path / "some project"
    (home / "data").mkdir(parents=True)
    for name in ("config.yml", "domain.yml"):
        (home / name).touch()
    return home


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_named_folder_is_the_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    assert paths.home() == folder


def test_the_named_folder_comes_before_the_one_we_are_in(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder.rename(tmp_path / "other")
    folder.mkdir()
    for mark in ("config.yml", "domain.yml", "data"):
        (folder / mark).mkdir()
    monkeypatch.setenv(HOME_VARIABLE, str(other))
    monkeypatch.chdir(folder)
    assert paths.home() == other


def test_a_relative_path_counts_from_where_we_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, folder.name)
    assert paths.home() == folder
    monkeypatch.setenv(HOME_VARIABLE, "..")
    monkeypatch.chdir(folder / "data")
    assert paths.home() == folder


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_name_the_nearest_folder_upwards_counts(
    folder: Path, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "data" / "guide").mkdir()
    monkeypatch.chdir(folder / "data" / "guide")
    if value is not None:
        monkeypatch.setenv(HOME_VARIABLE, value)
    assert paths.home() == folder


@pytest.mark.parametrize("name", ["missing", "a file"])
def test_a_name_of_no_folder_is_refused_and_nothing_is_made(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv(HOME_VARIABLE, name)
    with pytest.raises(FileNotFoundError, match=f"{HOME_VARIABLE} is {tmp_path / name}, which is not a folder"):
        paths.private_folder()
    assert [path.name for path in tmp_path.iterdir() if path.name != "some project"] == ["a file"]


def test_what_a_folder_lacks_to_be_a_project_is_listed(folder: Path, tmp_path: Path) -> None:
    assert paths.missing_in(folder) == []
    (folder / "domain.yml").unlink()
    assert paths.missing_in(folder) == ["domain.yml"]
    assert paths.missing_in(tmp_path / "missing") == ["config.yml", "domain.yml", "data"]


def test_the_program_is_where_the_running_code_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    assert paths.program() == Path(__file__).resolve().parents[1]


def test_no_project_anywhere_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match=f"Change into it or set {HOME_VARIABLE}"):
        paths.home()
