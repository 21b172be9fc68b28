"""The commands put together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer import rich_utils

from lotse.cli import assistant, content, evaluate, quality, serve, teams, widget
from lotse.cli.every_command import print_version, require_named_project
from lotse.cli.terminal import say
from lotse.guide.problems import ContentError
from lotse.operations.errors import OperationError
from lotse.project import HOME_VARIABLE

# typer has no German; these are its headings on help pages and error messages.
rich_utils.ARGUMENTS_PANEL_TITLE = "Argumente"
rich_utils.OPTIONS_PANEL_TITLE = "Optionen"
rich_utils.COMMANDS_PANEL_TITLE = "Befehle"
rich_utils.ERRORS_PANEL_TITLE = "Fehler"
rich_utils.ABORTED_TEXT = "Abgebrochen."
rich_utils.DEFAULT_STRING = "[sonst: {}]"
rich_utils.REQUIRED_LONG_STRING = "[nötig]"
rich_utils.RICH_HELP = "[blue]'{command_path} {help_option}'[/] zeigt, wie der Befehl geht."

app = typer.Typer(
    name="lotse",
    help="Social-Media-Lotse: Auskunft für Beschäftigte im öffentlichen Dienst, mit Fundstelle, Norm und Stand.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Nennt die Versionen, auch von Rasa."),
    ] = False,
) -> None:
    """What holds for every command."""
    require_named_project()


for module in (serve, assistant, content, quality, evaluate, teams, widget):
    module.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code: 0 fine, 1 failed, 2 wrongly called.

    Args:
        arguments: without the program's name; those of the process if not given.
    """
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="lotse")
    except OperationError as error:
        say(str(error), style="red")
        sys.exit(1)
    except ContentError as error:
        say(f"{error}\n\nSo erreichen die Inhalte niemanden. Nach der Korrektur prüft ./lotse check.", style="red")
        sys.exit(1)
    except FileNotFoundError as error:
        if error.errno is not None:  # a file the system did not find, not home()'s verdict
            raise
        say(f"Hier ist kein Projekt: in den Projektordner wechseln oder {HOME_VARIABLE} auf ihn setzen.", style="red")
        sys.exit(1)
