"""The command ``widget``, for developers of the web chat."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import home


def widget(
    check: Annotated[
        bool, typer.Option("--check", help=_("Write nothing and name what is no longer up to date."))
    ] = False,
) -> None:
    """Write what the web chat takes from here, or check it."""
    from lotse.conversation.assistant import Assistant
    from lotse.operations.widget_inputs import outdated, write

    folder, assistant = home() / "widget", Assistant.load()
    if not check:
        for path in write(folder, assistant):
            typer.echo(path)
    elif found := outdated(folder, assistant):
        text = _("No longer up to date in widget/: {files}. To renew them: ./lotse widget")
        say(text.format(files=", ".join(found)), style="red")
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, widget, _("Write what the web chat takes from here: labels, interface, headers, canned answers."))
