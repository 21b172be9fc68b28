"""Keeps both servers running: starts again what has ended or answers nobody, and ends them on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from lotse.errors import OperationError
from lotse.metrics import PORT_VARIABLE
from lotse.operations.endpoints import endpoints_for
from lotse.operations.environment import ACTION_PORT_OFFSET, INTERNAL_PORT_OFFSET, child_environment
from lotse.operations.only_server import only_server
from lotse.operations.servers import Servers, Spec, action_server, rasa_server
from lotse.operator_language import _
from lotse.paths import home, private_folder
from lotse.rasa_adapter import model_archive


def _tell_nobody(_: str) -> None:
    return None


async def answers(spec: Spec, seconds: float = 10) -> bool:
    """Whether a server answers its health address, whatever it says."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.get(spec.health),
        ):
            return True
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return False


@dataclass(frozen=True)
class Watch:
    """How servers are watched.

    Attributes:
        most_restarts: so often a server is started again within `window_seconds`; then something is wrong for good.
        window_seconds: see `most_restarts`.
        probe_seconds: pause between two looks at every server.
        most_silent: a server that does not answer so many looks in a row is killed and started again. Many, because a
            server that works on a long queue answers late.
        told: called with what happened, in the operator's language.
        clock: seconds, never set back.
        pause: waits so many seconds.
        answers: whether a server answers.
    """

    most_restarts: int = 5
    window_seconds: float = 600
    probe_seconds: float = 10
    most_silent: int = 6
    told: Callable[[str], None] = _tell_nobody
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    answers: Callable[[Spec], Awaitable[bool]] = answers
    _restarts: deque[float] = field(default_factory=deque)

    def seconds_before_restart(self) -> float | None:
        """How long to wait before starting a server again: longer each time; None if it has happened too often."""
        now = self.clock()
        while self._restarts and now - self._restarts[0] > self.window_seconds:
            self._restarts.popleft()
        if len(self._restarts) >= self.most_restarts:
            return None
        self._restarts.append(now)
        return float(2 ** (len(self._restarts) - 1) - 1)


async def serve(port: int, model: Path, announce: Callable[[], None], told: Callable[[str], None]) -> None:
    """Run both servers until Ctrl-C or SIGTERM.

    Args:
        port: of the Rasa server; the action server listens 50 higher.
        model: the model to load.
        announce: called once both answer.
        told: called with what happens to them, in the operator's language.

    Raises:
        OperationError: the model's archive is damaged, another server holds the folder, or a server did not start,
            cannot answer, or ended by itself too often; the other one is stopped by then.
    """
    model_archive.check(model)
    action_port = port + ACTION_PORT_OFFSET
    with only_server(private_folder(), home() / "endpoints.yml"):
        endpoints = endpoints_for(action_port)
        try:
            environment = {**child_environment(), PORT_VARIABLE: str(port + INTERNAL_PORT_OFFSET)}
            async with Servers(environment, keep_logs=True) as servers:
                specs = [action_server(action_port), rasa_server(port, model, endpoints)]
                await run_until_stopped(servers, specs, announce, Watch(told=told))
        finally:
            endpoints.unlink(missing_ok=True)


async def run_until_stopped(
    servers: Servers, specs: Sequence[Spec], announce: Callable[[], None], watch: Watch | None = None
) -> None:
    """Start servers, announce them once they answer, watch them, and return on Ctrl-C or SIGTERM.

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
    work = asyncio.ensure_future(_work(servers, announce, watch or Watch()))
    await asyncio.wait([stop, work], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        stop.cancel()
        work.result()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def _work(servers: Servers, announce: Callable[[], None], watch: Watch) -> None:
    await servers.ready()
    announce()
    await _tell_what_is_silent(servers, watch)
    probes = asyncio.ensure_future(_probe(servers, watch))
    try:
        while True:
            await _revive(servers, await servers.ended(), watch)
    finally:
        probes.cancel()


async def _tell_what_is_silent(servers: Servers, watch: Watch) -> None:
    """Say which parts do not answer. The servers go on: they need no new start when those are back."""
    if silent := await servers.silent_parts():
        text = _(
            "But this does not answer: {parts}. Until it does, every question gets an error; a new start is not "
            "needed. The causes: .lotse/logs/rasa.log; what to do: ./lotse doctor"
        )
        watch.told(text.format(parts=", ".join(silent)))


async def _revive(servers: Servers, death: OperationError, watch: Watch) -> None:
    """Start again what has ended.

    Raises:
        OperationError: this has happened too often, or it does not start.
    """
    spec, seconds = servers.dead(), watch.seconds_before_restart()
    if spec is None or seconds is None:
        raise death
    watch.told(f"{death}\n" + _("{name} is started again.").format(name=spec.name))
    await watch.pause(seconds)
    await servers.restart(spec)
    try:
        await servers.ready()
    except OperationError as error:
        if servers.dead() is None:
            raise
        await _revive(servers, error, watch)
        return
    watch.told(_("{name} answers again.").format(name=spec.name))
    await _tell_what_is_silent(servers, watch)


async def _probe(servers: Servers, watch: Watch) -> None:
    """Look at every server again and again; kill one that is silent for too long."""
    silent: dict[str, int] = {}
    while True:
        await watch.pause(watch.probe_seconds)
        with contextlib.suppress(OSError):  # a full disk is no reason to watch nobody
            servers.shorten_logs()
        for spec in servers.answering:
            silent[spec.health] = 0 if await watch.answers(spec) else silent.get(spec.health, 0) + 1
            if silent[spec.health] >= watch.most_silent:
                silent[spec.health] = 0
                watch.told(_("{name} has not answered for a long time and is ended.").format(name=spec.name))
                servers.kill(spec)
