"""The steps for operators fit the units, the settings and the commands they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import yaml

from lotse.cli.app import build
from lotse.operations.environment import DEFAULT_PORT, INTERNAL_PORT_OFFSET

ROOT = Path(__file__).resolve().parents[2]
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("installation.md", "operations.md")}
INSTALLATION, OPERATIONS = PAGES.values()
SYSTEMD = ROOT / "deploy" / "systemd"
# A command with its options, as far as it is code.
CALL = re.compile(r"\./lotse ([a-z][a-z-]*)([^`\"\n;#]*)")


def directives(unit: str) -> dict[str, str]:
    text = (SYSTEMD / unit).read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_option_of_a_named_command_exists(page: str) -> None:
    commands = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
    calls = CALL.findall(PAGES[page])
    assert calls
    for name, rest in calls:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, (name, rest)


def test_the_steps_make_the_account_and_the_folders_of_the_service() -> None:
    service = directives("lotse.service")
    folder, account = service["WorkingDirectory"], service["User"]
    assert f"install -d -o {account} -g {service['Group']} {folder}\n" in INSTALLATION
    assert re.search(rf"^useradd .* {account}$", INSTALLATION, re.MULTILINE)
    [made] = re.findall(rf"^install -d -m 700 -o {account} -g {account} (.+)$", INSTALLATION, re.MULTILINE)
    # `models` is in the project.
    made_or_there = {f"{folder}/{name}" for name in (*made.split(), "models")}
    assert set(service["ReadWritePaths"].split()) == made_or_there
    before = INSTALLATION.index("./lotse train")
    assert before < INSTALLATION.index(made) < INSTALLATION.index("systemctl enable")
    assert service["EnvironmentFile"].lstrip("-") in INSTALLATION
    [home] = re.findall(r"--home-dir (\S+)", INSTALLATION)
    assert not home.startswith(folder)


def test_the_units_the_proxy_files_and_the_ports_exist() -> None:
    [named] = re.findall(r"systemctl enable --now (.+)", INSTALLATION)
    assert named in OPERATIONS.replace("disable", "enable")
    for unit in named.split():
        assert (SYSTEMD / (unit if "." in unit else f"{unit}.service")).exists()
    for file in re.findall(r"deploy/nginx/\w+\.conf", INSTALLATION):
        assert (ROOT / file).exists()
    ports = set(map(int, re.findall(r"127\.0\.0\.1:(\d+)", INSTALLATION)))
    assert ports == {DEFAULT_PORT, DEFAULT_PORT + INTERNAL_PORT_OFFSET}
    assert str(directives("lotse-backup.service")["StateDirectory"]) in OPERATIONS


def test_every_secret_that_is_rotated_is_read() -> None:
    section = OPERATIONS.split("## Rotate", 1)[1]
    named = set(re.findall(r"`((?:LOTSE_)?[A-Z]+_[A-Z_]+)`", section))
    examples = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    teams = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")
    assert {"DB_PASSWORD", "LOTSE_SECRET_KEY", "LOTSE_TEAMS_CLIENT_SECRET"} <= named
    assert all(name in examples or name in teams for name in named)


def test_every_paper_for_the_authority_is_handed_in() -> None:
    papers = {path.name for path in (ROOT / "docs/behoerde").glob("*.de.md")} - {"README.de.md"}
    section = INSTALLATION.split("## Hand the papers in", 1)[1]
    assert set(re.findall(r"`(\w+\.de\.md)`", section)) == papers


def test_switching_off_names_everything_that_is_kept() -> None:
    section = OPERATIONS.split("## Switch it off", 1)[1]
    kept = [directives("lotse.service")["EnvironmentFile"].lstrip("-"), ".lotse", ".before-restore", "given questions"]
    assert all(name in section for name in kept)
    store = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))["tracker_store"]
    assert str(store["db"]).startswith(".lotse/")
