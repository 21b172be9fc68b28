"""Requests whose end is uncertain reach no handler, on a real Sanic server and on the action server."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.operations.environment import child_environment
from lotse.operations.ports import free_port
from lotse.rasa_adapter.sanic_patches import head_problem

HOME = Path(__file__).parents[2]

# A server of its own process: what hangs, hangs there. The error handler is the action server's: every error is a 500.
APP = """
import sys
from sanic import Sanic, response
from lotse.rasa_adapter import sanic_patches

sanic_patches.apply()
sanic_patches.apply()
app = Sanic("small", configure_logging=False)

@app.post("/whole")
async def whole(request):
    return response.text(f"whole {request.body.decode()}")

@app.post("/parts", stream=True)
async def parts(request):
    read = [part async for part in request.stream]
    return response.text(f"parts {b''.join(read).decode()}")

@app.exception(Exception)
async def failed(request, error):
    return response.text(f"handler {error}", 500)

app.run("127.0.0.1", int(sys.argv[1]), access_log=False)
"""

REFUSED = {
    "negative": b"Content-Length: -1",
    "minus zero": b"Content-Length: -0",
    "sign": b"Content-Length: +2",
    "underscore": b"Content-Length: 0_2",
    "list": b"Content-Length: 2, 2",
    "hexadecimal": b"Content-Length: 0x2",
    "word": b"Content-Length: two",
    "empty": b"Content-Length: ",
    "decimal": b"Content-Length: 2.0",
    "digits of another script": "Content-Length: ٢".encode(),
    "vertical tab": b"Content-Length: \x0b2",
    "5,000 digits": b"Content-Length: " + b"9" * 5000,
    "twice, different": b"Content-Length: 2\r\nContent-Length: 3",
    "twice, equal": b"Content-Length: 2\r\ncontent-length: 2",
    "with an encoding": b"Content-Length: 2\r\nTransfer-Encoding: chunked",
    "encoding first": b"Transfer-Encoding: chunked\r\nContent-Length: 2",
    "unknown encoding": b"Transfer-Encoding: gzip",
    "two encodings": b"Transfer-Encoding: gzip, chunked",
    "encoding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "encoding after a vertical tab": b"Transfer-Encoding: \x0bchunked",
    "blank before the colon": b"Content-Length : 2",
    "folded line": b"X: a\r\n Content-Length: 2",
    "line without a colon": b"Content-Length 2",
    "no name": b": 2",
    "NUL": b"X: \x00\r\nContent-Length: 2",
    "bare line feed": b"X: a\nContent-Length: -1\r\nContent-Length: 2",
    "two hosts": b"Host: y\r\nContent-Length: 2",
}


def answered(port: int, raw: bytes) -> bytes:
    """Everything a server says to some bytes, until it closes the connection.

    Raises:
        TimeoutError: it does neither answer nor close.
    """
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(raw)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def post(path: str, headers: bytes, body: bytes = b"ab", close: bool = True) -> bytes:
    end = b"\r\nConnection: close" if close else b""
    return b"POST %b HTTP/1.1\r\nHost: x\r\n%b%b\r\n\r\n%b" % (path.encode(), headers, end, body)


def serving(command: list[str], log: int | IO[bytes] = subprocess.DEVNULL) -> Iterator[int]:
    """A server process; its port, once it accepts connections."""
    port = free_port()
    process = subprocess.Popen([*command, str(port)], cwd=HOME, env=child_environment(), stderr=log)
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                continue
        assert process.poll() is None, f"{command} has ended"
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def small() -> Iterator[int]:
    yield from serving([sys.executable, "-c", APP])


@pytest.mark.parametrize("path", ["/whole", "/parts", "/nothing/here"])
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_a_request_without_a_certain_end_is_refused_and_the_connection_closed(
    small: int, path: str, headers: bytes
) -> None:
    answer = answered(small, post(path, headers, close=False))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer
    assert b"handler" not in answer
    assert answered(small, post("/whole", b"Content-Length: 2")).endswith(b"whole ab")


@pytest.mark.parametrize("path", ["/whole", "/parts"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: 2", b"ab"),
        (b"content-length:2 ", b"ab"),
        (b"Content-Length: \t 002", b"ab"),
        (b"Transfer-Encoding: chunked", b"2\r\nab\r\n0\r\n\r\n"),
        (b"Transfer-Encoding:  CHUNKED ", b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n"),
    ],
)
def test_an_ordinary_request_is_carried_out(small: int, path: str, headers: bytes, body: bytes) -> None:
    answer = answered(small, post(path, headers, body))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(path[1:].encode() + b" ab")


def test_an_ordinary_connection_stays_open_for_the_next_request(small: int) -> None:
    both = post("/whole", b"Content-Length: 2", close=False) + post("/parts", b"Content-Length: 2")
    assert answered(small, both).count(b"HTTP/1.1 200 ") == 2


def test_a_refused_request_takes_the_one_behind_it_along(small: int) -> None:
    both = post("/whole", b"Content-Length: -1", close=False) + post("/whole", b"Content-Length: 2")
    assert answered(small, both).count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", 400, id="address"),
        pytest.param(b"GET /\r\n\r\n", 400, id="request line"),
        pytest.param(b"GET / HTTP/3.0\r\n\r\n", 400, id="version"),
        pytest.param(b"\x16\x03\x01\r\n\r\n", 400, id="TLS"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 413, id="too long"),
        pytest.param(b"POST /whole HTTP/1.1\r\nContent-Length: 2\r\nExpect: nothing\r\n\r\nab", 417, id="expectation"),
        pytest.param(b"POST /whole HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, id="chunks in 1.0"),
    ],
)
def test_a_head_that_cannot_be_read_is_answered_without_any_handler(small: int, raw: bytes, status: int) -> None:
    answer = answered(small, raw)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"handler" not in answer


def test_errors_of_handlers_still_reach_the_application(small: int) -> None:
    assert b"handler" in answered(small, b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


def test_a_body_that_cannot_be_read_writes_no_trace_into_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        for port in serving([sys.executable, "-c", APP], file):
            for path in ("/whole", "/parts", "/nothing/here"):
                answered(port, post(path, b"Transfer-Encoding: chunked", b"-1\r\nab\r\n0\r\n\r\n"))
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "lotse.operations.action_server", "--port"], id="./lotse up"),
        pytest.param(["-m", "rasa_sdk", "--actions", "actions", "--port"], id="rasa run actions"),
    ],
)
def test_the_action_server_survives_a_negative_length_however_it_is_started(command: list[str]) -> None:
    for port in serving([sys.executable, *command]):
        assert answered(port, post("/webhook", REFUSED["negative"], close=False)).startswith(b"HTTP/1.1 400 ")
        health = answered(port, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert health.startswith(b"HTTP/1.1 200 ")


@given(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_length_but_plain_digits_passes(value: bytes) -> None:
    passes = head_problem(b"POST / HTTP/1.1\r\nContent-Length: " + value) is None
    digits = value.strip(b" \t")
    assert passes == (0 < len(digits) <= 18 and all(byte in b"0123456789" for byte in digits))
