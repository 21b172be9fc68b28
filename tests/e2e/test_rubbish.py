"""What callers may send instead of a question, and what may break behind the assistant."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import jwt
import psutil
import pytest
import requests

from tests.e2e.conftest import Say

HOOK = "/webhooks/rest/webhook"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"hi"',
        b"null",
        b'{"message": "hi"}',
        b'{"sender": "a b", "message": "hi"}',
        b'{"sender": "a", "message": 7}',
        b'{"sender": {"a": 1}, "message": "hi"}',
        b"[" * 5000,
        b"\xff\xfe",
    ],
)
def test_a_wrong_body_is_answered_with_400_and_a_reason(base_url: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = requests.post(base_url + HOOK, data=body, headers=headers, timeout=30)
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("path", ["/chat/session", HOOK, "/nothing/here"])
def test_a_negative_length_is_refused_and_the_server_lives_on(base_url: str, path: str) -> None:
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), 10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nab".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert requests.get(f"{base_url}/chat/health", timeout=10).json() == {"ready": True}


def test_100_kilobytes_are_not_read(base_url: str) -> None:
    body = {"sender": uuid4().hex, "message": "Darf ich das? " * 7500}
    response = requests.post(base_url + HOOK, json=body, timeout=30)
    assert response.status_code == 413
    assert "bytes" in response.json()["error"]


def test_20_kilobytes_are_too_long_and_the_conversation_goes_on(say: Say) -> None:
    message = say("Darf ich das? " * 1500)
    assert message["custom"]["outcome"] == "error"
    assert "zu lang" in message["text"]
    assert say("Darf ich meinen Chef blockieren?")["custom"]["topic"] == "blocking"


def test_the_caller_chooses_neither_channel_nor_metadata(base_url: str) -> None:
    body: dict[str, Any] = {"sender": uuid4().hex, "message": "Hallo", "input_channel": "cmdline", "metadata": {"a": 1}}
    message = requests.post(base_url + HOOK, json=body, timeout=30).json()[0]
    assert message["custom"]["outcome"] == "smalltalk"


def test_rest_neither_reads_nor_deletes_a_conversation_of_the_web_chat(base_url: str) -> None:
    chat = f"{base_url}/chat"
    token = requests.post(f"{chat}/session", json={"language": "de"}, timeout=30).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    question = {"id": str(uuid4()), "text": "Darf ich meinen Chef blockieren?"}
    assert requests.post(f"{chat}/messages", json=question, headers=signed, timeout=30).status_code == 200
    before = requests.get(f"{chat}/history", headers=signed, timeout=30).json()
    sender = f"web-{jwt.decode(token, options={'verify_signature': False})['sub']}"
    for text, outcome in (("Quelle?", "choices"), ("Vergiss alles", "choices"), ("ja", "forgotten")):
        body = {"sender": sender, "message": text}
        message = requests.post(base_url + HOOK, json=body, timeout=30).json()[0]
        assert (message["recipient_id"], message["custom"]["outcome"]) == (sender, outcome)
    assert requests.get(f"{chat}/history", headers=signed, timeout=30).json() == before
    assert requests.delete(f"{chat}/session", headers=signed, timeout=30).status_code == 204
    requests.post(base_url + HOOK, json={"sender": sender, "message": "Hallo"}, timeout=30)
    assert requests.get(f"{chat}/history", headers=signed, timeout=30).status_code == 401


def test_a_request_that_came_through_a_proxy_is_refused_with_the_setting_that_opens_rest(base_url: str) -> None:
    body = {"sender": uuid4().hex, "message": "Hallo"}
    response = requests.post(base_url + HOOK, json=body, headers={"X-Forwarded-For": "127.0.0.1"}, timeout=30)
    assert response.status_code == 403
    assert "reachable_from: everywhere" in response.json()["error"]


def test_two_conversations_share_nothing(base_url: str) -> None:
    first, second = uuid4().hex, uuid4().hex
    ask = {"sender": first, "message": "Ich bin Beamtin. Darf ich meinen Chef blockieren?"}
    requests.post(base_url + HOOK, json=ask, timeout=30)
    other = requests.post(base_url + HOOK, json={"sender": second, "message": "Quelle?"}, timeout=30).json()[0]
    assert other["custom"]["outcome"] == "choices"


def test_with_the_action_server_hung_the_person_is_told_and_the_conversation_goes_on(say: Say) -> None:
    assert say("Darf ich meinen Chef blockieren?")["custom"]["outcome"] == "answered"
    # All that this test run has started: other channels' tests keep servers of their own.
    family = [
        process
        for process in psutil.Process().children(recursive=True)
        if "lotse.operations.action_server" in process.cmdline()
    ]
    assert family
    for process in family:
        process.suspend()
    try:
        message = say("Darf ich meine Meinung zur Regierung sagen?")
        english = say("May I say what I think of the government?")
    finally:
        for process in reversed(family):
            process.resume()
    assert message["custom"]["outcome"] == "error"
    assert "schiefgegangen" in message["text"]
    assert (english["custom"]["outcome"], english["custom"]["language"]) == ("error", "en")
    assert "Something went wrong" in english["text"]
    assert say("Quelle?")["custom"]["outcome"] == "sources"
