"""All channels of a server end their work together, in the time that it has."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from lotse.channels.draining import drain_all, drain_at_stop
from lotse.conversation import turn_queue
from lotse.conversation.turn_queue import DRAIN_SECONDS, DeclinedError, TurnQueue
from lotse.operations.environment import SENDING_SECONDS, STOP_SECONDS


def served() -> SimpleNamespace:
    return SimpleNamespace(ctx=SimpleNamespace())


async def test_two_channels_take_nothing_new_as_soon_as_one_of_them_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_queue, "LAST_REQUESTS_SECONDS", 0.0)
    app, queues, goes_on = served(), [TurnQueue("web"), TurnQueue("rest")], asyncio.Event()
    done: list[int] = []

    async def turn(number: int) -> None:
        async with queues[number].place():
            await goes_on.wait()
            done.append(number)

    for queue in queues:
        drain_at_stop(app, queue.drain)
    turns = [asyncio.ensure_future(turn(number)) for number in range(2)]
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(drain_all(app))
    for _ in range(3):
        await asyncio.sleep(0)
    for queue in queues:
        with pytest.raises(DeclinedError, match="busy"):
            async with queue.place():
                pass
    assert not stopping.done()
    goes_on.set()
    await stopping
    assert sorted(done) == [0, 1]
    await asyncio.gather(*turns)


async def test_every_channel_has_the_whole_time_at_once_and_is_ended_once() -> None:
    app, all_begun = served(), asyncio.Event()
    begun: list[float] = []

    async def drain(seconds: float) -> None:
        begun.append(seconds)
        if len(begun) == 3:
            all_begun.set()
        # One after the other, none of them would ever end.
        await all_begun.wait()

    for _ in range(3):
        drain_at_stop(app, drain)
    for _ in range(3):
        await drain_all(app)
    assert begun == [DRAIN_SECONDS] * 3


async def test_a_channel_that_fails_keeps_no_other_from_ending() -> None:
    app = served()
    ended: list[bool] = []

    async def fail(_: float) -> None:
        raise OSError

    async def end(_: float) -> None:
        await asyncio.sleep(0)
        ended.append(True)

    drain_at_stop(app, fail)
    drain_at_stop(app, end)
    with pytest.raises(OSError):
        await drain_all(app)
    assert ended == [True]


async def test_the_last_requests_are_waited_for_within_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def wait_for(work: object, seconds: float) -> None:
        waited.append(seconds)
        work.close()  # type: ignore[attr-defined]

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(asyncio, "wait_for", wait_for)
    await TurnQueue("web").drain(DRAIN_SECONDS)
    assert sum(waited) == DRAIN_SECONDS


def test_turns_and_sending_together_fit_in_the_time_of_a_stop() -> None:
    assert DRAIN_SECONDS + SENDING_SECONDS <= STOP_SECONDS
