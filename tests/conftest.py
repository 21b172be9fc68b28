"""Snapshots: what was said before, in files under tests/snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_regressions.file_regression import FileRegressionFixture

SNAPSHOTS = Path(__file__).parent / "snapshots"
HINT = """\
{name} no longer says what the assistant answers; the difference is above.
If nothing should have changed, the code is wrong. If the answer should change, write the snapshots anew with

    .venv/bin/python -m pytest {test} --regen-all

read what differs, and commit it with the change."""

Snapshot = Callable[[str, str], None]


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
