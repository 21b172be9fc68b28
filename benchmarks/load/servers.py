"""The servers under load: `./lotse up` in folders of their own, with SQLite, or behind our nginx with shared stores."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import yaml

from lotse.cli.store_tools import ensure_stores, program
from lotse.operations.environment import ACTION_PORT_OFFSET, HOST, INTERNAL_PORT_OFFSET
from lotse.operations.ports import free_port, is_free
from lotse.paths import HOME_VARIABLE
from tests.stores.processes import PostgreSQL, Redis

ROOT = Path(__file__).resolve().parents[2]
WEB = "lotse.channels.web.channel.WebInput"
MIB = 1024 * 1024
_START_SECONDS, _STOP_SECONDS = 180.0, 70.0
# All people of a run have one address, so what counts by address or is meant for one person is raised.
_RAISED = ("requests_per_address", "sessions_per_address", "messages_per_session", "handovers_per_address")
_DATABASE_PASSWORD, _LOCK_PASSWORD = "DATABASE_PASSWORD", "LOCK_PASSWORD"
UNLIMITED = dict.fromkeys(_RAISED, "10000000/minute")


class Up:
    """One `./lotse up` in a folder of its own: the content and the model of this project, its own database and limits.

    Args:
        folder: to make it in.
        endpoints: parts of `endpoints.yml` in place of the project's own.
        web: settings of the web chat beside the raised limits.
        secrets: what the settings name as ``${NAME}``: no secret may stand in a file.
    """

    def __init__(
        self,
        folder: Path,
        endpoints: Mapping[str, Any],
        web: Mapping[str, Any],
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True)
        self.folder, self.port = folder, _port()
        self.url = f"http://{HOST}:{self.port}"
        self._environment = {
            **os.environ,
            HOME_VARIABLE: str(folder),
            # Signs the sessions; several servers share it.
            "LOTSE_SECRET_KEY": "0" * 32,
            **(secrets or {}),
            "LANG": "en_US.UTF-8",
        }
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("data", "models"):
            (folder / name).symlink_to(ROOT / name)
        for name in ("config.yml", "domain.yml"):
            shutil.copy(ROOT / name, folder)
        _write(folder / "endpoints.yml", {**_read("endpoints.yml"), **endpoints})
        channels = _read("credentials.yml")
        channels[WEB] = {**channels[WEB], **UNLIMITED, **web}
        _write(folder / "credentials.yml", channels)

    def start(self) -> None:
        """Start it; does not wait."""
        command = [sys.executable, "-m", "lotse.cli", "up", "--port", str(self.port)]
        with (self.folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self.folder)

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            SystemExit: it does not.
        """
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            with suppress(OSError), urlopen(f"{self.url}/chat/health", timeout=5) as response:
                if response.status == 200:
                    return
            time.sleep(0.2)
        raise SystemExit(f"./lotse up does not start:\n{(self.folder / 'up.log').read_text(encoding='utf-8')[-3000:]}")

    def stop(self) -> None:
        """End it as a service manager does."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def rasa(self) -> psutil.Process:
        """The Rasa server as it runs now."""
        return self._child("rasa")

    def actions(self) -> psutil.Process:
        """The action server as it runs now."""
        return self._child("lotse.operations.action_server")

    def cpu_seconds(self) -> float:
        """Processor time that both servers have used."""
        return sum(cpu_seconds(process) for process in (self.rasa(), self.actions()))

    def mebibytes(self) -> tuple[float, float]:
        """Resident memory of Rasa server and action server."""
        return mebibytes(self.rasa()), mebibytes(self.actions())

    def database_bytes(self) -> int:
        """Size of the SQLite database with its log."""
        return sum(path.stat().st_size for path in (self.folder / ".lotse").glob("conversations.db*"))

    def _child(self, name: str) -> psutil.Process:
        assert self._process is not None
        children = psutil.Process(self._process.pid).children()
        return next(child for child in children if name in child.cmdline())


@contextmanager
def one_server(folder: Path) -> Iterator[Up]:
    """One server with SQLite and nothing before it."""
    up = Up(folder / "lotse", {}, {})
    up.start()
    try:
        up.wait()
        yield up
    finally:
        up.stop()


@contextmanager
def nginx(folder: Path, servers: Sequence[Up]) -> Iterator[str]:
    """Our nginx before servers; yields its address. Without TLS and with limits that one address may reach."""
    ensure_stores()
    port = free_port()
    text = (ROOT / "deploy" / "nginx" / "lotse.conf").read_text(encoding="utf-8")
    text = text.replace("listen 443 ssl;", f"listen {HOST}:{port} backlog=4096;")
    text = re.sub(r"^\s*ssl_.*$", "", text, flags=re.MULTILINE)
    for limit, raised in (("rate=50r/s", "rate=100000r/s"), ("lotse_connections 1000;", "lotse_connections 10000;")):
        assert limit in text
        text = text.replace(limit, raised)
    line = re.search(r"server 127\.0\.0\.1:5005( .*;)", text)
    assert line is not None
    text = text.replace(line[0], "\n    ".join(f"server {HOST}:{up.port}{line[1]}" for up in servers))
    (folder / "lotse.conf").write_text(text, encoding="utf-8")
    whole = (
        f"pid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\ndaemon off;\nworker_rlimit_nofile 16384;\n"
        f"events {{ worker_connections 8192; }}\nhttp {{ include {folder}/lotse.conf; }}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen([str(program("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        until = time.monotonic() + 10
        while is_free(port) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        yield f"http://{HOST}:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def several_servers(folder: Path, count: int) -> Iterator[tuple[list[Up], str, PostgreSQL]]:
    """Servers that share PostgreSQL and Redis, behind our nginx; yields them, its address and the database."""
    postgresql, redis = PostgreSQL(), Redis()
    with ExitStack() as running:
        running.callback(postgresql.remove)
        postgresql.start()
        running.callback(redis.stop)
        redis.start()
        shipped = _read("endpoints.yml")["tracker_store"]
        named = {key: shipped[key] for key in ("type", "retention_days")}
        secrets = {_DATABASE_PASSWORD: postgresql.password, _LOCK_PASSWORD: redis.password}
        endpoints = {
            "tracker_store": {**named, **postgresql.create("load"), "password": f"${{{_DATABASE_PASSWORD}}}"},
            "lock_store": {**redis.settings, "password": f"${{{_LOCK_PASSWORD}}}"},
        }
        address = redis.address.replace(redis.password, f"${{{_LOCK_PASSWORD}}}")
        web = {"rate_limit_storage": address, "trusted_proxies": 1}
        servers = [Up(folder / f"lotse-{n}", endpoints, web, secrets) for n in range(count)]
        for up in servers:
            running.callback(up.stop)
            up.start()
            # One after the other: on two cores, four starts at once take longer than four in a row.
            up.wait()
        yield servers, running.enter_context(nginx(folder, servers)), postgresql


def cpu_seconds(root: psutil.Process) -> float:
    """Processor time of a process and its children, also of those that have ended."""
    own = root.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in root.children(recursive=True):
        # Connections of PostgreSQL come and go.
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system
    return float(total)


def mebibytes(root: psutil.Process) -> float:
    """Resident memory of a process and its children."""
    return float(sum(process.memory_info().rss for process in (root, *root.children(recursive=True)))) / MIB


def _port() -> int:
    """A port with those of the action server and of the internal channel free beside it."""
    offsets = (ACTION_PORT_OFFSET, INTERNAL_PORT_OFFSET)
    return next(port for port in iter(free_port, None) if all(is_free(port + offset) for offset in offsets))


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return read


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content)), encoding="utf-8")
