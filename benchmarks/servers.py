"""Measures our servers beside the assistant `rasa init` makes, in one run on one machine. Writes `servers.md`.

Run ``python benchmarks/servers.py`` from the project folder on a machine with nothing else to do (about ten minutes).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import aiohttp
import psutil
import yaml

from lotse import paths
from lotse.evaluation.questions import load_material
from lotse.evaluation.score import percentile
from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.temporary_servers import own_endpoints, write_endpoints

PAGE = Path(__file__).with_name("servers.md")
TURNS, CROWD, CROWD_TURNS, TURNS_A_SENDER = 200, 10, 300, 10
# A guided check: asked for in words, then its first options, none of which ends it.
CHECK = ("Kannst du meinen Post prüfen?", *["1"] * 5)
CHECKS = 20
WARM_UP = 5
MIB = 1024 * 1024

STOCK_ACTION = '''
from rasa_sdk import Action


class ActionIAmABot(Action):
    """Says in the action server what `utter_iamabot` says in the Rasa server."""

    def name(self):
        return "action_iamabot"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="I am a bot, powered by Rasa.")
        return []
'''


@dataclass(frozen=True)
class Assistant:
    """An assistant under measurement.

    Attributes:
        name: as it stands in the table.
        folder: its project.
        model: where its model is.
        action_command: starts its action server; the port is appended.
        endpoints: its endpoints file, without the action server's address.
        messages: turns that call its action server.
        checks: whether it has guided checks.
    """

    name: str
    folder: Path
    model: Path
    action_command: Sequence[str]
    endpoints: dict[str, Any]
    messages: Sequence[str]
    checks: bool = False


@dataclass
class Figures:
    """What was measured of one assistant; one entry for each run."""

    training: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    rasa_mib: list[float] = field(default_factory=list)
    action_mib: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    crowd_rate: list[float] = field(default_factory=list)
    crowd_p50: list[float] = field(default_factory=list)
    crowd_p95: list[float] = field(default_factory=list)
    check_p50: list[float] = field(default_factory=list)
    check_p95: list[float] = field(default_factory=list)
    unanswered: int = 0


def ours(folder: Path, questions: Path) -> Assistant:
    """Our assistant with the questions we keep for measuring."""
    texts = [question.text for question in load_material([questions]).questions]
    command = [sys.executable, "-m", "lotse.operations.action_server", "--port"]
    (folder / "ours").mkdir()
    endpoints = own_endpoints(folder / "ours")
    return Assistant("Lotse", paths.home(), folder / "ours" / "model.tar.gz", command, endpoints, texts, checks=True)


def stock(folder: Path) -> Assistant:
    """What `rasa init` makes, with one of its fixed replies moved into a custom action.

    It is asked what calls this action, in the words of its own examples, so that both assistants do a full turn.

    Args:
        folder: to make it in; what is there already stays.
    """
    home = folder / "stock"
    if not home.exists():
        _make_stock(home)
    intents = yaml.safe_load((home / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    examples = next(block["examples"] for block in intents if block["intent"] == "bot_challenge")
    texts = [line.removeprefix("- ").strip() for line in examples.splitlines()]
    command = [sys.executable, "-m", "rasa", "run", "actions", "--port"]
    return Assistant("rasa init", home, home / "models" / "model.tar.gz", command, {"action_endpoint": {}}, texts)


def _make_stock(home: Path) -> None:
    from rasa.cli.scaffold import create_initial_project

    home.mkdir()
    create_initial_project(str(home))
    (home / "actions" / "actions.py").write_text(STOCK_ACTION, encoding="utf-8")
    rules = home / "data" / "rules.yml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("utter_iamabot", "action_iamabot"), encoding="utf-8")
    with (home / "domain.yml").open("a", encoding="utf-8") as domain:
        domain.write("\nactions:\n- action_iamabot\n")


def train(assistant: Assistant) -> float:
    """Seconds of `rasa train`, everything from scratch."""
    out = ["--out", str(assistant.model.parent), "--fixed-model-name", assistant.model.name.removesuffix(".tar.gz")]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--force", *out],
        cwd=assistant.folder,
        env=child_environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"{assistant.name}: rasa train failed\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - start


@contextmanager
def running(assistant: Assistant) -> Iterator[tuple[str, psutil.Process, psutil.Process]]:
    """Both servers of an assistant, from the moment they are started; not necessarily ready."""
    port, action_port = free_port(), free_port()
    environment = child_environment()
    endpoints = write_endpoints(assistant.model.parent, assistant.endpoints, action_port)
    files = ["--credentials", "credentials.yml", "--endpoints", str(endpoints), "--model", str(assistant.model)]
    rasa = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(port), *files]
    with (assistant.model.parent / "servers.log").open("ab") as log:
        children = [
            subprocess.Popen(command, cwd=assistant.folder, env=environment, stdout=log, stderr=log)
            for command in ([*assistant.action_command, str(action_port)], rasa)
        ]
        try:
            yield f"http://{HOST}:{port}", psutil.Process(children[1].pid), psutil.Process(children[0].pid)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=30)


def mebibytes(process: psutil.Process) -> float:
    """Resident memory of a process and its children."""
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family)) / MIB


async def first_answer(session: aiohttp.ClientSession, url: str, message: str, server: psutil.Process) -> None:
    """Wait until a question gets a reply.

    Raises:
        SystemExit: the server ended, or never answers.
    """
    for _ in range(3000):
        if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
            raise SystemExit("The Rasa server ended before it answered; see servers.log.")
        try:
            if await say(session, url, uuid4().hex, message):
                return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.05)
    raise SystemExit("The Rasa server gives no answer.")


async def say(session: aiohttp.ClientSession, url: str, sender: str, message: str) -> bool:
    """One turn; whether anything came back."""
    body = {"sender": sender, "message": message}
    async with session.post(f"{url}/webhooks/rest/webhook", json=body) as response:
        return response.status == 200 and bool(await response.json())


async def converse(
    session: aiohttp.ClientSession, url: str, messages: Sequence[str], turns: int, figures: Figures
) -> list[float]:
    """Milliseconds of each turn of one user after the other, ten turns each."""
    taken = []
    sender = ""
    for number, message in enumerate(islice(cycle(messages), turns)):
        if number % TURNS_A_SENDER == 0:
            sender = uuid4().hex
        start = time.perf_counter()
        answered = await say(session, url, sender, message)
        taken.append((time.perf_counter() - start) * 1000)
        figures.unanswered += not answered
    return taken


async def checked(session: aiohttp.ClientSession, url: str, figures: Figures) -> None:
    """Guided checks of one user after the other: add the milliseconds of their turns to the figures.

    The turn that asks for the check counts too: it is read like any other question.
    """
    taken: list[float] = []
    for _ in range(CHECKS):
        taken += await converse(session, url, CHECK, len(CHECK), figures)
    figures.check_p50.append(percentile(taken, 50))
    figures.check_p95.append(percentile(taken, 95))


async def measure(assistant: Assistant, figures: Figures) -> None:
    """One run: start, one user, memory, guided checks if it has any, ten users."""
    started = time.perf_counter()
    with running(assistant) as (url, rasa, actions):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            await first_answer(session, url, assistant.messages[0], rasa)
            figures.start.append(time.perf_counter() - started)
            await converse(session, url, assistant.messages, WARM_UP, Figures())
            alone = await converse(session, url, assistant.messages, TURNS, figures)
            figures.p50.append(percentile(alone, 50))
            figures.p95.append(percentile(alone, 95))
            figures.rasa_mib.append(mebibytes(rasa))
            figures.action_mib.append(mebibytes(actions))
            if assistant.checks:
                await checked(session, url, figures)
            begun = time.perf_counter()
            shares = [[*assistant.messages[user:], *assistant.messages[:user]] for user in range(CROWD)]
            talks = [converse(session, url, share, CROWD_TURNS // CROWD, figures) for share in shares]
            crowd = [milliseconds for talk in await asyncio.gather(*talks) for milliseconds in talk]
            figures.crowd_rate.append(len(crowd) / (time.perf_counter() - begun))
            figures.crowd_p50.append(percentile(crowd, 50))
            figures.crowd_p95.append(percentile(crowd, 95))


ROWS = (
    ("training, s", "training"),
    ("start to first answer, s", "start"),
    ("memory of the Rasa server, MiB", "rasa_mib"),
    ("memory of the action server, MiB", "action_mib"),
    ("one user: p50, ms", "p50"),
    ("one user: p95, ms", "p95"),
    ("ten users: turns a second", "crowd_rate"),
    ("ten users: p50, ms", "crowd_p50"),
    ("ten users: p95, ms", "crowd_p95"),
)


def page(found: dict[str, Figures], runs: int, load: float) -> str:
    """The page in Markdown."""
    (our_name, our), (stock_name, other) = found.items()
    lines = [
        "# Servers beside `rasa init`",
        "",
        f"Made by `python benchmarks/servers.py` on {date.today()}; do not edit. {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, load average before the run {load:.1f}.",
        "",
        f"| | {our_name} | {stock_name} | ratio |",
        "|---|--:|--:|--:|",
    ]
    for label, name in ROWS:
        mine, theirs = statistics.median(getattr(our, name)), statistics.median(getattr(other, name))
        lines.append(f"| {label} | {mine:.1f} | {theirs:.1f} | {mine / theirs:.2f} |")
    both = [statistics.median(f.rasa_mib) + statistics.median(f.action_mib) for f in (our, other)]
    lines.append(f"| memory of both servers, MiB | {both[0]:.1f} | {both[1]:.1f} | {both[0] / both[1]:.2f} |")
    check_p50, check_p95 = statistics.median(our.check_p50), statistics.median(our.check_p95)
    lines += [
        "",
        f"A turn of a guided check ({our_name}, one user): p50 {check_p50:.1f} ms, "
        f"{check_p50 / statistics.median(our.p50):.2f} of any other turn's; p95 {check_p95:.1f} ms, "
        f"{check_p95 / statistics.median(our.p95):.2f}. "
        f"{CHECKS} checks a run, the opening and {len(CHECK) - 1} answers each.",
        "",
        f"Medians of {runs} runs, taken in turn; training once. Memory: resident, after {TURNS} turns. One user: "
        f"{TURNS} turns, a new sender every {TURNS_A_SENDER}; ten users: {CROWD_TURNS} turns as fast as answers come; "
        "the client runs on the same machine. Every turn calls the action server in both: the Lotse answers the "
        "questions of `tests/questions/dev.jsonl`; the other is what `rasa init --no-prompt` makes (all its policies), "
        "with its reply to “are you a bot?” moved into a custom action, asked in the words of its own examples. "
        "Conversations are kept as each comes configured: the Lotse in SQLite, the other in memory only.",
        "",
        f"Turns without any reply: {our_name} {our.unanswered}, {stock_name} {other.unanswered}.",
        "",
        "Every single value:",
        "",
        "```json",
        *(json.dumps({name: {key: _rounded(value) for key, value in vars(f).items()}}) for name, f in found.items()),
        "```",
        "",
    ]
    return "\n".join(lines)


def _rounded(value: list[float] | int) -> list[float] | int:
    return [round(number, 1) for number in value] if isinstance(value, list) else value


def main() -> None:
    """Train both, measure both in turn, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each assistant")
    runs = parser.parse_args().runs
    load = psutil.getloadavg()[0]
    with TemporaryDirectory(prefix="lotse-servers-") as name:
        folder = Path(name)
        assistants = [ours(folder, paths.home() / "tests" / "questions" / "dev.jsonl"), stock(folder)]
        found = {assistant.name: Figures() for assistant in assistants}
        for assistant in assistants:
            found[assistant.name].training.append(train(assistant))
            print(f"{assistant.name}: trained in {found[assistant.name].training[0]:.0f} s", flush=True)
        for run in range(runs):
            for assistant in assistants:
                asyncio.run(measure(assistant, found[assistant.name]))
                print(f"{assistant.name}: run {run + 1} of {runs}", flush=True)
    PAGE.write_text(page(found, runs, load), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
