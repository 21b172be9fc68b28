"""Every setting that is read stands in a table for operators."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from lotse.channels.internal_settings import InternalSettings
from lotse.channels.rest_settings import RestSettings
from lotse.channels.teams.settings_schema import TeamsSection
from lotse.channels.web.settings import WebSettings
from lotse.operations.settings_schema import ActionEndpoint, Endpoints, LockStore, TrackerStore

PAGE = (Path(__file__).parents[2] / "docs/operators.md").read_text(encoding="utf-8")
SECTIONS = (
    WebSettings,
    RestSettings,
    InternalSettings,
    TeamsSection,
    ActionEndpoint,
    TrackerStore,
    LockStore,
    Endpoints,
)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_setting_is_in_a_table(section: type[BaseModel]) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(section.__fields__) - listed == set()
