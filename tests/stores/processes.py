"""PostgreSQL and Redis as processes of a test, on ports of their own; the machine's own servers are left alone."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from lotse.cli.store_tools import ensure_stores, program
from lotse.operations.environment import HOST
from lotse.operations.ports import free_port

USER = "lotse"
# What no test waits for: data that outlasts a power cut.
_SETTINGS = ("fsync=off", "max_connections=60", "wal_recycle=off", f"listen_addresses='{HOST}'")


@contextmanager
def _frozen(root: psutil.Process) -> Iterator[None]:
    """Let a process and its children stand still for a time."""
    family = [root, *root.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in reversed(family):
            process.resume()


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a process takes connections, for about ten seconds.

    Args:
        process: that was started.
        port: of this machine.
        log: of the process, which tells why it does not.
    """

    def connect() -> None:
        assert process.poll() is None, f"It ended: {log.read_text(encoding='utf-8')}"
        socket.create_connection((HOST, port)).close()

    patient = Retry(ConstantBackoff(0.05), 200, supported_errors=(ConnectionRefusedError,))
    try:
        patient.call_with_retry(connect, lambda _: None)
    except ConnectionRefusedError:
        told = log.read_text(encoding="utf-8") if log.exists() else "nothing"
        raise AssertionError(f"Nobody listens on port {port}; the log says: {told}") from None


class PostgreSQL:
    """A cluster in a folder of its own, for one user with a password. Can be stopped, started and frozen."""

    def __init__(self) -> None:
        ensure_stores()
        self.port, self.password = free_port(), secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="lotse-postgresql-"))
        self.data = self.folder / "data"
        # PostgreSQL refuses to run as root; its package makes this account.
        self._account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        password_file = self.folder / "password"
        password_file.write_text(self.password, encoding="utf-8")
        if self._account is not None:
            for path in (self.folder, password_file):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        login = (f"--username={USER}", f"--pwfile={password_file}", "--auth=scram-sha-256")
        self._run("initdb", f"--pgdata={self.data}", "--encoding=UTF8", "--no-sync", *login)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            lines = (*_SETTINGS, f"port={self.port}", f"unix_socket_directories='{self.folder}'")
            file.write("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--silent", f"--pgdata={self.data}", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        """Stop it at once, as a crash would; what was committed is there after the next start."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate", f"--pgdata={self.data}")

    def remove(self) -> None:
        """Stop it if it runs, and delete everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        number = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        with _frozen(psutil.Process(number)):
            yield

    def create(self, database: str) -> dict[str, Any]:
        """Make a database; returns what `endpoints.yml` says of it."""
        self.query(f'create database "{database}"', database="postgres")
        return {
            "dialect": "postgresql",
            "url": HOST,
            "port": self.port,
            "db": database,
            "username": USER,
            "password": self.password,
            "query": {"connect_timeout": "5", "options": "-c statement_timeout=5000"},
        }

    def query(self, statement: str, *values: Any, database: str) -> list[tuple[Any, ...]]:
        """Carry out one statement."""
        address = {"host": HOST, "port": self.port, "user": USER, "password": self.password}
        with closing(psycopg2.connect(dbname=database, **address)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def dump(self, database: str) -> bytes:
        """A database as `pg_dump -Fc` saves it."""
        return self._client("pg_dump", "-Fc", f"--dbname={database}")

    def restore(self, database: str, dump: bytes) -> None:
        """Put what `dump` gave into an empty database."""
        self._client("pg_restore", "--exit-on-error", f"--dbname={database}", given=dump)

    def holds(self, text: str, folder: str) -> bool:
        """Whether the files of a folder of the cluster hold a text: `base` for the tables, `pg_wal` for the log."""
        command = ["grep", "-rqaF", text, str(self.data / folder)]
        return subprocess.run(command, check=False).returncode == 0

    def _client(self, name: str, *arguments: str, given: bytes = b"") -> bytes:
        address = (f"--host={HOST}", f"--port={self.port}", f"--username={USER}")
        command = [str(program(name)), *address, *arguments]
        variables = {**os.environ, "PGPASSWORD": self.password}
        done = subprocess.run(command, env=variables, input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(program(name)), *arguments]
        user, group = (self._account.pw_uid, self._account.pw_gid) if self._account is not None else (None, None)
        # Its output goes to a file: a server that is started keeps what it inherits open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                command, cwd=self.folder, stdout=said, stderr=said, check=False, user=user, group=group
            )
            if done.returncode != 0:
                said.seek(0)
                raise AssertionError(f"{name}: {said.read().decode('utf-8', 'replace')}")


class Redis:
    """A Redis with a password that keeps everything in memory. Can be stopped, started and frozen."""

    def __init__(self) -> None:
        ensure_stores()
        self.port, self.password = free_port(), secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        patient = Retry(ConstantBackoff(0.05), 200)
        self.client = redis.Redis(
            HOST,
            self.port,
            db=1,
            password=self.password,
            retry=patient,
            retry_on_error=[OSError, redis.ConnectionError],
        )

    @property
    def address(self) -> str:
        """For rate limits."""
        return f"redis://:{self.password}@{HOST}:{self.port}/2"

    @property
    def settings(self) -> dict[str, Any]:
        """What `endpoints.yml` says of it."""
        name = "lotse.rasa_adapter.shared_lock.SharedLock"
        return {"type": name, "url": HOST, "port": self.port, "db": 1, "password": self.password}

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", "/")
        command = [str(program("redis-server")), *options, "--requirepass", self.password]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client.ping()

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        assert self._process is not None
        with _frozen(psutil.Process(self._process.pid)):
            yield
