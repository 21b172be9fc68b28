"""``check`` and ``schema``: for those who write the content."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import content_problems, count, say
from lotse.project import data


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Auch Warnungen gelten als Fehler.")] = False,
) -> None:
    """Prüft die Inhalte und nennt jede Stelle mit Datei und Zeile."""
    problems = content_problems()
    for problem in sorted(problems, key=lambda problem: (str(problem.file), problem.line)):
        typer.echo(str(problem))
    failed = any(strict or problem.severity == "error" for problem in problems)
    say(f"Inhalte geprüft: {count(problems)}.", style="red" if failed else "green")
    if failed:
        raise typer.Exit(1)


def schema() -> None:
    """Schreibt die JSON-Schemas der Inhalte, damit Editoren beim Schreiben helfen."""
    from lotse.cli.schemas import write_schemas

    for path in write_schemas(data() / "guide" / "schema"):
        typer.echo(path)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(check)
    app.command()(schema)
