"""The pages about Teams say what is true: commands and options, variables, hosts of each cloud, permissions, limits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer

import lotse
from lotse.channels.teams.auth.login import LOGIN_ERRORS
from lotse.channels.teams.clouds import CLOUDS, host_of
from lotse.channels.teams.delivery.sent_answers import KEPT_DAYS
from lotse.channels.teams.endpoint import LONGEST_BODY
from lotse.channels.teams.settings import PREFIX, SECTION
from lotse.channels.teams.settings_schema import TeamsSection
from lotse.cli.app import build

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "teams.md", ROOT / "docs" / "operators.md", ROOT / "teams" / "README.md"]
CALL = re.compile(r"\./lotse teams (\w+)((?: --?[a-z-]+(?: (?!#)[\w.:/]+)?)*)")
GUIDE = PAGES[0].read_text(encoding="utf-8")


def commands() -> dict[str, Any]:
    teams = typer.main.get_command(build()).commands["teams"]  # type: ignore[attr-defined]
    return dict(teams.commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    calls = CALL.findall(page.read_text(encoding="utf-8"))
    known = commands()
    assert calls
    assert {name for name, _ in calls} <= set(known)
    for name, arguments in calls:
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= options


def test_every_command_is_explained() -> None:
    assert {name for name, _ in CALL.findall(GUIDE)} == set(commands())


def test_the_package_is_called_as_it_is_said() -> None:
    for page in (PAGES[0], PAGES[2]):
        assert f"build/lotse-teams-{lotse.__version__}.zip" in page.read_text(encoding="utf-8")


def test_variables_are_settings() -> None:
    named = {name.removeprefix(PREFIX).lower() for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", GUIDE)}
    assert named
    assert named <= set(TeamsSection.__fields__)
    assert SECTION in GUIDE


def test_the_hosts_of_each_cloud_are_the_ones_asked() -> None:
    table = GUIDE.split("<!-- hosts:begin -->")[1].split("<!-- hosts:end -->")[0]
    rows = {cells[0]: cells[1:] for cells in (re.findall(r"`([\w.-]+)`", line) for line in table.splitlines()) if cells}
    addresses = {
        name: [host_of(url) for url in (cloud.metadata_url, cloud.login_url, cloud.service_url) if url]
        for name, cloud in CLOUDS.items()
    }
    assert {name: hosts for name, hosts in rows.items() if name in CLOUDS} == {
        name: [*hosts, *(["LOTSE_TEAMS_SERVICE_URL"] if len(hosts) < 3 else [])] for name, hosts in addresses.items()
    }


def test_the_proxy_lets_through_what_the_channel_reads() -> None:
    sizes = re.findall(r"client_max_body_size (\d+)k;", GUIDE)
    assert [int(size) * 1024 for size in sizes] == [LONGEST_BODY]


def test_the_app_asks_for_no_permission_as_the_page_promises() -> None:
    manifest = json.loads((ROOT / "teams" / "manifest.json").read_text(encoding="utf-8"))
    assert "**Permissions: none.**" in GUIDE
    assert not {"permissions", "webApplicationInfo", "authorization", "devicePermissions"} & manifest.keys()
    assert "supportedChannelTypes" not in manifest


def test_how_long_ratings_find_their_answer_is_as_stored() -> None:
    assert f"for {KEPT_DAYS} days, which message was which answer" in GUIDE


def test_login_errors_of_the_page_are_known_to_the_doctor() -> None:
    assert set(re.findall(r"AADSTS(\d+)", GUIDE)) <= LOGIN_ERRORS.keys()
