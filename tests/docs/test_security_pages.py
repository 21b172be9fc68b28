"""The security pages name the test that shows each claim; those tests are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("security*.md"))
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


@pytest.fixture(scope="module")
def defined() -> set[str]:
    """Names of all tests."""
    modules = (ROOT / "tests").rglob("test_*.py")
    return {name for module in modules for name in DEFINED.findall(module.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_security_page_names_exists(page: Path, defined: set[str]) -> None:
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    assert named
    assert named <= defined
