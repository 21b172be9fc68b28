"""One PostgreSQL and one Redis for all tests of this folder, each test with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from tests.stores.processes import PostgreSQL, Redis
from tests.stores.turns import KEY, Make

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


@pytest.fixture
def make(database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())
    made: list[ForgettingTrackerStore] = []
    named = {"host" if name == "url" else name: value for name, value in database.items()}
    slots = {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("memory", "erase")}

    def make() -> ForgettingTrackerStore:
        made.append(ForgettingTrackerStore(Domain.from_dict({"slots": slots}), **named))
        return made[-1]

    yield make
    for store in made:
        store.engine.dispose()


@pytest.fixture
def store(make: Make) -> ForgettingTrackerStore:
    return make()
