"""Work in the background: order, repetitions, bounds, failures, the end."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable

import pytest

from lotse.channels.teams.endpoint import WorkQueue

Job = Callable[[], Awaitable[None]]


class Diary:
    """Notes what was done, and lets work wait until it may go on."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun: list[str] = []
        self.go = asyncio.Event()
        self.ended: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def job(self, name: str, wait: bool = False, fail: bool = False) -> Job:
        async def work() -> None:
            self.begun.append(name)
            if wait:
                await self.go.wait()
            if fail:
                raise RuntimeError("on purpose")
            self.done.append(name)
            self.ended[name].set()

        return work


@pytest.fixture
async def diary() -> Diary:
    return Diary()


async def test_a_conversation_keeps_its_order_and_does_not_hold_up_another(diary: Diary) -> None:
    work = WorkQueue()
    work.add("a", "1", diary.job("a1", wait=True))
    work.add("a", "2", diary.job("a2"))
    work.add("b", "3", diary.job("b1"))
    await diary.ended["b1"].wait()
    assert (diary.begun, diary.done) == (["a1", "b1"], ["b1"])
    diary.go.set()
    await work.finish()
    assert diary.done == ["b1", "a1", "a2"]
    assert work.waiting == 0


async def test_an_activity_is_done_once_also_after_it_is_done(diary: Diary) -> None:
    work = WorkQueue()
    results = [work.add("a", "1", diary.job("once")) for _ in range(3)]
    await diary.ended["once"].wait()
    results.append(work.add("a", "1", diary.job("once")))
    await work.finish()
    assert results == ["accepted", "repeated", "repeated", "repeated"]
    assert diary.done == ["once"]


async def test_what_is_remembered_is_bounded_and_the_oldest_goes_first(diary: Diary) -> None:
    work = WorkQueue(remembered=2)
    for activity in ("1", "2", "1", "3"):
        work.add("a", activity, diary.job(activity))
    assert work.add("a", "1", diary.job("1 again")) == "repeated"
    assert work.add("a", "2", diary.job("2 again")) == "accepted"
    await work.finish()
    assert diary.done == ["1", "2", "3", "2 again"]


async def test_one_conversation_cannot_take_the_place_of_all(diary: Diary) -> None:
    work = WorkQueue(longest=4, longest_line=2)
    results = [work.add("a", f"a{n}", diary.job(f"a{n}", wait=True)) for n in range(3)]
    assert results == ["accepted", "accepted", "full"]
    assert [work.add("b", f"b{n}", diary.job(f"b{n}")) for n in range(2)] == ["accepted", "accepted"]
    assert work.add("c", "c0", diary.job("c0")) == "full"
    diary.go.set()
    await work.settled()
    # What was refused was not accepted before: it may come again.
    assert work.add("a", "a2", diary.job("a2")) == "accepted"
    await work.finish()
    assert sorted(diary.done) == ["a0", "a1", "a2", "b0", "b1"]


async def test_a_failure_is_logged_and_counted_and_the_next_one_is_done(
    diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    work = WorkQueue()
    work.add("a", "1", diary.job("bad", fail=True))
    work.add("a", "2", diary.job("good"))
    await work.finish()
    assert (diary.done, work.failed, work.waiting) == (["good"], 1, 0)
    assert "could not be dealt with" in caplog.text


async def test_stopping_waits_and_says_what_it_had_to_give_up(diary: Diary, caplog: pytest.LogCaptureFixture) -> None:
    work = WorkQueue()
    work.add("a", "1", diary.job("a1", wait=True))
    work.add("a", "2", diary.job("a2"))
    with caplog.at_level(logging.ERROR):
        await work.finish(seconds=0)
    assert "2 messages were not answered" in caplog.text
    assert work.add("b", "3", diary.job("b1")) == "full"
    diary.go.set()
    await work.settled()
    assert diary.done == []
