"""Environment variables and log folder of the processes that the commands start."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lotse.operations.secret_files import with_secrets
from lotse.operator_language import _
from lotse.paths import HOME_VARIABLE, home, private_folder
from lotse.private_files import make_folder

ACTION_PORT_OFFSET = 50
INTERNAL_PORT_OFFSET = 90
DEFAULT_PORT = 5005
HOST = "127.0.0.1"
# How long a server that is stopped works on the turns it has: longer than database, action server and a queue of some
# dozen turns take together.
STOP_SECONDS = 25
# Of them, for sending the answers after the turns are done (lotse.conversation.turn_queue.DRAIN_SECONDS).
SENDING_SECONDS = 5

# A warning and the source line Python shows below it. Rasa's libraries reset PYTHONWARNINGS.
_WARNING = re.compile(r"^\S.*:\d+: \w*Warning: .*\n(?:  .*\n)?", re.MULTILINE)

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    # Sanic and the SDK listen on all interfaces unless told otherwise.
    "SANIC_HOST": HOST,
    "SANIC_GRACEFUL_SHUTDOWN_TIMEOUT": str(SENDING_SECONDS),
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # A message's products are small. OpenBLAS's second thread gains nothing there, and its spinning takes a core from
    # the encoder: a message took a tenth longer, the slowest ones a third.
    "OPENBLAS_NUM_THREADS": "1",
}


def child_environment() -> dict[str, str]:
    """The environment for a Rasa process or the action server, secrets from files included.

    Raises:
        OperationError: a file with a secret cannot be read.
    """
    return {**with_secrets(os.environ), **QUIET, HOME_VARIABLE: str(home()), "PYTHONUNBUFFERED": "1"}


def action_url(port: int) -> str:
    """The webhook of an action server on this machine."""
    return f"http://{HOST}:{port}/webhook"


def logs() -> Path:
    """The folder of the servers' logs, created with mode 700 if missing."""
    return make_folder(private_folder() / "logs")


def last_lines(path: Path, count: int = 15) -> str:
    """The last `count` lines of a log without Python's warnings, or a remark that there is no log."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    text = _WARNING.sub("", text)
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-count:]) or _("(the log is empty)")
