"""What the tests of the stores need is found, or installed, or named."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lotse.cli import debian_packages, store_tools
from lotse.errors import OperationError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the folder where Debian keeps PostgreSQL; nothing is in the search path."""
    monkeypatch.setattr(store_tools, "DEBIAN", tmp_path)
    monkeypatch.setattr(store_tools, "SYSTEM", tmp_path / "sbin")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return tmp_path


def put(folder: Path, version: str, name: str) -> Path:
    path = folder / version / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_the_newest_version_is_taken(folder: Path) -> None:
    put(folder, "9", "postgres")
    newest = put(folder, "15", "postgres")
    assert store_tools.program("postgres") == newest


def test_what_is_missing_is_named_with_its_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian_packages, "may_install", lambda: False)
    put(folder, "15", "postgres")
    with pytest.raises(OperationError, match=r"redis-server, nginx.*apt-get install redis-server nginx-light"):
        store_tools.ensure_stores()


def test_on_debian_as_root_it_is_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> None:
        ran.append(command)
        for name, package in store_tools.PACKAGES.items():
            if package in command:
                put(folder, "15", name)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(debian_packages, "may_install", lambda: True)
    store_tools.ensure_stores()
    assert [command[-3:] for command in ran] == [
        ["apt-get", "update", "-qq"],
        ["postgresql", "redis-server", "nginx-light"],
    ]
