"""A conversation in the terminal through ``rasa shell``. Nothing of it remains."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lotse.operations.environment import HOST, child_environment, logs
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, Spec, action_server
from lotse.operations.temporary_servers import own_endpoints, write_endpoints
from lotse.paths import home
from lotse.private_files import make_file
from lotse.rasa_adapter import model_archive


def command(model: Path, port: int, endpoints: Path) -> list[str]:
    """The ``rasa shell`` command, with our loop. Without ``-i`` its internal server would listen on every interface."""
    files = ["--credentials", "credentials.yml", "--endpoints", str(endpoints), "--model", str(model)]
    return [sys.executable, "-m", "lotse.operations.terminal", "shell", "-i", HOST, "-p", str(port), "--quiet", *files]


async def chat(model: Path) -> int:
    """Run ``rasa shell`` with an action server and a database of its own until the person leaves.

    Returns:
        The exit code of ``rasa shell``.

    Raises:
        OperationError: the model's archive is damaged, endpoints.yml is missing or incomplete, or the action server did
            not start.
    """
    model_archive.check(model)  # rasa shell unpacks it before our code is loaded
    action_port = free_port()
    with TemporaryDirectory(prefix="lotse-shell-") as folder:
        endpoints = write_endpoints(Path(folder), own_endpoints(Path(folder)), action_port)
        shell = command(model, free_port(), endpoints)
        return await chat_beside(action_server(action_port), shell, child_environment())


async def chat_beside(actions: Spec, shell: Sequence[str], environment: dict[str, str]) -> int:
    """Run a shell in the foreground while an action server runs, and stop the server afterwards.

    Args:
        actions: the action server.
        shell: command of the shell.
        environment: of both.

    Returns:
        The exit code of the shell.

    Raises:
        OperationError: the action server did not start.
    """
    environment = {**environment, "LOG_LEVEL": "ERROR"}
    async with Servers(environment) as servers:
        await servers.start(actions)
        await servers.ready()
        # rasa shell runs in the terminal's foreground and handles Ctrl-C; this process continues to clean up.
        previous = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            # The conversation goes to stdout; stderr has only warnings of libraries, which would hide the first answer.
            with make_file(logs() / "shell.log").open("wb") as errors:
                process = await asyncio.create_subprocess_exec(*shell, cwd=home(), env=environment, stderr=errors)
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, process.terminate)
            return await process.wait()
        finally:
            signal.signal(signal.SIGINT, previous)
