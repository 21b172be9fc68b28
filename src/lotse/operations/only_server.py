"""Keeps a second `./lotse up` away from a project folder whose database and locks belong to one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from lotse.errors import OperationError
from lotse.operator_language import _
from lotse.private_files import make_file

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = "up.lock"


@contextmanager
def only_server(private: Path, endpoints: Path) -> Iterator[None]:
    """Hold the project folder, unless `endpoints.yml` names a lock store that several servers share.

    The lock ends with the process, however that ends.

    Args:
        private: the folder of files made at run time.
        endpoints: Rasa's file.

    Raises:
        OperationError: another server holds it; names its process.
    """
    if fcntl is None or _is_shared(endpoints):
        yield
        return
    with make_file(private / LOCK).open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            text = _(
                "./lotse up runs for this folder already (PID {pid}). Two servers would answer a message twice. Stop "
                "the other one, or name a lock_store in endpoints.yml: docs/operators.md, “Several servers”."
            )
            raise OperationError(text.format(pid=file.read().strip() or "?")) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _is_shared(endpoints: Path) -> bool:
    try:
        named = yaml.safe_load(endpoints.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return False  # whoever reads it next says what is wrong
    store = named.get("lock_store") if isinstance(named, dict) else None
    return isinstance(store, dict) and store.get("type") not in (None, "in_memory")
