"""The supervisor starts again what has died or hangs, gives up in the end, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from lotse.errors import OperationError
from lotse.operations.environment import child_environment
from lotse.operations.log_files import rotate
from lotse.operations.only_server import only_server
from lotse.operations.ports import free_port, is_free
from lotse.operations.servers import Servers, Spec
from lotse.operations.supervisor import Watch, run_until_stopped

SERVE = (
    "import http.server, sys; print('begun', flush=True);"
    "http.server.test(http.server.SimpleHTTPRequestHandler, bind='127.0.0.1', port=int(sys.argv[1]))"
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path


def answering(name: str) -> tuple[Spec, int]:
    port = free_port()
    command = [sys.executable, "-c", SERVE, str(port)]
    return Spec(name, command, f"http://127.0.0.1:{port}/", f"{name}.log"), port


def process_of(port: int) -> psutil.Process:
    return next(child for child in psutil.Process().children() if str(port) in child.cmdline())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_or_hangs_is_started_again(project: Path, how: signal.Signals) -> None:
    (one, first), (two, second) = answering("Action-Server"), answering("Rasa-Server")
    told: list[str] = []
    before: list[int] = []

    attacked = asyncio.Event()

    def attack() -> None:
        attacked.set()
        before.append(process_of(first).pid)
        process_of(first).send_signal(how)

    def tell(text: str) -> None:
        told.append(text)
        if "antwortet wieder" in text:
            assert process_of(first).pid not in before
            os.kill(os.getpid(), signal.SIGTERM)

    async def attacked_first(_: float) -> None:
        await attacked.wait()
        await asyncio.sleep(0)

    async def is_well(spec: Spec) -> bool:
        return spec is not one or not before or process_of(first).pid not in before

    watch = Watch(told=tell, pause=attacked_first, answers=is_well)

    async def run() -> None:
        async with Servers(child_environment(), keep_logs=True) as servers:
            await run_until_stopped(servers, [one, two], attack, watch)

    asyncio.run(run())
    assert any("Signal 9" in text for text in told)
    assert is_free(first) and is_free(second)
    assert (project / ".lotse/logs/Action-Server.log").read_text(encoding="utf-8").count("begun") == 2


UNWELL = (
    "import http.server, json, sys\n"
    "class Answer(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        unwell = self.path == '/health/ready'\n"
    "        body = json.dumps({'ready': False, 'parts': {'model': True, 'store': False}} if unwell else {}).encode()\n"
    "        self.send_response(503 if unwell else 200)\n"
    "        self.send_header('content-type', 'application/json')\n"
    "        self.send_header('content-length', str(len(body)))\n"
    "        self.end_headers()\n"
    "        self.wfile.write(body)\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Answer).serve_forever()"
)


def test_what_does_not_answer_is_named_and_stops_nothing(project: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", UNWELL, str(port)]
    spec = Spec("Rasa-Server", command, f"{url}/", "rasa.log", f"{url}/chat/health", "", f"{url}/health/ready")
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        os.kill(os.getpid(), signal.SIGTERM)

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, [spec], lambda: told.append("announced"), Watch(told=tell))

    asyncio.run(run())
    assert told[0] == "announced" and len(told) == 2
    assert "nicht: die Datenbank der Gespräche." in told[1]


def test_restarts_come_later_each_time_and_end_when_they_are_too_many() -> None:
    now = [0.0]
    watch = Watch(most_restarts=3, window_seconds=100, clock=lambda: now[0])
    assert [watch.seconds_before_restart() for _ in range(4)] == [0, 1, 3, None]
    now[0] = 101
    assert watch.seconds_before_restart() == 0


def test_the_servers_are_stopped_one_after_the_other_the_last_started_first(project: Path) -> None:
    ends = (
        "import http.server, signal, sys, pathlib\n"
        "def end(*_):\n"
        "    with pathlib.Path('order').open('a') as file: file.write(sys.argv[2])\n"
        "    raise SystemExit\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "http.server.test(http.server.SimpleHTTPRequestHandler, bind='127.0.0.1', port=int(sys.argv[1]))"
    )
    specs = []
    for name in ("actions", "rasa"):
        port = free_port()
        command = [sys.executable, "-c", ends, str(port), f"{name} "]
        specs.append(Spec(name, command, f"http://127.0.0.1:{port}/", f"{name}.log"))

    async def run() -> None:
        async with Servers(child_environment()) as servers:
            await run_until_stopped(servers, specs, lambda: os.kill(os.getpid(), signal.SIGTERM))

    asyncio.run(run())
    assert (project / "order").read_text() == "rasa actions "


ORPHAN = """
import asyncio, sys
from lotse.operations.environment import child_environment
from lotse.operations.servers import Servers, Spec
async def run():
    async with Servers(child_environment()) as servers:
        await servers.start(Spec("server", [sys.executable, "-c", sys.argv[1], sys.argv[2]], sys.argv[3], "a.log"))
        await servers.ready()
        print("ready", flush=True)
        await asyncio.Event().wait()
asyncio.run(run())
"""


async def test_servers_end_when_whoever_watches_them_is_killed() -> None:
    port = free_port()
    given = [sys.executable, "-c", ORPHAN, SERVE, str(port), f"http://127.0.0.1:{port}/"]
    parent = await asyncio.create_subprocess_exec(*given, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"ready\n"
    [child] = psutil.Process(parent.pid).children()
    parent.kill()
    await parent.wait()
    psutil.wait_procs([child], timeout=20)
    assert is_free(port)


def test_a_log_that_is_too_long_is_set_aside_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    assert not rotate(log)
    for text in ("eins", "zwei", "drei", "vier"):
        with log.open("a", encoding="utf-8") as writer:
            writer.write(text)
            writer.flush()
            assert rotate(log, most_bytes=3, kept=2)
            writer.write("!")
        assert log.read_text(encoding="utf-8") == "!"
        log.write_text("", encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "rasa.log": "",
        "rasa.log.1": "vier",
        "rasa.log.2": "drei",
    }
    assert oct((tmp_path / "rasa.log.1").stat().st_mode & 0o777) == "0o600"


def test_a_second_server_of_a_folder_is_refused_unless_they_share_a_lock_store(tmp_path: Path) -> None:
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text("tracker_store: {}\n", encoding="utf-8")
    with only_server(tmp_path, endpoints):
        with pytest.raises(OperationError, match=f"PID {os.getpid()}"), only_server(tmp_path, endpoints):
            pytest.fail("two servers")
        endpoints.write_text("lock_store: {type: redis, url: localhost}\n", encoding="utf-8")
        with only_server(tmp_path, endpoints):
            pass
    endpoints.write_text("[", encoding="utf-8")
    with only_server(tmp_path, endpoints):
        pass
