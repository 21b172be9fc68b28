"""Starts and stops the action server and the Rasa server, and says when one has ended."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import aiohttp
from typing_extensions import Self

from lotse.errors import OperationError
from lotse.operations.environment import HOST, INTERNAL_PORT_OFFSET, STOP_SECONDS, last_lines, logs
from lotse.operations.log_files import rotate
from lotse.operator_language import N_, _
from lotse.paths import home
from lotse.private_files import make_file

# What `/health/ready` of the internal port names.
_PARTS = {
    "model": N_("the model"),
    "store": N_("the database of the conversations"),
    "lock": N_("the lock store"),
    "actions": N_("the action server"),
}
_POLL_SECONDS = 0.2
_KILL = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM
# <sys/prctl.h>. Looked up here, because after a fork nothing may be loaded.
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


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
        parts: address that answers 503 and names the parts that do not answer; None if there is none.
    """

    name: str
    command: Sequence[str]
    health: str
    log: str
    readiness: str | None = None
    remedy: str = ""
    parts: str | None = None


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
    # An operator may have moved or removed the internal port; then nothing is known of the parts.
    parts = f"http://{HOST}:{port + INTERNAL_PORT_OFFSET}/health/ready"
    return Spec(_("Rasa server"), command, f"{url}/", "rasa.log", f"{url}/chat/health", remedy, parts)


class Servers:
    """Runs servers as child processes in process groups of their own, so that Ctrl-C reaches only this process.

    Use as an asynchronous context manager; leaving it stops all servers that still run.

    Args:
        environment: variables of the child processes.
        start_seconds: how long each may take until it answers.
        stop_seconds: how long each may take to end before it is killed; Rasa finishes the turns it has first.
        keep_logs: add to the logs of earlier starts instead of beginning them anew.
    """

    def __init__(
        self,
        environment: dict[str, str],
        start_seconds: float = 180,
        stop_seconds: float = STOP_SECONDS + 5,
        keep_logs: bool = False,
    ) -> None:
        self._environment = environment
        self._keep_logs = keep_logs
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._running: list[tuple[Spec, asyncio.subprocess.Process, Path]] = []
        self._answered: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, spec: Spec) -> None:
        """Start one server; does not wait for it."""
        log = make_file(logs() / spec.log)
        if self._keep_logs:
            rotate(log)
        # The log of a crash is read after the next start; and whoever shortens the file finds its writer at the end.
        with log.open("ab" if self._keep_logs else "wb") as file:
            process = await asyncio.create_subprocess_exec(
                *spec.command,
                cwd=home(),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if _libc is not None else None,
            )
        self._answered.discard(spec.health)
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
                self._answered.add(spec.health)

    async def silent_parts(self) -> list[str]:
        """What the servers need and does not answer, in the operator's language."""
        silent: list[str] = []
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            for spec, _process, _log in self._running:
                if spec.parts is None:
                    continue
                # Without an answer nothing is known; whoever watches the servers notices if one has ended.
                with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, ValueError):
                    async with session.get(spec.parts) as answer:
                        found = await answer.json() if answer.status == 503 else {}
                    silent += [_(name) for part, name in _PARTS.items() if found.get("parts", {}).get(part) is False]
        return silent

    @property
    def answering(self) -> list[Spec]:
        """The servers that have answered since they were started."""
        return [spec for spec, _process, _log in self._running if spec.health in self._answered]

    async def restart(self, spec: Spec) -> None:
        """Start a server again that has ended; does not wait for it."""
        place = next(n for n, entry in enumerate(self._running) if entry[0] is spec)
        del self._running[place]
        await self.start(spec)
        # The order of starting is that of stopping.
        self._running.insert(place, self._running.pop())

    def kill(self, spec: Spec) -> None:
        """End a server at once, as one that answers nobody any more."""
        for known, process, _log in self._running:
            if known is spec:
                _signal(process, _KILL)

    def shorten_logs(self) -> None:
        """Set aside logs that have grown too long."""
        for _spec, _process, log in self._running:
            rotate(log)

    def dead(self) -> Spec | None:
        """A server that has ended; None if all run."""
        return next((spec for spec, process, _log in self._running if process.returncode is not None), None)

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
        """Stop all servers, one after the other, the last started first; kill those that take too long.

        The Rasa server finishes its turns first, and needs the action server for them.
        """
        for _spec, process, _log in reversed(self._running):
            _signal(process, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self._stop_seconds)
            except asyncio.TimeoutError:
                _signal(process, _KILL)
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


def _end_with_parent() -> None:
    """In the child: let it end if we are killed, otherwise it would go on unwatched and keep its port."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


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
