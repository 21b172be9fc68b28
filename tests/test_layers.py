"""Imports point one way: the contracts of import-linter in pyproject.toml hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

HOME = Path(__file__).parents[1]


def test_imports_keep_to_the_layers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(HOME)
    # The actions are a package of the project folder.
    monkeypatch.syspath_prepend(str(HOME))
    assert lint_imports(config_filename=str(HOME / "pyproject.toml")) == 0, capsys.readouterr().out
