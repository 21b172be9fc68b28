"""Starts, watches and stops the action server and the Rasa server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import aiohttp
from typing_extensions import Self

from lotse.errors import OperationError
from lotse.operations.endpoints import endpoints_for
from lotse.operations.environment import ACTION_PORT_OFFSET, HOST, child_environment, last_lines, logs
from lotse.operator_language import _
from lotse.paths import home
from lotse.private_files import make_file
from lotse.rasa_adapter import model_archive

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Spec:
    """How to start a server and check it.

    Attributes:
        name: as shown to people.
        command: command line that starts it.
        health: address that answers 200 once it runs.
        log: name of its log file.
        readiness: address that answers 503 if it runs but cannot work; None if there is none.
        remedy: what to do in that case, in the operator's language.
    """

    name: str
    command: Sequence[str]
    health: str
    log: str
    readiness: str | None = None
    remedy: str = ""


def action_server(port: int) -> Spec:
    """The action server on a port of this machine."""
    command = [sys.executable, "-m", "lotse.operations.action_server", "--port", str(port)]
    return Spec(_("action server"), command, f"http://{HOST}:{port}/health", "actions.log")


def rasa_server(port: int, model: Path, endpoints: Path) -> Spec:
    """The Rasa server with one model and an endpoints file."""
    files = ["--credentials", "credentials.yml", "--endpoints", str(endpoints), "--model", str(model)]
    command = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(port), *files]
    url = f"http://{HOST}:{port}"
    # Rasa keeps running without a model if it cannot load the given one. If an authority has removed the web chat from
    # credentials.yml, this address is not found and readiness is unknown.
    remedy = _("Usually the model {model} cannot be loaded; this builds a new one: ./lotse train --force").format(
        model=model
    )
    return Spec(_("Rasa server"), command, f"{url}/", "rasa.log", readiness=f"{url}/chat/health", remedy=remedy)


class Servers:
    """Runs servers as child processes in process groups of their own, so that Ctrl-C reaches only this process.

    Use as an asynchronous context manager; leaving it stops all servers that still run.

    Args:
        environment: variables of the child processes.
        start_seconds: how long each may take until it answers.
        stop_seconds: how long each may take to end before it is killed; Rasa finishes the turn it is in first.
    """

    def __init__(self, environment: dict[str, str], start_seconds: float = 180, stop_seconds: float = 15) -> None:
        self._environment = environment
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._running: list[tuple[Spec, asyncio.subprocess.Process, Path]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, spec: Spec) -> None:
        """Start one server; does not wait for it."""
        log = make_file(logs() / spec.log)
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *spec.command,
                cwd=home(),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append((spec, process, log))

    async def ready(self) -> None:
        """Wait until every server answers.

        Raises:
            OperationError: one ended first, does not answer in time, or cannot work; with the end of its log.
        """
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            for spec, _process, log in self._running:
                try:
                    await asyncio.wait_for(self._answers(session, spec), self._start_seconds)
                except asyncio.TimeoutError:
                    problem = _("{name} does not answer after {seconds} seconds").format(
                        name=spec.name, seconds=self._start_seconds
                    )
                    raise OperationError(_with_log(problem, log)) from None
                if spec.readiness is not None and await self._is_unready(session, spec.readiness):
                    problem = _("{name} runs, but cannot answer. {remedy}").format(name=spec.name, remedy=spec.remedy)
                    raise OperationError(_with_log(problem, log))

    async def ended(self) -> OperationError:
        """Wait until any server ends; the returned error says which one and contains the end of its log."""
        waits = [asyncio.ensure_future(process.wait()) for _spec, process, _log in self._running]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._death() or OperationError(_("A server has ended."))

    async def stop(self) -> None:
        """Stop all servers, the last started first; kill those that still run after 15 seconds."""
        for _spec, process, _log in reversed(self._running):
            _signal(process, signal.SIGTERM)
        for _spec, process, _log in reversed(self._running):
            try:
                await asyncio.wait_for(process.wait(), self._stop_seconds)
            except asyncio.TimeoutError:
                _signal(process, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
                await process.wait()
        self._running.clear()

    async def _answers(self, session: aiohttp.ClientSession, spec: Spec) -> None:
        while True:
            if death := self._death():
                raise death
            with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError):
                async with session.get(spec.health) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(_POLL_SECONDS)

    async def _is_unready(self, session: aiohttp.ClientSession, address: str) -> bool:
        try:
            async with session.get(address) as answer:
                return answer.status == 503
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False  # it has just answered; if it has ended meanwhile, that is noticed by whoever watches it

    def _death(self) -> OperationError | None:
        for spec, process, log in self._running:
            if process.returncode is not None:
                return OperationError(
                    _with_log(
                        _("{name} has ended ({ending})").format(name=spec.name, ending=_ending(process.returncode)), log
                    )
                )
        return None


async def serve(port: int, model: Path, announce: Callable[[], None]) -> None:
    """Run both servers until Ctrl-C or SIGTERM.

    Args:
        port: of the Rasa server; the action server listens 50 higher.
        model: the model to load.
        announce: called once both answer.

    Raises:
        OperationError: the model's archive is damaged, or a server did not start, cannot answer, or ended by itself;
            the other one is stopped by then.
    """
    model_archive.check(model)
    action_port = port + ACTION_PORT_OFFSET
    endpoints = endpoints_for(action_port)
    try:
        async with Servers(child_environment()) as servers:
            specs = [action_server(action_port), rasa_server(port, model, endpoints)]
            await run_until_stopped(servers, specs, announce)
    finally:
        endpoints.unlink(missing_ok=True)


async def run_until_stopped(servers: Servers, specs: Sequence[Spec], announce: Callable[[], None]) -> None:
    """Start servers, announce them once they answer, and return on Ctrl-C or SIGTERM.

    Raises:
        OperationError: as for ``serve``.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows' event loop has no signal handlers; Ctrl-C ends it as KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            if hasattr(signal, name):
                loop.add_signal_handler(getattr(signal, name), stopped.set)
    for spec in specs:
        await servers.start(spec)
    stop = asyncio.ensure_future(stopped.wait())
    work = asyncio.ensure_future(_watch(servers, announce))
    await asyncio.wait([stop, work], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        stop.cancel()
        work.result()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def _watch(servers: Servers, announce: Callable[[], None]) -> None:
    await servers.ready()
    announce()
    raise await servers.ended()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def _ending(code: int) -> str:
    return _("signal {number}").format(number=-code) if code < 0 else _("exit code {code}").format(code=code)


def _with_log(problem: str, log: Path) -> str:
    return _("{problem}. The last lines of {file}:\n\n{lines}").format(
        problem=problem, file=log.relative_to(home()), lines=last_lines(log)
    )
