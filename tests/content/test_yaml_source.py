"""What a content file may hold, and that it is read as PyYAML's safe loader reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml
import yaml

from lotse.content import ContentError
from lotse.content.yaml_source import MAX_BYTES, read_yaml

DATA = Path(__file__).parents[2] / "data"
# Rasa reads these by itself.
RASA = {"nlu", "rules"}
CONTENT = sorted(path for path in DATA.rglob("*.yml") if path.relative_to(DATA).parts[0] not in RASA)
MULTIPLYING_LISTS = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
)
MULTIPLYING_MERGES = "\n".join(
    ["a0: &a0 {x: y}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60))]
)
MULTIPLYING_DUPLICATES = "\n".join(
    ["a0: &a0 {x: y}", *(f"a{n}: &a{n} {{x: *a{n - 1}, x: *a{n - 1}}}" for n in range(1, 60))]
)


def read(folder: Path, text: str) -> Any:
    path = folder / "file.yml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path).data


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ContentError) as caught:
        read(folder, text)
    (problem,) = caught.value.problems
    return problem.message


def test_there_is_content_to_compare() -> None:
    assert len(CONTENT) > 50


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.relative_to(DATA).as_posix())
def test_every_content_file_is_read_as_by_the_safe_loader(path: Path) -> None:
    assert read_yaml(path).data == yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.relative_to(DATA).as_posix())
def test_every_content_file_means_the_same_in_yaml_1_1_and_1_2(path: Path) -> None:
    """So a tool that reads YAML 1.2, as ruamel.yaml does, can edit it without changing a value."""
    second = ruamel.yaml.YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert repr(read_yaml(path).data) == repr(second)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "2026-11-23T10:00:00Z",
        "[yes, no, on, off, ~, null, true]",
        "[010, 0o10, 0x1F, 0b11, 1_000, 1e3, .5, .inf]",
        "[190:20:30, 12:30]",
        "base: &base {a: 1, b: 2}\nown: {<<: *base, b: 3}",
        "- &one [x]\n- *one",
        "text: >-\n  zwei\n  Zeilen\nother: |\n  zwei\n  Zeilen\n",
        "erste: 1\r\nzweite: |\r\n  zwei\r\n  Zeilen\r\n",
        "",
    ],
)
def test_every_kind_of_value_is_read_as_by_the_safe_loader(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["!!python/object/apply:os.getcwd []", "!own 1"])
def test_a_tag_makes_no_object(tmp_path: Path, text: str) -> None:
    assert "could not determine a constructor" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "text", [MULTIPLYING_LISTS, MULTIPLYING_MERGES, MULTIPLYING_DUPLICATES], ids=["lists", "merges", "duplicate keys"]
)
def test_aliases_that_multiply_are_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text) == "Die Datei beschreibt mehr als 100000 Felder."


@pytest.mark.parametrize("text", ["[" * 50_000, "[" * 50_000 + "]" * 50_000, "- " * 50_000, "{a: " * 50_000])
def test_what_is_nested_too_deeply_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text) == "Die Datei verweist auf sich selbst oder ist zu tief verschachtelt."


@pytest.mark.parametrize("character", ["x", "ü"])
def test_a_file_that_is_far_too_large_is_refused(tmp_path: Path, character: str) -> None:
    assert refusal(tmp_path, "a: " + character * MAX_BYTES) == "Die Datei ist größer als 1000 KB."


def test_a_number_that_is_far_too_long_is_refused_and_shown_shortened(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: " + "1" * 10_000).startswith(f"„{'1' * 60}…“ in Zeile 1 lässt sich nicht lesen")


def test_a_folder_with_the_name_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(ContentError, match=r"folder\.yml:1 Die Datei lässt sich nicht öffnen"):
        read_yaml(tmp_path / "folder.yml")
