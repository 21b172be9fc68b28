"""A taken port is named, with its holder and a way out."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from lotse.errors import OperationError
from lotse.operations import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_free_ports_pass() -> None:
    ports.require_free([("Rasa-Server", ports.free_port())])


def test_a_free_port_is_none_that_a_connection_may_get() -> None:
    assert all(port < 32_768 for port in (ports.free_port(), ports.free_port()))


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(OperationError, match="zu viele Server"):
        ports.free_port()


def test_taken_port_is_named(taken: int) -> None:
    with pytest.raises(OperationError) as problem:
        ports.require_free([("Rasa-Server", ports.free_port()), ("Action-Server", taken)])
    message = str(problem.value)
    assert f"Port {taken} (Action-Server) ist belegt von" in message
    assert f"PID {os.getpid()}" in message
    assert "./lotse up --port " in message
    assert "Rasa-Server" not in message


def test_unknown_holder_is_left_out(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "holder", lambda port: None)
    with pytest.raises(OperationError, match=r"\(Rasa-Server\) ist belegt\. Anderer Port"):
        ports.require_free([("Rasa-Server", taken)])


def test_hidden_processes_are_no_failure(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    def refuse(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert ports.holder(taken) is None
