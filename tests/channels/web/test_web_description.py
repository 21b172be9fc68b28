"""The running server does what its OpenAPI description says, whatever a client sends."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

EXAMPLES = 25


@pytest.fixture
def described(server: Any) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}/chat/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_description_is_kept(case: Any, server: Any) -> None:
    # A session of its own for each request: erasing is one of them.
    case.call_and_validate(headers={"Authorization": f"Bearer {server.begin()}"})
