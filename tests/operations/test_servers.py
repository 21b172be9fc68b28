"""Servers start, answer, die and stop as announced; small HTTP servers stand in for Rasa's."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest
import yaml

from lotse.errors import OperationError
from lotse.operations import shell
from lotse.operations.environment import child_environment
from lotse.operations.ports import free_port, is_free
from lotse.operations.servers import Servers, Spec, rasa_server
from lotse.operations.supervisor import Watch, run_until_stopped, serve

HOME = Path(__file__).parents[2]
DIES = "print('Modell nicht lesbar'); raise SystemExit(4)"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path


def answering(name: str = "Action-Server") -> tuple[Spec, int]:
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    return Spec(name, command, f"http://127.0.0.1:{port}/", f"{name}.log"), port


def dying(name: str = "Rasa-Server") -> Spec:
    return Spec(name, [sys.executable, "-c", DIES], f"http://127.0.0.1:{free_port()}/", f"{name}.log")


Children = Callable[[], list[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """Gives the processes that this test has started and that still run; the end-to-end servers are none of them."""
    others = {*psutil.Process().children(recursive=True)}

    def running() -> list[psutil.Process]:
        ours = [child for child in psutil.Process().children(recursive=True) if child not in others]
        return [child for child in ours if child.status() != psutil.STATUS_ZOMBIE]

    return running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_answer_before_the_announcement_and_stop_on_a_signal(number: signal.Signals, children: Children) -> None:
    (one, first), (two, second) = answering("Action-Server"), answering("Rasa-Server")
    announced: list[bool] = []

    def announce() -> None:
        announced.append(is_free(first) or is_free(second))
        os.kill(os.getpid(), number)

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, [one, two], announce)

    asyncio.run(run())
    assert announced == [False]
    assert is_free(first)
    assert is_free(second)
    assert children() == []


def test_death_before_the_start_names_the_cause_and_stops_the_other() -> None:
    fine, port = answering()

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, [fine, dying()], lambda: pytest.fail("announced"))

    with pytest.raises(OperationError, match=r"Rasa-Server hat sich beendet \(Ende 4\)") as problem:
        asyncio.run(run())
    assert "Modell nicht lesbar" in str(problem.value)
    assert ".lotse/logs/Rasa-Server.log" in str(problem.value)
    assert is_free(port)


def test_a_server_that_dies_too_often_stops_the_other(children: Children) -> None:
    (one, first), (two, second) = answering("Action-Server"), answering("Rasa-Server")

    def kill_one() -> None:
        next(child for child in children() if str(first) in child.cmdline()).kill()

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, [one, two], kill_one, Watch(most_restarts=0))

    with pytest.raises(OperationError, match=r"Action-Server hat sich beendet \(Signal 9\)"):
        asyncio.run(run())
    assert is_free(second)


def test_server_that_ignores_the_request_is_killed(children: Children) -> None:
    port = free_port()
    stubborn = (
        "import http.server, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"http.server.HTTPServer(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler).serve_forever()"
    )
    spec = Spec("Action-Server", [sys.executable, "-c", stubborn], f"http://127.0.0.1:{port}/", "actions.log")

    async def run() -> None:
        async with Servers(child_environment(), stop_seconds=0.1) as servers:
            await servers.start(spec)
            await servers.ready()

    asyncio.run(run())
    assert children() == []


def test_silent_server_is_given_up(children: Children) -> None:
    waits = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    spec = Spec("Rasa-Server", waits, f"http://127.0.0.1:{free_port()}/", "rasa.log")

    async def run() -> None:
        async with Servers(child_environment(), start_seconds=0.1) as servers:
            await servers.start(spec)
            await servers.ready()

    with pytest.raises(OperationError, match="Rasa-Server antwortet nach"):
        asyncio.run(run())
    assert children() == []


HALF = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else int(sys.argv[2]))
        self.end_headers()
print("Could not load model", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def half(status: int) -> Spec:
    """A server that runs; its readiness answers with this status."""
    port = free_port()
    usual = rasa_server(port, Path("models/a.tar.gz"), Path("endpoints.yml"))
    return dataclasses.replace(usual, command=[sys.executable, "-c", HALF, str(port), str(status)])


def test_a_server_that_runs_without_its_model_is_not_announced() -> None:
    fine, port = answering()

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, [fine, half(503)], lambda: pytest.fail("announced"))

    with pytest.raises(OperationError, match=r"Rasa-Server läuft, kann aber nicht antworten") as problem:
        asyncio.run(run())
    assert "models/a.tar.gz" in str(problem.value)
    assert "./lotse train --force" in str(problem.value)
    assert "Could not load model" in str(problem.value)
    assert is_free(port)


@pytest.mark.parametrize("status", [200, 404])
def test_a_server_is_announced_when_it_is_ready_or_has_no_web_chat_to_ask(status: int, children: Children) -> None:
    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await servers.start(half(status))
            await servers.ready()

    asyncio.run(run())
    assert children() == []


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", bytes(range(256))], ids=["empty", "truncated", "random"])
def test_a_broken_model_is_named_before_anything_starts(project: Path, content: bytes) -> None:
    model = project / "model.tar.gz"
    model.write_bytes(content)
    for start in (
        serve(free_port(), model, lambda: pytest.fail("announced"), pytest.fail),
        shell.chat(model),
    ):
        with pytest.raises(OperationError, match=r"model\.tar\.gz.*\./lotse train --force"):
            asyncio.run(start)
    assert not (project / ".lotse").exists()


def test_shell_talks_on_loopback_only(project: Path) -> None:
    command = shell.command(Path("models/a.tar.gz"), 6005, project / "endpoints.yml")
    assert command[command.index("-i") + 1] == "127.0.0.1"
    assert command[command.index("-p") + 1] == "6005"


def test_nothing_of_a_conversation_in_the_terminal_remains(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(HOME / "endpoints.yml", project)
    seen: list[Path] = []

    async def talk(_: Spec, command: Sequence[str], __: dict[str, str]) -> int:
        endpoints = Path(command[command.index("--endpoints") + 1])
        database = Path(yaml.safe_load(endpoints.read_text(encoding="utf-8"))["tracker_store"]["db"])
        database.write_bytes(b"what was said")
        seen.extend([endpoints, database])
        return 0

    monkeypatch.setattr(shell, "chat_beside", talk)
    monkeypatch.setattr("lotse.rasa_adapter.model_archive.check", lambda _: None)
    assert asyncio.run(shell.chat(project / "model.tar.gz")) == 0
    assert len(seen) == 2 and not any(path.exists() or path.is_relative_to(project) for path in seen)


def test_shell_stops_its_action_server_and_passes_the_exit_code_on(children: Children) -> None:
    actions, port = answering()
    ended = asyncio.run(shell.chat_beside(actions, [sys.executable, "-c", "raise SystemExit(5)"], child_environment()))
    assert ended == 5
    assert is_free(port)
    assert children() == []
