"""Locks and rate limits on a real Redis that several servers share."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator

import pytest
from rasa.core.lock_store import LockError
from rasa.utils.endpoints import EndpointConfig

from lotse.conversation.rate_limits import Limiter
from lotse.rasa_adapter import shared_lock
from lotse.rasa_adapter.shared_lock import LIFETIME_SECONDS, PREFIX, SharedLock
from tests.stores.processes import Redis

Make = Callable[[], SharedLock]
# A server that begins a turn, says so, and never ends it.
HOLDER = """
import asyncio, json, sys
from rasa.utils.endpoints import EndpointConfig
from lotse.rasa_adapter.shared_lock import SharedLock

async def hold():
    async with SharedLock(EndpointConfig(**json.loads(sys.argv[1]))).lock("web-1"):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest.fixture
def make(redis_server: Redis) -> Iterator[Make]:
    redis_server.client.flushall()

    def make() -> SharedLock:
        return SharedLock(EndpointConfig(**redis_server.settings))

    yield make
    assert redis_server.client.keys(f"{PREFIX}*") == []


async def test_turns_of_a_conversation_on_several_servers_never_overlap(make: Make) -> None:
    servers = [make() for _ in range(3)]
    inside: list[int] = []
    done: list[int] = []

    async def turn(number: int) -> None:
        async with servers[number % 3].lock("web-1"):
            assert inside == []
            inside.append(number)
            await servers[number % 3].ping()
            assert inside == [number]
            inside.clear()
            done.append(number)

    await asyncio.gather(*(turn(number) for number in range(30)))
    assert sorted(done) == list(range(30))


async def test_a_killed_server_holds_a_lock_for_less_than_five_seconds(make: Make, redis_server: Redis) -> None:
    command = [sys.executable, "-c", HOLDER, json.dumps(redis_server.settings)]
    holder = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    holder.kill()
    await holder.wait()
    [name] = redis_server.client.keys(f"{PREFIX}*")
    # Redis itself ends it: nobody extends it any more.
    left = redis_server.client.pttl(name)
    assert 0 < left <= LIFETIME_SECONDS * 1000 < 5000
    async with make().lock("web-1"):
        assert redis_server.client.keys(f"{PREFIX}*") == [name]


async def test_a_living_server_keeps_its_lock_longer_than_it_lasts(
    make: Make, redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_lock, "LIFETIME_SECONDS", 0.3)
    monkeypatch.setattr(shared_lock, "EXTEND_SECONDS", 0.05)
    entered = []

    async def other() -> None:
        async with make().lock("web-1"):
            entered.append(True)

    async with make().lock("web-1"):
        [name] = redis_server.client.keys(f"{PREFIX}*")
        waiting = asyncio.ensure_future(other())
        # Three times it would have ended.
        for _ in range(3):
            before = redis_server.client.pttl(name)
            while redis_server.client.pttl(name) <= before:
                before = redis_server.client.pttl(name)
                await asyncio.sleep(0)
        assert entered == []
    await waiting
    assert entered == [True]


async def test_a_stopped_redis_is_an_error_and_works_again_by_itself(make: Make, redis_server: Redis) -> None:
    store = make()
    async with store.lock("web-1"):
        pass
    redis_server.stop()
    try:
        with pytest.raises(LockError, match="does not answer"):
            async with store.lock("web-1"):
                pytest.fail("entered")
    finally:
        redis_server.start()
    async with store.lock("web-1"):
        pass


async def test_connections_that_were_cut_while_nobody_asked_cost_no_turn(make: Make, redis_server: Redis) -> None:
    store = make()

    async def turn(name: str) -> None:
        async with store.lock(name):
            await store.ping()

    await asyncio.gather(*(turn(f"web-{number}") for number in range(5)))
    redis_server.stop()
    redis_server.start()
    await asyncio.gather(*(turn(f"web-{number}") for number in range(5)))


async def test_a_frozen_redis_is_an_error_and_others_go_on_meanwhile(
    redis_server: Redis, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setattr(shared_lock, "ANSWER_SECONDS", 0.2)
    store = make()
    await store.ping()

    async def turn() -> None:
        async with store.lock("web-1"):
            pytest.fail("entered")

    with redis_server.frozen():
        waiting = asyncio.ensure_future(turn())
        looked = 0
        while not waiting.done():
            looked += 1
            await asyncio.sleep(0)
        assert looked > 100
        with pytest.raises(LockError, match="does not answer"):
            await waiting
    # What was sent is carried out after the thaw, and ends by itself.
    while redis_server.client.keys(f"{PREFIX}*"):
        await asyncio.sleep(0.01)


async def test_a_wrong_password_is_an_error(redis_server: Redis) -> None:
    with pytest.raises(LockError):
        async with SharedLock(EndpointConfig(**{**redis_server.settings, "password": "wrong"})).lock("web-1"):
            pytest.fail("entered")


def test_servers_count_rates_together(redis_server: Redis) -> None:
    servers = [Limiter({"messages": "3/minute"}, redis_server.address) for _ in range(2)]
    waits = [servers[number % 2].count("messages", "someone") for number in range(4)]
    assert waits[:3] == [None] * 3
    assert waits[3] is not None and waits[3] > 0
    assert servers[0].count("messages", "else") is None


def test_without_redis_each_server_counts_for_itself_and_then_together_again(redis_server: Redis) -> None:
    now = [0.0]
    servers = [Limiter({"messages": "1/minute"}, redis_server.address, clock=lambda: now[0]) for _ in range(2)]
    redis_server.stop()
    try:
        assert [server.count("messages", "third") for server in servers] == [None, None]
        assert servers[0].count("messages", "third") is not None
    finally:
        redis_server.start()
    now[0] = 11
    assert servers[0].count("messages", "fourth") is None
    assert servers[1].count("messages", "fourth") is not None


def test_a_frozen_redis_is_asked_once_in_a_while(redis_server: Redis, caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    limiter = Limiter({"messages": "2/minute;30/hour"}, redis_server.address, clock=lambda: now[0])
    with redis_server.frozen():
        waits = [limiter.count("messages", "someone") for _ in range(50)]
        assert waits[:2] == [None, None] and None not in waits[2:]
        assert len(caplog.records) == 1
        now[0] = 11
        limiter.count("messages", "else")
        assert len(caplog.records) == 2
