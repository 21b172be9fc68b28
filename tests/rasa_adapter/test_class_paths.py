"""A class path of an earlier version is named with its place and the path to write."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from lotse.rasa_adapter.class_paths import FILES, RENAMED, outdated_class_paths

HOME = Path(__file__).parents[2]


def test_the_files_of_the_project_name_no_old_path() -> None:
    assert outdated_class_paths(HOME) == []


def test_an_old_path_is_named_with_its_line_and_the_new_one(tmp_path: Path) -> None:
    store = "lotse.operations.tracker_store.ForgettingTrackerStore"
    (tmp_path / "endpoints.yml").write_text(
        f"# was {store}\ntracker_store:\n  type: {store}  # SQL\n", encoding="utf-8"
    )
    [problem] = outdated_class_paths(tmp_path)
    assert (problem.severity, problem.file, problem.line) == ("error", tmp_path / "endpoints.yml", 3)
    assert RENAMED[store] in problem.remedy


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_rasa_is_looked_through(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n".join(RENAMED), encoding="utf-8")
    assert [problem.line for problem in outdated_class_paths(tmp_path)] == [1, 2]


def test_a_file_that_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_bytes(b"\xff\xfe")
    assert outdated_class_paths(tmp_path) == []


@pytest.mark.parametrize("path", RENAMED.values())
def test_the_new_paths_exist(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), name), type)


def test_the_changelog_lists_every_moved_class() -> None:
    changelog = (HOME / "CHANGELOG.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `\w+\.yml` \| `([\w.]+)` \| `([\w.]+)` \|$", changelog, re.MULTILINE))
    assert listed == RENAMED
