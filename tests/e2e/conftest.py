"""Real servers for the end-to-end tests: started once, with the newest model (trained first if content changed)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
from rich.console import Console

from lotse.operations.local_assistant import LocalAssistant
from lotse.operations.ports import free_port
from lotse.operations.temporary_servers import running_servers
from lotse.operations.training import ensure_model
from tests.background import in_background

Say = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Address of a running Rasa server with its action server."""
    with in_background(running_servers(free_port())) as url:
        yield url


@pytest.fixture(scope="session")
def local() -> LocalAssistant:
    """The newest model without servers, for what asks thousands of questions."""
    return LocalAssistant.load(ensure_model(Console(stderr=True)))


@pytest.fixture
def say(base_url: str) -> Say:
    """Send messages in one fresh conversation; each call gives the one message of the turn."""
    sender = uuid4().hex

    def send(text: str) -> dict[str, Any]:
        body = {"sender": sender, "message": text}
        response = requests.post(f"{base_url}/webhooks/rest/webhook", json=body, timeout=60)
        assert response.status_code == 200, response.text
        messages = response.json()
        assert len(messages) == 1, f"one message a turn, not {len(messages)}"
        message: dict[str, Any] = messages[0]
        assert message["text"]
        return message

    return send
