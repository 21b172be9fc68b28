"""The commands ``check`` and ``schema``, for editors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from lotse.cli.terminal import content_problems, count, from_here, say
from lotse.cli.usage import add_command
from lotse.operator_language import N_, _, chosen_language, day
from lotse.paths import data

if TYPE_CHECKING:
    from lotse.content.due_reviews import DueReview, Kind

_KINDS: dict[Kind, str] = {
    "passage": N_("Passage"),
    "source": N_("Source"),
    "help": N_("Help line"),
    "watch": N_("Watch list"),
}


def check(
    strict: Annotated[bool, typer.Option("--strict", help=_("Treat warnings as errors, too."))] = False,
    due: Annotated[
        str | None,
        typer.Option(
            metavar=_("PERIOD"),
            help=_("Instead, list what is to be reviewed within this time: 60d or 2w."),
        ),
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(metavar=_("CHECK"), help=_("Instead, draw a guided check of data/checks as a diagram (Mermaid).")),
    ] = None,
) -> None:
    """Check the content, list what is due, or draw a guided check."""
    if graph is not None:
        _draw(graph)
        return
    if due is not None:
        _list_due(due)
        return
    problems = content_problems()
    for problem in sorted(problems, key=lambda problem: (str(problem.file), problem.line)):
        typer.echo(str(problem))
    failed = any(strict or problem.severity == "error" for problem in problems)
    say(_("Content checked: {count}.").format(count=count(problems)), style="red" if failed else "green")
    if failed:
        raise typer.Exit(1)


def _draw(name: str) -> None:
    from lotse.checks.graph import mermaid
    from lotse.checks.loading import check_file, check_names
    from lotse.content import ContentError
    from lotse.content.wording import load_wording

    if name not in check_names(data()):
        known = ", ".join(check_names(data()))
        raise typer.BadParameter(_("There is no check “{name}”; there are: {known}").format(name=name, known=known))
    try:
        check = check_file(data(), name)[1]
        unknown = load_wording(data()).checks.unknown
    except ContentError as error:
        for problem in error.problems:
            typer.echo(str(problem))
        raise typer.Exit(1) from None
    typer.echo(mermaid(check, unknown), nl=False)


def current_day() -> date:
    """Today. Tests put another day in its place."""
    return date.today()


def due_line(item: DueReview, today: date) -> str:
    """A thing to look at again as editors read it: day, kind, what it is, where it stands.

    Args:
        item: the thing.
        today: the day it is compared with.
    """
    overdue = _(" (overdue)") if item.day < today else ""
    line = f"{day(item.day)}{overdue} {_(_KINDS[item.kind])}: {item.name}, {item.title}"
    hanging = [_("  passages: {ids}").format(ids=", ".join(item.passages))] if item.passages else []
    return "\n".join([line, *hanging, f"  {from_here(item.file)}:{item.line}"])


def _list_due(period: str) -> None:
    from lotse.content import ContentError
    from lotse.content.due_reviews import due_reviews, read_period

    try:
        within = read_period(period)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    today = current_day()
    try:
        items = due_reviews(data(), chosen_language(), today, within)
    except ContentError as error:
        for problem in error.problems:
            typer.echo(str(problem))
        raise typer.Exit(1) from None
    for item in items:
        typer.echo(due_line(item, today))
    last = day(today + within)
    overdue = sum(item.day < today for item in items)
    if items:
        say(
            _("Due by {last}: {count}, of these overdue: {overdue}.").format(
                last=last, count=len(items), overdue=overdue
            )
        )
    else:
        say(_("Nothing is due by {last}.").format(last=last), style="green")


def schema(
    check_only: Annotated[
        bool, typer.Option("--check", help=_("Write nothing, only check whether the files are up to date."))
    ] = False,
) -> None:
    """Write the JSON schemas of the content, or check them."""
    from lotse.checks.model import SCHEMAS as OF_CHECKS
    from lotse.content.json_schemas import SCHEMAS, outdated_schemas, write_schemas

    folder, models = data() / "guide" / "schema", {**SCHEMAS, **OF_CHECKS}
    if not check_only:
        for path in write_schemas(folder, models):
            typer.echo(path)
        return
    outdated = outdated_schemas(folder, models)
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
