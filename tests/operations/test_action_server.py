"""The action server knows its actions wherever the project folder is."""

from __future__ import annotations

import shutil
from pathlib import Path

import aiohttp
import pytest

from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, action_server
from lotse.paths import HOME_VARIABLE, program


async def test_a_project_folder_with_content_only_has_the_actions_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(program() / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(program() / name, tmp_path / name)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    port = free_port()
    async with Servers(child_environment()) as servers, aiohttp.ClientSession() as session:
        await servers.start(action_server(port))
        await servers.ready()
        async with session.get(f"http://{HOST}:{port}/actions") as response:
            assert {action["name"] for action in await response.json()} >= {"action_guidance"}
