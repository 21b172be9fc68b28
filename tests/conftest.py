"""What holds for all tests: commands and errors of settings speak German unless a test says otherwise."""

from __future__ import annotations

import os

import pytest

from lotse.operator_language import VARIABLE

# For servers that live longer than one test.
os.environ[VARIABLE] = "de"


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also undoes what a test's own call with ``--lang`` has set."""
    monkeypatch.setenv(VARIABLE, "de")


@pytest.fixture
def english(german: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and errors of settings in English."""
    monkeypatch.setenv(VARIABLE, "en")
