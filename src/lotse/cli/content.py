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


def schema(
    check_only: Annotated[
        bool, typer.Option("--check", help="Schreibt nichts, prüft nur, ob die Dateien auf dem Stand sind.")
    ] = False,
) -> None:
    """Schreibt die JSON-Schemas der Inhalte, damit Editoren beim Schreiben helfen."""
    from lotse.cli.schemas import outdated_schemas, write_schemas

    folder = data() / "guide" / "schema"
    if not check_only:
        for path in write_schemas(folder):
            typer.echo(path)
        return
    outdated = outdated_schemas(folder)
    for path in outdated:
        typer.echo(path)
    if outdated:
        say("Diese Schemas sind nicht auf dem Stand. `./lotse schema` schreibt sie neu.", style="red")
        raise typer.Exit(1)
    say("Schemas geprüft: alle auf dem Stand.", style="green")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(check)
    app.command()(schema)
