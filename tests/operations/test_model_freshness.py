"""A model is used only while it fits, and the reason for a training is named."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from lotse.operations.model_freshness import ARCHIVE, examine, fingerprint, mark_of, newest_model, write_mark


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "data/guide/de/blocking.yml",
        "data/nlu/blocking.yml",
        "data/wording/de.yml",
        "data/answering.yml",
        "data/house/contacts.yml",
        "config.yml",
        "domain.yml",
        "requirements.lock",
        "src/lotse/nlu/ranker.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (tmp_path / "models").mkdir()
    return tmp_path


def trained(project: Path, name: str = "one", age: int = 0) -> Path:
    model = project / "models" / f"{name}{ARCHIVE}"
    model.write_bytes(b"model")
    os.utime(model, (1_700_000_000 - age, 1_700_000_000 - age))
    write_mark(model, fingerprint(project))
    return model


def reason(project: Path) -> str | None:
    return examine(project, project / "models").reason


def test_no_model(project: Path) -> None:
    freshness = examine(project, project / "models")
    assert not freshness.fits
    assert freshness.reason == "es gibt noch kein Modell"


def test_unchanged_project_keeps_its_model(project: Path) -> None:
    model = trained(project)
    freshness = examine(project, project / "models")
    assert freshness.fits
    assert freshness.model == model


def test_a_mark_from_when_the_areas_had_other_names_still_fits(project: Path) -> None:
    model = trained(project)
    everything = {name: digest for files in fingerprint(project).values() for name, digest in files.items()}
    write_mark(model, {"Irgendwas": everything})
    assert reason(project) is None
    assert examine(project, project / "models").cache_fits


def test_the_reason_is_told_in_english_too(project: Path, english: None) -> None:
    trained(project)
    (project / "domain.yml").write_text("other", encoding="utf-8")
    assert reason(project) == "domain changed: domain.yml"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("data/guide/de/blocking.yml", "Inhalte geändert: data/guide/de/blocking.yml"),
        ("data/nlu/blocking.yml", "Trainingsbeispiele geändert: data/nlu/blocking.yml"),
        ("config.yml", "Konfiguration geändert: config.yml"),
        ("domain.yml", "Domäne geändert: domain.yml"),
        ("requirements.lock", "Bibliotheken geändert: requirements.lock"),
        ("src/lotse/nlu/ranker.py", "Sprachverarbeitung geändert: src/lotse/nlu/ranker.py"),
    ],
)
def test_change_is_named(project: Path, file: str, expected: str) -> None:
    trained(project)
    (project / file).write_text("other", encoding="utf-8")
    assert reason(project) == expected


@pytest.mark.parametrize(
    ("file", "fits"),
    [("data/guide/de/blocking.yml", True), ("src/lotse/nlu/ranker.py", False), ("requirements.lock", False)],
)
def test_cache_is_trusted_only_while_our_code_is_the_same(project: Path, file: str, fits: bool) -> None:
    trained(project)
    (project / file).write_text("other", encoding="utf-8")
    assert examine(project, project / "models").cache_fits is fits


def test_new_removed_and_many_files(project: Path) -> None:
    trained(project)
    (project / "data/guide/de/blocking.yml").unlink()
    for name in ("likes", "memes", "opinions"):
        (project / f"data/guide/de/{name}.yml").write_text("new", encoding="utf-8")
    (project / "config.yml").write_text("other", encoding="utf-8")
    assert reason(project) == (
        "Inhalte geändert: data/guide/de/blocking.yml (entfernt), data/guide/de/likes.yml (neu), "
        "data/guide/de/memes.yml (neu) und 1 weitere; Konfiguration geändert: config.yml"
    )


def test_other_files_do_not_matter(project: Path) -> None:
    trained(project)
    (project / "data/guide/schema.json").write_text("{}", encoding="utf-8")
    (project / "README.md").write_text("text", encoding="utf-8")
    assert reason(project) is None


@pytest.mark.parametrize(
    "file", ["data/wording/de.yml", "data/answering.yml", "data/house/contacts.yml", "data/quality.yml"]
)
def test_what_is_only_read_at_the_start_needs_no_training(project: Path, file: str) -> None:
    trained(project)
    (project / file).write_text("other", encoding="utf-8")
    assert reason(project) is None


@pytest.mark.parametrize("room", ["rasa_adapter", "conversation", "answering"])
def test_code_that_only_runs_needs_no_training(project: Path, room: str) -> None:
    path = project / "src" / "lotse" / room / "patches.py"
    path.parent.mkdir(parents=True)
    path.write_text("one", encoding="utf-8")
    trained(project)
    path.write_text("two", encoding="utf-8")
    assert examine(project, project / "models").fits


def test_newest_model_counts(project: Path) -> None:
    trained(project, "old", age=100)
    newest = trained(project, "new")
    assert newest_model(project / "models") == newest


def test_model_of_unknown_origin_is_replaced(project: Path) -> None:
    mark_of(trained(project)).unlink()
    assert reason(project) == "one.tar.gz wurde nicht mit ./lotse train gebaut, sein Stand ist unbekannt"


@pytest.mark.parametrize("content", ["{", "[]", '{"Inhalte": 3}', "null"])
def test_damaged_mark_is_replaced(project: Path, content: str) -> None:
    mark_of(trained(project)).write_text(content, encoding="utf-8")
    assert "unlesbar" in (reason(project) or "")


@pytest.mark.parametrize("content", [b"", b"mode", b"other"])
def test_a_damaged_archive_is_replaced(project: Path, content: bytes) -> None:
    trained(project).write_bytes(content)
    freshness = examine(project, project / "models")
    assert not freshness.fits
    assert not freshness.cache_fits
    assert (freshness.reason or "").startswith(
        "one.tar.gz ist nicht mehr so, wie das Training die Datei geschrieben hat"
    )


def test_a_mark_that_does_not_know_its_archive_is_not_trusted(project: Path) -> None:
    model = trained(project)
    mark_of(model).write_text(json.dumps(fingerprint(project)), encoding="utf-8")
    assert "one.tar.gz ist nicht mehr so" in (reason(project) or "")


def test_a_folder_of_content_only_depends_on_the_code_that_runs(project: Path) -> None:
    shutil.rmtree(project / "src")
    (project / "requirements.lock").unlink()
    areas = fingerprint(project)
    assert "src/lotse/nlu/ensemble_classifier.py" in areas["language processing"]
    assert list(areas["libraries"]) == ["requirements.lock"]
