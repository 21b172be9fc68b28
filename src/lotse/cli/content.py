"""The commands ``check`` and ``schema``, for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import content_problems, count, say
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import data


def check(
    strict: Annotated[bool, typer.Option("--strict", help=_("Treat warnings as errors, too."))] = False,
) -> None:
    """Check the content."""
    problems = content_problems()
    for problem in sorted(problems, key=lambda problem: (str(problem.file), problem.line)):
        typer.echo(str(problem))
    failed = any(strict or problem.severity == "error" for problem in problems)
    say(_("Content checked: {count}.").format(count=count(problems)), style="red" if failed else "green")
    if failed:
        raise typer.Exit(1)


def schema(
    check_only: Annotated[
        bool, typer.Option("--check", help=_("Write nothing, only check whether the files are up to date."))
    ] = False,
) -> None:
    """Write the JSON schemas of the content, or check them."""
    from lotse.content.json_schemas import outdated_schemas, write_schemas

    folder = data() / "guide" / "schema"
    if not check_only:
        for path in write_schemas(folder):
            typer.echo(path)
        return
    outdated = outdated_schemas(folder)
    for path in outdated:
        typer.echo(path)
    if outdated:
        say(_("These schemas are out of date. ./lotse schema writes them anew."), style="red")
        raise typer.Exit(1)
    say(_("Schemas checked: all are up to date."), style="green")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    add_command(app, check, _("Check the content and list every problem with file and line."))
    add_command(app, schema, _("Write the JSON schemas of the content, so that editors' programs can help."))
