"""What people wrote is readable by the owner of the files only."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from lotse import paths, private_files
from lotse.operations.endpoints import endpoints_for
from lotse.operations.environment import child_environment, logs
from lotse.operations.servers import Servers, Spec


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_our_folders_are_closed_to_others() -> None:
    assert (mode(paths.private_folder()), mode(logs())) == ("0o700", "0o700")


def test_folders_that_others_could_read_are_closed(home: Path) -> None:
    (home / ".lotse" / "logs").mkdir(parents=True)
    for folder in (home / ".lotse", home / ".lotse" / "logs"):
        folder.chmod(0o755)
    assert (mode(logs()), mode(home / ".lotse")) == ("0o700", "0o700")


@pytest.mark.parametrize("before", [None, 0o666])
def test_the_copy_of_endpoints_yml_is_for_its_owner_as_it_may_hold_a_password(home: Path, before: int | None) -> None:
    (home / "endpoints.yml").write_text("action_endpoint: {url: here}\n", encoding="utf-8")
    left_over = paths.private_folder() / "endpoints-6055.yml"
    if before is not None:
        left_over.touch()
        left_over.chmod(before)
    others_allowed = os.umask(0)
    try:
        assert endpoints_for(6055) == left_over
    finally:
        os.umask(others_allowed)
    assert mode(left_over) == "0o600"


@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o600])
def test_a_file_is_for_its_owner_and_keeps_its_content(home: Path, before: int | None) -> None:
    path = home / "text"
    if before is not None:
        path.write_text("Frage", encoding="utf-8")
        path.chmod(before)
    private_files.make_file(path)
    assert mode(path) == "0o600"
    assert path.read_text(encoding="utf-8") == ("" if before is None else "Frage")


def test_a_mode_that_cannot_be_changed_is_told_with_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = home / "text"
    path.touch(0o644)

    def refused(*_: object) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(Path, "chmod", refused)
    private_files.narrow(path)
    assert f"chmod go= {path}" in caplog.text


def test_the_logs_of_the_servers_are_for_their_owner() -> None:
    old = logs() / "old.log"
    old.touch()
    old.chmod(0o644)

    async def start() -> None:
        async with Servers(child_environment()) as servers:
            for name in ("old.log", "new.log"):
                await servers.start(Spec("Server", [sys.executable, "-c", "pass"], "", name))

    asyncio.run(start())
    assert {path.name: mode(path) for path in logs().iterdir()} == {"old.log": "0o600", "new.log": "0o600"}
