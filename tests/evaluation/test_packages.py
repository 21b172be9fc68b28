"""Without the packages that measure, `evaluate` says which are missing and how to get them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lotse.cli import main
from lotse.errors import OperationError
from lotse.evaluation import packages


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of the search is not installed: what Python's import makes of None."""
    monkeypatch.setitem(sys.modules, "bm25s", None)


def test_with_everything_installed_nothing_is_missing() -> None:
    assert packages.missing() == []


@pytest.mark.usefixtures("no_search")
def test_what_is_missing_is_named_with_the_remedy() -> None:
    with pytest.raises(OperationError) as error:
        packages.require()
    assert "fehlen Pakete: bm25s." in str(error.value)
    assert "./lotse evaluate" in str(error.value)
    assert "requirements-dev.lock" in str(error.value)


@pytest.mark.usefixtures("no_search")
def test_the_command_stops_before_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    made = ["config.yml", "data", "domain.yml", "questions.jsonl"]
    for name in made:
        (tmp_path / name).touch()
    questions = tmp_path / "questions.jsonl"
    with pytest.raises(SystemExit) as end:
        main(["evaluate", str(questions)])
    assert end.value.code == 1
    assert "bm25s" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == made
