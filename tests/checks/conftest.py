"""A small check of our own, so that these tests do not depend on the content."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.checks import Check, load_checks
from lotse.content import Guide, load_guide

DATA = Path(__file__).parents[2] / "data"
FIXTURE = Path(__file__).parent / "fixture"


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide(DATA)


@pytest.fixture(scope="session")
def check(guide: Guide) -> Check:
    return load_checks(FIXTURE, guide)["sample"]
