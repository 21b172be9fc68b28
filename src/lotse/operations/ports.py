"""Finds free ports on this machine, and the processes that use others."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from random import SystemRandom

from lotse.errors import OperationError
from lotse.operations.environment import ACTION_PORT_OFFSET, HOST
from lotse.operator_language import _

# Above, outgoing connections get theirs: from 32768 on Linux (ip_local_port_range), from 49152 elsewhere (RFC 6335).
_NOT_EPHEMERAL = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it, connections of a server that has just stopped make the port look taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port outside the range that the system uses for outgoing connections.

    Raises:
        OperationError: there is none.
    """
    # Not the shared random generator: with a fixed seed it would give the same ports again.
    port = next(filter(is_free, SystemRandom().sample(_NOT_EPHEMERAL, len(_NOT_EPHEMERAL))), None)
    if port is None:
        raise OperationError(_("There is no free port: too many servers run on this machine."))
    return port


def holder(port: int) -> str | None:
    """The process that listens on a port, as ``name, PID 123``; None if the system does not reveal it."""
    import psutil

    try:
        for connection in psutil.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()}, PID {connection.pid}"
    except (psutil.Error, OSError):
        pass  # other people's processes are hidden on some systems; the port is taken all the same
    return None


def require_free(ports: Sequence[tuple[str, int]]) -> None:
    """Check the ports of all servers before starting any.

    Args:
        ports: what each is for, and the port; the first is the one ``--port`` sets.

    Raises:
        OperationError: at least one is in use; names each with its process and a port to use instead.
    """
    taken = [(purpose, port) for purpose, port in ports if not is_free(port)]
    if not taken:
        return
    sentences = []
    for purpose, port in taken:
        by = holder(port)
        text = _("Port {port} ({purpose}) is taken by {holder}.") if by else _("Port {port} ({purpose}) is taken.")
        sentences.append(text.format(port=port, purpose=purpose, holder=by))
    sentences.append(_("Another port: ./lotse up --port {port}").format(port=_other(ports[0][1])))
    raise OperationError(" ".join(sentences))


def _other(port: int) -> int:
    candidates = (port + step for step in range(100, 2000, 100) if port + step + ACTION_PORT_OFFSET < 65536)
    return next((p for p in candidates if is_free(p) and is_free(p + ACTION_PORT_OFFSET)), free_port())
