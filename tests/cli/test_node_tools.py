"""What the widget's tests need, and what is said when it is not there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lotse.cli import debian_packages, node_tools
from lotse.errors import OperationError


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine with some commands, a version of Node.js, and a record of what was installed."""
    state = SimpleNamespace(commands={"node", "npm", "chromium"}, node="v20.1.0", ran=[], debian=False)

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        state.ran.append(command)
        if "install" in command:
            state.commands |= {name for name, package in node_tools.PACKAGES.items() if package in command}
        return SimpleNamespace(stdout=state.node, returncode=0)

    monkeypatch.setattr(shutil, "which", lambda name: Path("/bin") / name if name in state.commands else None)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(debian_packages, "may_install", lambda: state.debian)
    return state


def test_what_is_there_is_left_alone(machine: SimpleNamespace) -> None:
    machine.debian = True
    node_tools.ensure_tools()
    assert not [command for command in machine.ran if command[0] == "apt-get"]


def test_what_is_missing_is_named_with_how_to_get_it(machine: SimpleNamespace) -> None:
    machine.commands = {"npm"}
    with pytest.raises(OperationError, match=r"node, chromium .*apt-get install nodejs chromium"):
        node_tools.ensure_tools()


def test_an_old_node_counts_as_missing(machine: SimpleNamespace) -> None:
    machine.node = "v16.0.0"
    assert node_tools.missing() == ["node"]


def test_on_debian_as_root_it_is_installed(machine: SimpleNamespace) -> None:
    machine.debian, machine.commands = True, {"node", "npm"}
    node_tools.ensure_tools()
    assert any(command[:2] == ["apt-get", "install"] and "chromium" in command for command in machine.ran)
