"""A content file is parsed once in a process, and again as soon as it says something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lotse.answering.settings import load_settings
from lotse.content import ContentError, load_guide
from lotse.content.loading import parse
from lotse.content.model import Facet, Topic
from lotse.content.vocabulary import load_facets
from lotse.content.wording import load_wording

DATA = Path(__file__).parents[2] / "data"
STATUS = DATA / "vocabulary" / "status.yml"


def test_both_languages_share_the_original() -> None:
    german, english = load_guide(DATA), load_guide(DATA, "en")
    assert german.norms
    for name, norm in german.norms.items():
        assert english.norms[name] is norm


def test_whoever_reads_wording_settings_and_vocabulary_gets_the_same() -> None:
    assert load_settings(DATA) == load_settings(DATA)
    assert load_wording(DATA, "en") is load_wording(DATA, "en")
    assert load_facets(DATA)["status"] is load_guide(DATA).facets["status"]


def test_an_edit_is_seen_even_if_size_and_time_stay(tmp_path: Path) -> None:
    path = tmp_path / "status.yml"
    path.write_bytes(STATUS.read_bytes())
    before = path.stat()
    first = parse(path, Facet)[1]
    path.write_text(path.read_text(encoding="utf-8").replace("Beamtinnen", "Baumtinnen", 1), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    second = parse(path, Facet)[1]
    assert first.values["beamte"].label == "Beamtinnen und Beamte"
    assert second.values["beamte"].label == "Baumtinnen und Beamte"


def test_a_copy_elsewhere_names_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "status.yml"
    path.write_bytes(STATUS.read_bytes())
    assert parse(STATUS, Facet)[0].path == STATUS
    assert parse(path, Facet)[0].path == path


def test_a_file_read_as_something_else_is_checked_as_that() -> None:
    parse(STATUS, Facet)
    with pytest.raises(ContentError):
        parse(STATUS, Topic)


def test_a_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "status.yml"
    path.write_bytes(STATUS.read_bytes())
    parse(path, Facet)
    path.unlink()
    with pytest.raises(ContentError, match="Die Datei fehlt"):
        parse(path, Facet)


def test_a_mistake_is_reported_every_time_until_it_is_fixed(tmp_path: Path) -> None:
    path = tmp_path / "status.yml"
    path.write_text("facet: [", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ContentError):
            parse(path, Facet)
    path.write_bytes(STATUS.read_bytes())
    assert parse(path, Facet)[1].facet == "status"
