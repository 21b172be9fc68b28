"""``test`` and ``lint``: for those who write the code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import typer

from lotse.cli.terminal import say
from lotse.operations.environment import child_environment
from lotse.project import home

CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy", "src/lotse", "actions"),
}


def lint() -> None:
    """Prüft Stil und Typen (ruff, mypy)."""
    _finish(_run(CHECKS))


def test(context: typer.Context) -> None:
    """Prüft Stil und Typen und führt alle Tests aus; weitere Argumente gehen an pytest."""
    _finish(_run({**CHECKS, "pytest": ("pytest", *context.args)}))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    everything_else = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--help"]}
    app.command(context_settings=everything_else)(test)
    app.command()(lint)


def _run(steps: dict[str, Sequence[str]] | dict[str, tuple[str, ...]]) -> list[str]:
    """Run all steps, also after a failure, and return the names of those that failed."""
    failed = []
    for name, arguments in steps.items():
        say(f"── {name}", style="bold")
        result = subprocess.run([sys.executable, "-m", *arguments], cwd=home(), env=child_environment(), check=False)
        if result.returncode != 0:
            failed.append(name)
    return failed


def _finish(failed: Sequence[str]) -> None:
    if failed:
        say(f"Gescheitert: {', '.join(failed)}", style="red")
        raise typer.Exit(1)
    say("Alles in Ordnung.", style="green")
