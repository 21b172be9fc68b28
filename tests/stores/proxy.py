"""A line to a database that a test listens to, makes slow, or lets swallow what is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from typing_extensions import Self

from lotse.operations.environment import HOST
from lotse.operations.ports import free_port


class Proxy:
    """Passes on everything between its own port and another one of this machine.

    Args:
        target: the port of the database.

    Attributes:
        port: to connect to instead.
        round_trips: how often a client has asked and waited for an answer, over all connections.
        delay: seconds by which each question comes later.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.round_trips = 0
        self.delay = 0.0
        self._target = target
        self._open = threading.Event()
        self._open.set()
        self._ended = threading.Event()
        self._listener = socket.create_server((HOST, self.port))
        self._sockets = [self._listener]
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """Nothing arrives any more, and nobody is told: as a firewall that has forgotten a connection."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def close(self) -> None:
        """Cut every connection, and take none any more."""
        self._ended.set()
        self._open.set()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection((HOST, self._target))
                except OSError:
                    # The database is stopped; it may come again.
                    client.close()
                    continue
                self._sockets += [client, server]
                asks = threading.Event()
                for work in ((self._ask, client, server, asks), (self._answer, server, client, asks)):
                    threading.Thread(target=work[0], args=work[1:], daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, asks: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if not asks.is_set():
                    asks.set()
                    with self._lock:
                        self.round_trips += 1
                self._ended.wait(self.delay)
                self._open.wait()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket, asks: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                asks.clear()
                self._open.wait()
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
