"""The parts of the measurement. Each starts its servers, is bounded in count and time, and returns plain figures."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from benchmarks import servers as beside
from benchmarks.load.people import (
    Asked,
    Reply,
    WebPerson,
    all_at_once,
    client,
    crowd,
    stock_user,
    timed,
    web_person,
    web_user,
    without_pause,
)
from benchmarks.load.servers import Up, cpu_seconds, nginx, one_server, several_servers
from lotse.evaluation.questions import load_material
from lotse.evaluation.score import percentile

Found = dict[str, Any]
# Measures the stock assistant: its address, its Rasa server, its action server, what to ask.
Stock = Callable[[str, psutil.Process, psutil.Process, Sequence[str]], Awaitable[Found]]
OURS, STOCK = "Lotse", "rasa init"


@dataclass(frozen=True)
class Plan:
    """How much of everything; the defaults are what the page was made with.

    Attributes:
        folder: for databases, settings and logs.
        stock: folder of the stock assistant; it is made and trained there if it is missing.
        only: one of `OURS` and `STOCK` alone.
        users: so many people with thinking time, one run each.
        users_seconds: length of each of these runs.
        thinking: seconds between an answer and the next question on average.
        bursts: so many people at once.
        turns: of the long conversation.
        conversations: of one turn each.
        every: conversations between two looks at the memory.
        many_seconds: no further conversations after this time.
        fault_people: people who ask while something fails; they think for `fault_thinking` seconds.
        fault_seconds: length of the run of each fault, which comes after a quarter of it.
        workers: numbers of servers.
        scale_people: people without thinking time.
        scale_seconds: length of each of these runs.
    """

    folder: Path
    stock: Path
    only: str | None = None
    users: Sequence[int] = (1, 10, 50, 200)
    users_seconds: float = 60.0
    thinking: float = 20.0
    bursts: Sequence[int] = (50, 100, 200, 300, 600)
    turns: int = 400
    conversations: int = 10_000
    every: int = 500
    many_seconds: float = 900.0
    fault_people: int = 20
    fault_thinking: float = 2.0
    fault_seconds: float = 45.0
    workers: Sequence[int] = (1, 2, 4)
    scale_people: int = 16
    scale_seconds: float = 30.0

    def takes(self, name: str) -> bool:
        """Whether an assistant is measured."""
        return self.only in (None, name)


def texts() -> list[str]:
    """The questions that are kept for choosing settings."""
    return [question.text for question in load_material([Path("tests/questions/dev.jsonl")]).questions]


def stock_assistant(plan: Plan) -> beside.Assistant:
    """The stock assistant, trained."""
    plan.stock.mkdir(parents=True, exist_ok=True)
    assistant = beside.stock(plan.stock)
    if not assistant.model.exists():
        print(f"{STOCK}: trained in {beside.train(assistant):.0f} s", flush=True)
    return assistant


async def with_each(plan: Plan, ours: Callable[[Up], Awaitable[Found]], other: Stock) -> Found:
    """Measure our assistant and then the stock one, each with its servers running alone."""
    found: Found = {}
    if plan.takes(OURS):
        with one_server(plan.folder) as up:
            await _warm_up(up.url, texts())
            found[OURS] = await ours(up)
    if plan.takes(STOCK):
        assistant = stock_assistant(plan)
        with beside.running(assistant) as (url, rasa, actions):
            async with client() as session:
                await beside.first_answer(session, url, assistant.messages[0], rasa)
            found[STOCK] = await other(url, rasa, actions, assistant.messages)
    return found


async def users(plan: Plan) -> Found:
    """People with thinking time."""

    async def runs(measure: Callable[[int], Awaitable[list[Asked]]], cpu: Callable[[], float]) -> Found:
        found: Found = {}
        for people in plan.users:
            begun, used = time.perf_counter(), cpu()
            asked = await measure(people)
            seconds = time.perf_counter() - begun
            found[str(people)] = {**_figures(asked), "seconds": round(seconds, 1), "cpu_ms": _each(cpu() - used, asked)}
            print(f"{people} people: {found[str(people)]}", flush=True)
        return found

    async def ours(up: Up) -> Found:
        return await runs(
            lambda people: crowd(up.url, web_user, texts(), people, plan.users_seconds, plan.thinking), up.cpu_seconds
        )

    async def other(url: str, rasa: psutil.Process, actions: psutil.Process, messages: Sequence[str]) -> Found:
        return await runs(
            lambda people: crowd(url, stock_user, messages, people, plan.users_seconds, plan.thinking),
            lambda: cpu_seconds(rasa) + cpu_seconds(actions),
        )

    return await with_each(plan, ours, other)


async def burst(plan: Plan) -> Found:
    """Everybody in the same moment."""
    with one_server(plan.folder) as up:
        await _warm_up(up.url, texts())
        found: Found = {}
        for people in plan.bursts:
            asked = await all_at_once(up.url, texts(), people)
            found[str(people)] = _figures(asked)
            print(f"{people} at once: {found[str(people)]}", flush=True)
            # The next ones do not wait for turns of those who have given up.
            await _until_idle(up)
        return found


async def long(plan: Plan) -> Found:
    """One conversation that does not end."""

    async def one(ask: Callable[[str], Awaitable[Reply]], questions: Sequence[str]) -> Found:
        begun = time.perf_counter()
        asked = [await timed(ask(text), begun) for text in islice(cycle(questions), plan.turns)]
        share = max(plan.turns // 8, 1)
        return {
            **_figures(asked),
            "first_p50": _p50(asked[:share]),
            "last_p50": _p50(asked[-share:]),
            "milliseconds": [round(one.seconds * 1000, 1) for one in asked],
        }

    async def ours(up: Up) -> Found:
        async with client() as session:
            return await one(await web_user(session, up.url), texts())

    async def other(url: str, rasa: psutil.Process, actions: psutil.Process, messages: Sequence[str]) -> Found:
        async with client() as session:
            return await one(await stock_user(session, url), messages)

    return await with_each(plan, ours, other)


async def many(plan: Plan) -> Found:
    """Conversations of one turn each: memory and database."""
    with one_server(plan.folder) as up:
        await _warm_up(up.url, texts())
        rows: list[Found] = []
        asked: list[Asked] = []
        begun, used = time.perf_counter(), up.cpu_seconds()
        questions = cycle(texts())

        async def one(session: Any, text: str) -> None:
            ask = await web_user(session, up.url)
            asked.append(await timed(ask(text), begun))

        async def person(session: Any, work: list[str]) -> None:
            while work:
                await one(session, work.pop())

        async with client() as session:
            for done in range(0, plan.conversations + 1, plan.every):
                rasa, actions = up.mebibytes()
                rows.append(
                    {
                        "conversations": done,
                        "rasa_mib": round(rasa, 1),
                        "actions_mib": round(actions, 1),
                        "database_bytes": up.database_bytes(),
                        "seconds": round(time.perf_counter() - begun, 1),
                    }
                )
                print(rows[-1], flush=True)
                if time.perf_counter() - begun > plan.many_seconds:
                    break
                if done < plan.conversations:
                    work = list(islice(questions, plan.every))
                    await asyncio.gather(*(person(session, work) for _ in range(8)))
        return {**_figures(asked), "cpu_ms": _each(up.cpu_seconds() - used, asked), "rows": rows}


async def scale(plan: Plan) -> Found:
    """Several servers that share their stores."""
    found: Found = {}
    for count in plan.workers:
        with several_servers(plan.folder / f"scale-{count}", count) as (ups, url, postgresql):
            await _warm_up(url, texts(), 10 * count)
            root = psutil.Process(int((postgresql.data / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
            used, database, own = [up.cpu_seconds() for up in ups], cpu_seconds(root), time.process_time()
            begun = time.perf_counter()
            asked = await without_pause(url, texts(), plan.scale_people, plan.scale_seconds)
            seconds = time.perf_counter() - begun
            each = [up.cpu_seconds() - before for up, before in zip(ups, used, strict=True)]
            [(kept,)] = postgresql.query("select pg_database_size('load')", database="load")
            found[str(count)] = {
                **_figures(asked),
                "rate": round(sum(one.reply is Reply.ANSWERED for one in asked) / seconds, 1),
                "cpu_ms": _each(sum(each), asked),
                "cpu_shares": [round(used / seconds, 2) for used in each],
                "client_cpu_ms": _each(time.process_time() - own, asked),
                "database_cpu_ms": _each(cpu_seconds(root) - database, asked),
                "database_bytes": kept,
                "memory_mib": [round(sum(up.mebibytes()), 0) for up in ups],
            }
            print(f"{count} servers: {found[str(count)]}", flush=True)
    return found


async def faults(plan: Plan) -> Found:
    """People who ask while something fails."""
    kinds: dict[str, Callable[[Up], Awaitable[None]]] = {
        "action server killed (kill -9)": _kill_actions,
        "action server stands still for 8 s": _freeze_actions,
        "another process writes to the SQLite database for 10 s": _hold_database,
        "Rasa server killed (kill -9)": _kill_rasa,
        "`up` ended (SIGTERM) and started again": _start_again,
    }
    found: Found = {}
    for number, (name, fault) in enumerate(kinds.items()):
        place = plan.folder / f"fault-{number}"
        up = Up(place / "lotse", {}, {"trusted_proxies": 1})
        up.start()
        try:
            await asyncio.to_thread(up.wait)
            with nginx(place, [up]) as url:
                await _warm_up(url, texts())
                found[name] = await _one_fault(plan, up, url, fault)
        finally:
            await asyncio.to_thread(up.stop)
        print(f"{name}: {found[name]}", flush=True)
    return found


async def _one_fault(plan: Plan, up: Up, url: str, fault: Callable[[Up], Awaitable[None]]) -> Found:
    people: list[WebPerson] = []
    begun = time.perf_counter()
    asked: list[Asked] = []

    async def person(someone: WebPerson, first: int) -> None:
        for text in islice(cycle(texts()), first * 7, None):
            identity = None
            # As people do: the same message again, under its id, until there is an answer.
            while time.perf_counter() - begun < plan.fault_seconds:
                identity = identity or str(uuid4())
                one = await timed(someone.ask(text, identity), begun)
                asked.append(one)
                await asyncio.sleep(plan.fault_thinking)
                if one.reply is Reply.ANSWERED:
                    break
            if time.perf_counter() - begun >= plan.fault_seconds:
                return

    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(client())
        people += [await web_person(session, url) for _ in range(plan.fault_people)]
        begun = time.perf_counter()
        crowd_ = [asyncio.create_task(person(someone, number)) for number, someone in enumerate(people)]
        await asyncio.sleep(plan.fault_seconds / 4)
        at = time.perf_counter() - begun
        await fault(up)
        await asyncio.gather(*crowd_)
        # What was answered is to be there when everything is back.
        await asyncio.to_thread(up.wait)
        lost = [await someone.forgotten() for someone in people]
    bad = [one.at + one.seconds for one in asked if one.reply is not Reply.ANSWERED]
    return {**_figures(asked), "lost": sum(lost), "back_after": round(max(bad) - at, 1) if bad else 0.0}


async def _kill_actions(up: Up) -> None:
    up.actions().kill()


async def _freeze_actions(up: Up) -> None:
    process = up.actions()
    process.suspend()
    await asyncio.sleep(8)
    process.resume()


async def _hold_database(up: Up) -> None:
    with closing(sqlite3.connect(up.folder / ".lotse" / "conversations.db", isolation_level=None)) as database:
        database.execute("begin immediate")
        await asyncio.sleep(10)
        database.execute("rollback")


async def _kill_rasa(up: Up) -> None:
    up.rasa().kill()


async def _start_again(up: Up) -> None:
    await asyncio.to_thread(up.stop)
    up.start()
    await asyncio.to_thread(up.wait)


async def _warm_up(url: str, questions: Sequence[str], turns: int = 10) -> None:
    """The first turns of a server take longer: they load what is loaded once."""
    async with client() as session:
        asks = [await web_user(session, url) for _ in range(turns)]
        await asyncio.gather(*(ask(text) for ask, text in zip(asks, cycle(questions))))


async def _until_idle(up: Up) -> None:
    """Wait, a minute at most, until no turn is worked on any more: until the server uses no processor time."""
    for _ in range(60):
        used = up.cpu_seconds()
        await asyncio.sleep(1)
        if up.cpu_seconds() - used < 0.1:
            return


def _figures(asked: Sequence[Asked]) -> Found:
    counts = Counter(one.reply for one in asked)
    answered = [one.seconds * 1000 for one in asked if one.reply is Reply.ANSWERED]
    return {
        "asked": len(asked),
        **{reply.value: counts[reply] for reply in Reply},
        "p50": round(percentile(answered, 50), 0) if answered else None,
        "p95": round(percentile(answered, 95), 0) if answered else None,
        "slowest": round(max((one.seconds for one in asked), default=0) * 1000, 0),
    }


def _p50(asked: Sequence[Asked]) -> float:
    return round(percentile([one.seconds * 1000 for one in asked], 50), 1)


def _each(seconds: float, asked: Sequence[Asked]) -> float:
    """Milliseconds of processor time for each answer."""
    return round(seconds * 1000 / max(sum(one.reply is Reply.ANSWERED for one in asked), 1), 1)


PARTS: dict[str, Callable[[Plan], Coroutine[Any, Any, Found]]] = {
    "users": users,
    "burst": burst,
    "long": long,
    "many": many,
    "faults": faults,
    "scale": scale,
}
