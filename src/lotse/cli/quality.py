"""The commands ``test`` and ``lint``, for developers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import typer

from lotse.cli.node_tools import ensure_tools
from lotse.cli.store_tools import ensure_stores
from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.errors import OperationError
from lotse.operations.environment import child_environment
from lotse.operator_language import N_, _
from lotse.paths import home

CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "codespell": ("codespell_lib",),
}
# One process more than cores, as some tests wait for servers. Tests of one file share servers and models, so they
# stay together.
PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--maxprocesses", "4", "--dist", "loadfile")
TEAMS: dict[str, tuple[str, ...]] = {
    N_("Teams app package"): ("lotse.cli", "teams", "package", "--check"),
}
WIDGET: dict[str, tuple[str, ...]] = {
    "npm ci": ("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
    "npm run check": ("run", "check"),
    "npm run browser": ("run", "browser"),
}


def lint() -> None:
    """Check style, types and the spelling of English text."""
    _finish(_run(CHECKS))


def test(context: typer.Context) -> None:
    """Check style and types and run all tests, or only those that pytest gets named."""
    try:
        ensure_stores()
    except OperationError as error:
        # The tests that need them fail and say so once more.
        say(str(error), style="red")
    failed = _run({**CHECKS, "pytest": ("pytest", *(context.args or PARALLEL))})
    # The widget's step comes first: it installs Node.js where it may, which fetches Microsoft's schema.
    _finish(failed if context.args else [*failed, *_run_widget(), *_run(TEAMS)])


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    everything_else = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--help"]}
    add_command(
        app,
        test,
        _("Check style and types and run all tests; with further arguments only those of pytest."),
        context_settings=everything_else,
    )
    add_command(app, lint, _("Check style, types and the spelling of English text (ruff, mypy, codespell)."))


def _run(steps: dict[str, Sequence[str]] | dict[str, tuple[str, ...]]) -> list[str]:
    """Run all steps, also after a failure, and return the names of those that failed."""
    failed = []
    for name, arguments in steps.items():
        say(f"── {_(name)}", style="bold")
        result = subprocess.run([sys.executable, "-m", *arguments], cwd=home(), env=child_environment(), check=False)
        if result.returncode != 0:
            failed.append(_(name))
    return failed


def _run_widget() -> list[str]:
    """Run the widget's own tests up to the first failure; return the names of those that failed."""
    say(f"── {_('web chat')}", style="bold")
    try:
        ensure_tools()
    except OperationError as error:
        say(str(error), style="red")
        return [_("web chat")]
    for name, arguments in WIDGET.items():
        say(f"── {name}", style="bold")
        if subprocess.run(["npm", *arguments], cwd=home() / "widget", check=False).returncode != 0:
            return [name]
    return []


def _finish(failed: Sequence[str]) -> None:
    if failed:
        say(_("Failed: {names}").format(names=", ".join(failed)), style="red")
        raise typer.Exit(1)
    say(_("Everything is fine."), style="green")
