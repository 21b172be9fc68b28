"""``widget``: for those who build the web chat."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import say
from lotse.project import home


def widget(
    check: Annotated[bool, typer.Option("--check", help="Schreibt nichts und nennt, was nicht mehr stimmt.")] = False,
) -> None:
    """Schreibt, was der Web-Chat von hier übernimmt: Beschriftungen, Schnittstelle, Kopfzeilen, Beispielantworten."""
    from lotse.operations.widget_inputs import outdated, write
    from lotse.turn import Desk

    folder, desk = home() / "widget", Desk.load()
    if not check:
        for path in write(folder, desk):
            typer.echo(path)
    elif found := outdated(folder, desk):
        say(f"Nicht mehr aktuell in widget/: {', '.join(found)}. Erneuern mit: ./lotse widget", style="red")
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(widget)
