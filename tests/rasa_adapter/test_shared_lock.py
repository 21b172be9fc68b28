"""Of several servers one holds a conversation's lock, and a killed one does not hold it for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio.lock import Lock
from redis.exceptions import ConnectionError as NoConnection

from lotse.rasa_adapter import shared_lock
from lotse.rasa_adapter.shared_lock import LIFETIME_SECONDS, SharedLock


class Redis:
    """What redis-py's lock asks of a client, with a clock of its own. Every command gives others their turn first."""

    def __init__(self) -> None:
        self.now = 0.0
        self.keys: dict[str, tuple[bytes, float]] = {}
        self.fails = False
        self.commands = 0

    def lock(self, name: str, **settings: Any) -> Lock:
        return Own(self, name, **settings)

    async def begin(self) -> None:
        await asyncio.sleep(0)
        self.commands += 1
        if self.fails:
            raise NoConnection("gone")

    def living(self, name: str) -> bytes | None:
        token, until = self.keys.get(name, (b"", -1.0))
        return token if self.now < until else None

    async def set(self, name: str, token: bytes, nx: bool, px: int) -> bool:
        await self.begin()
        if nx and self.living(name) is not None:
            return False
        self.keys[name] = (token, self.now + px / 1000)
        return True

    async def ping(self) -> None:
        await self.begin()

    def register_script(self, script: str) -> Script:
        return Script(script == Lock.LUA_RELEASE_SCRIPT)


class Script:
    """Carries out the two scripts of the lock: release and extend."""

    def __init__(self, releases: bool) -> None:
        self.releases = releases

    async def __call__(self, keys: list[str], args: list[Any], client: Redis) -> int:
        await client.begin()
        if client.living(keys[0]) != args[0]:
            return 0
        if self.releases:
            del client.keys[keys[0]]
        else:
            client.keys[keys[0]] = (args[0], client.now + int(args[1]) / 1000)
        return 1


class Own(Lock):  # type: ignore[misc]
    """Scripts are kept with the class; this one's are of the stand-in, also after a test with a real Redis."""

    lua_release = lua_extend = lua_reacquire = None


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_lock, "POLL_SECONDS", 0)
    monkeypatch.setattr(shared_lock, "EXTEND_SECONDS", 0)


@pytest.fixture
async def client() -> AsyncIterator[Redis]:
    yield Redis()


async def test_turns_of_a_conversation_on_several_servers_never_overlap(client: Redis) -> None:
    servers = [SharedLock(client=client) for _ in range(3)]
    at_once: list[int] = []
    done = 0

    async def turn(server: SharedLock) -> None:
        nonlocal done
        async with server.lock("web-1"):
            at_once.append(1)
            for _ in range(5):
                await asyncio.sleep(0)
                assert len(at_once) == 1
            at_once.pop()
            done += 1

    await asyncio.gather(*(turn(server) for server in servers * 4))
    assert done == 12
    assert client.keys == {}


async def test_a_killed_server_holds_a_lock_for_less_than_five_seconds_and_a_living_one_as_long_as_it_needs(
    client: Redis,
) -> None:
    async with SharedLock(client=client).lock("web-1"):
        for _ in range(3):
            client.now += LIFETIME_SECONDS * 0.9
            asked = client.commands
            while client.commands < asked + 2:
                await asyncio.sleep(0)
            [(name, (token, _))] = client.keys.items()
            assert client.living(name) is not None
    # As after a kill: nobody extends or releases it.
    client.keys[name] = (token, client.now + LIFETIME_SECONDS)
    client.now += 4.9
    async with SharedLock(client=client).lock("web-1"):
        pass


async def test_a_failing_redis_is_an_error_that_names_no_conversation(
    client: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = SharedLock(client=client)
    client.fails = True
    with pytest.raises(LockError) as raised:
        async with store.lock("web-secret"):
            pytest.fail("entered")
    assert "web-secret" not in str(raised.value)
    client.fails = False
    monkeypatch.setattr(shared_lock, "WAIT_SECONDS", 0)
    async with store.lock("web-secret"):
        assert "web-secret" not in str(client.keys)
        with pytest.raises(LockError, match="too long") as raised:
            async with store.lock("web-secret"):
                pytest.fail("entered")
    assert "web-secret" not in str(raised.value) + caplog.text


async def test_a_lock_that_was_lost_is_said_and_the_turn_ends_without_an_error(
    client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async with SharedLock(client=client).lock("web-1"):
        client.keys.clear()
        while "was lost" not in caplog.text:
            await asyncio.sleep(0)


def test_rasa_finds_it_by_the_name_in_the_documentation() -> None:
    settings = EndpointConfig(url="redis.example.org", type="lotse.rasa_adapter.shared_lock.SharedLock", port=6380)
    store = LockStore.create(settings)
    assert isinstance(store, SharedLock)
    known = store.redis.connection_pool.connection_kwargs
    assert (known["host"], known["port"], known["db"]) == ("redis.example.org", 6380, 1)
    assert 0 < known["socket_timeout"] < 5
