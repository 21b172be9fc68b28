"""One PostgreSQL and one Redis for all tests of this folder, each test with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.stores.processes import PostgreSQL, Redis

_numbers = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL. Whoever stops it starts it again."""
    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A running Redis. Whoever stops it starts it again."""
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(postgresql: PostgreSQL) -> dict[str, Any]:
    """The settings of an empty database."""
    return postgresql.create(f"test{next(_numbers)}")
