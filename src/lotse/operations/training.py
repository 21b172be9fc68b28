"""Training a model through ``rasa train``, with the reason and the progress on the terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lotse.errors import OperationError
from lotse.operations.environment import child_environment, last_lines, logs
from lotse.operations.model_freshness import ARCHIVE, examine, fingerprint, write_mark
from lotse.operator_language import _
from lotse.paths import home, models
from lotse.private_files import make_file

_STEP = re.compile(r"(Starting to train|Finished training|Restored) component '(\w+)'")


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = "train.lock"


def ensure_model(console: Console, force: bool = False) -> Path:
    """The newest model if it is up to date, otherwise a newly trained one.

    Two commands at once train once: the second waits for the first and takes its model, unless it was told to train.

    Args:
        console: where reason and progress are shown.
        force: train even though nothing changed.

    Raises:
        OperationError: the training failed; with the last lines of its log.
    """
    freshness = examine(home(), models())
    if freshness.fits and freshness.model is not None and not force:
        return freshness.model
    with _alone(console):
        # Another command may have trained meanwhile.
        freshness = examine(home(), models())
        if freshness.fits and freshness.model is not None and not force:
            return freshness.model
        reason = freshness.reason or _("asked for (--force)")
        return train(console, reason, use_cache=freshness.cache_fits and not force)


@contextmanager
def _alone(console: Console) -> Iterator[None]:
    """Hold the project's training; the lock ends with the process, however that ends."""
    if fcntl is None:
        yield
        return
    with make_file(logs().parent / LOCK).open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print(_("Another command is training a model; waiting for it …"), highlight=False)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass  # A file system without locks: two trainings at once take longer, but do no harm.
        yield


def train(console: Console, reason: str, use_cache: bool = False, command: Sequence[str] | None = None) -> Path:
    """Train a model and record what it was trained on.

    Args:
        console: where reason and progress are shown.
        reason: why, in the operator's language.
        use_cache: let Rasa reuse components whose input did not change; see ``Freshness.cache_fits``.
        command: the training command, for tests; the model's name is appended.

    Raises:
        OperationError: as for ``ensure_model``.
    """
    # Rasa's own validation would read all data again, a quarter of the time; our content check and the tests cover it.
    command = command or [sys.executable, "-m", "rasa", "train", "--skip-validation", "--out", str(models())]
    force = [] if use_cache else ["--force"]
    name = f"lotse-{datetime.now(timezone.utc):%Y%m%d-%H%M%S-%f}"
    log = make_file(logs() / "train.log")
    trained_on = fingerprint(home())
    console.print(_("Training a new model: {reason}").format(reason=reason), markup=False, highlight=False)
    code = _run([*command, *force, "--fixed-model-name", name], log, console)
    model = models() / f"{name}{ARCHIVE}"
    if code != 0 or not model.exists():
        raise OperationError(
            _(
                "The training failed (exit code {code}). The last lines of {file}:\n\n{lines}\n\nTo check the "
                "content: ./lotse check · the data: rasa data validate"
            ).format(code=code, file=log.relative_to(home()), lines=last_lines(log))
        )
    write_mark(model, trained_on)
    console.print(_("Model ready: {file}").format(file=model.relative_to(home())), markup=False, highlight=False)
    return model


def _run(command: Sequence[str], log: Path, console: Console) -> int:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress, log.open("w", encoding="utf-8") as file:
        # Before the first component Rasa loads for some seconds, and after the last it packs the model.
        task = progress.add_task(_("Rasa starts"), total=_steps(home() / "config.yml") + 1)
        with subprocess.Popen(
            command,
            cwd=home(),
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                file.write(line)
                file.flush()
                if step := _STEP.search(line):
                    progress.update(task, description=step[2], advance=step[1] != "Starting to train")
        return process.returncode


def _steps(config: Path) -> int:
    try:
        content = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
        return len(content.get("pipeline") or []) + len(content.get("policies") or [])
    except (OSError, yaml.YAMLError, AttributeError):
        return 0  # the bar then only tells the time; Rasa itself says what is wrong with the file
