"""A hundred people chatting at once, over the web chat and over Rasa's stock REST channel. Writes `crowd.md`.

Run ``python benchmarks/crowd.py`` from the project folder on a machine with nothing else to do (about five minutes).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import aiohttp
import yaml
from rich.console import Console

from lotse import paths
from lotse.evaluation.questions import load_material
from lotse.evaluation.score import percentile
from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, Spec, action_server, rasa_server
from lotse.operations.temporary_servers import own_endpoints, write_endpoints
from lotse.operations.training import ensure_model

PAGE = Path(__file__).with_name("crowd.md")
PEOPLE, QUESTIONS = 100, 6
# Reading an answer and writing the next question; half of the people are slower.
THINKING_SECONDS = 20.0
WEB = "lotse.channels.web.channel.WebInput"

Ask = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True)
class Result:
    """What the people saw: milliseconds of each answer, and how many got none."""

    milliseconds: list[float]
    errors: int
    seconds: float


async def web_user(session: aiohttp.ClientSession, base: str) -> Ask:
    """Somebody at the web chat, with a session of their own."""
    async with session.post(f"{base}/chat/session", json={"language": "de"}) as response:
        token = (await response.json())["token"]

    async def ask(text: str) -> bool:
        body, headers = {"text": text, "id": str(uuid4())}, {"Authorization": f"Bearer {token}"}
        async with session.post(f"{base}/chat/messages", json=body, headers=headers) as response:
            answer = await response.json()
            messages = answer.get("messages") or []
            return response.status == 200 and bool(messages) and messages[0]["guidance"]["outcome"] != "error"

    return ask


async def rest_user(session: aiohttp.ClientSession, base: str) -> Ask:
    """Somebody at Rasa's stock REST channel."""
    sender = uuid4().hex

    async def ask(text: str) -> bool:
        async with session.post(f"{base}/webhooks/rest/webhook", json={"sender": sender, "message": text}) as response:
            return response.status == 200 and bool(await response.json())

    return ask


async def crowd(
    base: str, arrive: Callable[[aiohttp.ClientSession, str], Awaitable[Ask]], texts: Sequence[str]
) -> Result:
    """All people at once, each asking and thinking."""
    chance = random.Random(7)
    errors, times = 0, []

    async def person(number: int, session: aiohttp.ClientSession) -> None:
        nonlocal errors
        mine = list(islice(cycle(texts), number * QUESTIONS, (number + 1) * QUESTIONS))
        # Nobody begins in the same second as everybody else.
        await asyncio.sleep(chance.uniform(0, THINKING_SECONDS))
        try:
            ask = await arrive(session, base)
        except (aiohttp.ClientError, asyncio.TimeoutError, KeyError):
            errors += QUESTIONS
            return
        for text in mine:
            begun = time.perf_counter()
            try:
                answered = await ask(text)
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, KeyError):
                answered = False
            errors += not answered
            times.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(chance.expovariate(1 / THINKING_SECONDS))

    begun = time.perf_counter()
    limits = aiohttp.TCPConnector(limit=PEOPLE)
    async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=60)) as session:
        await asyncio.gather(*(person(number, session) for number in range(PEOPLE)))
    return Result(times, errors, time.perf_counter() - begun)


async def measure() -> dict[str, Result]:
    """Both channels of one server, one after the other."""
    texts = [question.text for question in load_material([paths.home() / "tests/questions/dev.jsonl"]).questions]
    model = ensure_model(Console(stderr=True))
    port, action_port = free_port(), free_port()
    with TemporaryDirectory(prefix="lotse-crowd-") as name:
        folder = Path(name)
        endpoints = write_endpoints(folder, own_endpoints(folder), action_port)
        settings = yaml.safe_load((paths.home() / "credentials.yml").read_text(encoding="utf-8"))
        credentials = folder / "credentials.yml"
        credentials.write_text(yaml.safe_dump({"rest": None, WEB: settings[WEB]}), encoding="utf-8")
        spec = rasa_server(port, model, endpoints)
        command = [str(credentials) if part == "credentials.yml" else part for part in spec.command]
        async with Servers(child_environment()) as servers:
            await servers.start(action_server(action_port))
            await servers.start(Spec(spec.name, command, spec.health, spec.log))
            await servers.ready()
            base = f"http://{HOST}:{port}"
            return {
                "web chat (`/chat/messages`)": await crowd(base, web_user, texts),
                "Rasa's stock REST channel": await crowd(base, rest_user, texts),
            }


def write(results: dict[str, Result]) -> None:
    """Write the page."""
    rows = "\n".join(
        f"| {name} | {len(result.milliseconds)} | {result.errors} | {percentile(result.milliseconds, 50):.0f} "
        f"| {percentile(result.milliseconds, 95):.0f} | {max(result.milliseconds, default=0):.0f} "
        f"| {len(result.milliseconds) / result.seconds:.1f} |"
        for name, result in results.items()
    )
    PAGE.write_text(PAGE_TEXT.format(date=date.today(), rows=rows, people=PEOPLE, questions=QUESTIONS,
                                     thinking=THINKING_SECONDS), encoding="utf-8")  # fmt: skip


PAGE_TEXT = """# A hundred people at once

Made by `python benchmarks/crowd.py` on {date}; do not edit.

{people} people, {questions} questions each, {thinking:.0f} s of thinking on average between an answer and the next
question (exponential), one server with its action server and the clients on the same two cores, both channels in one
run of the same server. Settings as they come, rate limits included.

| channel | questions | without an answer | p50, ms | p95, ms | slowest, ms | questions a second |
|---|--:|--:|--:|--:|--:|--:|
{rows}

The web chat does more for a question: it checks a signed session, the rate limits and the idempotency key, and it can
restore the conversation after a reload.
"""


def main() -> None:
    """Measure and write."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    write(asyncio.run(measure()))
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
