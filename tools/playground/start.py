"""Start the assistant behind Microsoft 365 Agents Playground, and on request walk through it with Chromium.

Not a test and never run automatically: the Playground is pre-release software under Microsoft's own terms (README.md).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from rich.console import Console

from lotse import paths
from lotse.channels.teams.settings import SECTION
from lotse.errors import OperationError
from lotse.operations.environment import HOST, child_environment
from lotse.operations.ports import free_port
from lotse.operations.servers import Servers, Spec, action_server
from lotse.operations.supervisor import run_until_stopped
from lotse.operations.temporary_servers import own_endpoints, write_endpoints
from lotse.operations.training import ensure_model
from tools.playground.forwarding import PlaygroundAzure

HERE = Path(__file__).parent
CLI = HERE / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
# In .m365agentsplayground.yml the channel of the press office.
CHANNEL = "19:presse@thread.tacv2"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.playground", description=__doc__)
    parser.add_argument("--walk", metavar="FOLDER", type=Path, help="walk through it and put pictures here, then end")
    parser.add_argument("--scenes", default="", help="with --walk: only scenes whose name holds this")
    parser.add_argument("--no-channel", action="store_true", help="no office has a channel in Teams, as when shipped")
    parser.add_argument("--model", type=Path, help="use this one as it is; otherwise the newest, trained if need be")
    return parser.parse_args()


def refusal(environment: Mapping[str, str]) -> str | None:
    """Why nothing is started; None if nothing is in the way."""
    if environment.get("CI"):
        return "The Playground is no part of automatic checks: its terms allow evaluation only (README.md)."
    if shutil.which("node") is None:
        return "Node.js is missing; version 20 or newer is needed."
    if not CLI.exists():
        return "The Playground is not installed. Read its terms (README.md), then: npm ci --prefix tools/playground"
    return None


def write_project(folder: Path, channel: str | None) -> None:
    """A copy of the content, in which the press office has a channel in Teams or none has."""
    shutil.copytree(paths.data(), folder / "data", ignore=shutil.ignore_patterns("nlu"))
    contacts = folder / "data" / "house" / "contacts.yml"
    offices = yaml.safe_load(contacts.read_text(encoding="utf-8"))
    offices["contacts"]["press_office"]["teams_channel"] = channel
    contacts.write_text(yaml.safe_dump(offices, allow_unicode=True), encoding="utf-8")
    settings: dict[str, dict[str, str]] = {SECTION: {}}
    (folder / "credentials.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


async def main(wanted: argparse.Namespace, folder: Path, console: Console) -> int:
    """Start all, and end with all of it."""
    write_project(folder, None if wanted.no_channel else CHANNEL)
    model = wanted.model.resolve() if wanted.model else ensure_model(console)
    port, action_port, playground_port = free_port(), free_port(), free_port()
    bot, page = f"http://{HOST}:{port}", f"http://{HOST}:{playground_port}"
    endpoints = write_endpoints(folder, own_endpoints(folder), action_port)
    files = ["--credentials", str(folder / "credentials.yml"), "--endpoints", str(endpoints), "--model", str(model)]
    rasa = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(port), *files]

    def note(line: str) -> None:
        console.print(line, markup=False, highlight=False)

    with PlaygroundAzure(page, note) as azure:
        environment = {**child_environment(), **azure.environment(), paths.HOME_VARIABLE: str(folder)}
        async with azure.receiving(free_port(), f"{bot}/teams/messages") as address, Servers(environment) as servers:
            options = ["-e", address, "-c", "msteams", "-p", str(playground_port), "--su", azure.service_url]
            node = ["node", "-r", str(HERE / "loopback.cjs"), str(CLI), "start", *options, "--disable-telemetry"]
            specs = [
                action_server(action_port),
                Spec("Rasa-Server", rasa, f"{bot}/teams/health", "rasa-playground.log"),
                Spec("Playground", node, f"{page}/", "playground.log"),
            ]
            if wanted.walk is None:
                await run_until_stopped(servers, specs, lambda: note(f"Open {page}/ · Ctrl-C ends it"))
                return 0
            for spec in specs:
                await servers.start(spec)
            await servers.ready()
            walk = ["node", str(HERE / "walk.mjs"), f"{page}/", str(wanted.walk), wanted.scenes]
            status = await (await asyncio.create_subprocess_exec(*walk)).wait()
    for rating, comment in ratings(folder / "conversations.db"):
        note(f"kept: thumb {rating}, comment: {comment or 'none'}")
    return status


def ratings(file: Path) -> list[tuple[str, str | None]]:
    """What has been rated."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as database:
        return database.execute("select rating, comment from ratings").fetchall()
    # Without any rating there is no table.
    return []


def run() -> None:
    """Do what the command line says, and end the process."""
    if problem := refusal(os.environ):
        sys.exit(problem)
    with TemporaryDirectory(prefix="lotse-playground-") as name:
        try:
            sys.exit(asyncio.run(main(arguments(), Path(name), Console(stderr=True))))
        except OperationError as error:
            sys.exit(str(error))
