"""What holds for all tests: the language of commands, and snapshots of what was said before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_regressions.file_regression import FileRegressionFixture

from lotse.operator_language import VARIABLE

# For servers that live longer than one test.
os.environ[VARIABLE] = "de"

SNAPSHOTS = Path(__file__).parent / "snapshots"
HINT = """\
{name} no longer says what the assistant answers; the difference is above.
If nothing should have changed, the code is wrong. If the answer should change, write the snapshots anew with

    .venv/bin/python -m pytest {test} --regen-all

read what differs, and commit it with the change."""

Snapshot = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also undoes what a test's own call with ``--lang`` has set."""
    monkeypatch.setenv(VARIABLE, "de")


@pytest.fixture
def english(german: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and errors of settings in English."""
    monkeypatch.setenv(VARIABLE, "en")


@pytest.fixture
def snapshot(file_regression: FileRegressionFixture, request: pytest.FixtureRequest) -> Snapshot:
    """Compare a text with the file of this name in tests/snapshots; `--regen-all` writes it anew."""

    def compare(name: str, text: str) -> None:
        try:
            file_regression.check(text, encoding="utf-8", newline="\n", fullpath=SNAPSHOTS / name)
        except AssertionError as difference:
            test = request.path.relative_to(request.config.rootpath).as_posix()
            raise AssertionError(f"{difference}\n\n{HINT.format(name=name, test=test)}") from None

    return compare
