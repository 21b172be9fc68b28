"""Assembles the commands and runs them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from lotse.cli import (
    assistant,
    content,
    conversation_model,
    doctor,
    encoder,
    evaluate,
    quality,
    report,
    sbom,
    serve,
    stored,
    teams,
    widget,
)
from lotse.cli.every_command import print_version, require_named_project
from lotse.cli.terminal import say
from lotse.cli.usage import Group, tell, translate_headings
from lotse.content.problems import ContentError
from lotse.errors import OperationError
from lotse.operations.secret_files import with_secrets
from lotse.operator_language import LANGUAGES, OPTION, _, take_option, use_language
from lotse.paths import HOME_VARIABLE

# The machine's verdict on a file, which no trace of our code explains: full, over quota, read-only, not ours.
_REFUSED = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS, errno.EACCES, errno.EPERM}


def build() -> typer.Typer:
    """All commands, with their help in the operator's language."""
    translate_headings()
    app = typer.Typer(
        name="lotse",
        cls=Group,
        help="Social-Media-Lotse: " + _("Guidance for employees in the public sector, with passage, norm and date."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_global_options)
    modules = (
        serve,
        stored,
        doctor,
        sbom,
        assistant,
        content,
        quality,
        report,
        evaluate,
        encoder,
        conversation_model,
        teams,
        widget,
    )
    for module in modules:
        module.add_to(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code: 0 fine, 1 failed, 2 wrongly called.

    Args:
        arguments: without the program's name; those of the process if not given.
    """
    language, others = take_option(sys.argv[1:] if arguments is None else arguments)
    if language in LANGUAGES:
        use_language(language)
    given = others if language is None else [OPTION, language, *others]
    try:
        # Checks and stores of this process use them, too.
        os.environ.update(with_secrets(os.environ))
        # Not standalone, because typer's own error messages are English only.
        sys.exit(build()(args=given, prog_name="lotse", standalone_mode=False))
    except typer.TyperException as error:
        tell(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        say(_("Aborted."), style="red")
        sys.exit(1)
    except OperationError as error:
        say(str(error), style="red")
        sys.exit(1)
    except ContentError as error:
        text = _("{problems}\n\nThis content is not used. After correcting it, run ./lotse check.")
        say(text.format(problems=error), style="red")
        sys.exit(1)
    except FileNotFoundError as error:
        if error.errno is not None:  # a file the system did not find, not home()'s verdict
            raise
        text = _("There is no project here: change into the project folder or set {variable} to it.")
        say(text.format(variable=HOME_VARIABLE), style="red")
        sys.exit(1)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        text = _("{file}: {reason}. Check the free space, and who may write there.")
        say(text.format(file=error.filename or _("A file"), reason=error.strerror), style="red")
        sys.exit(1)


def _global_options(
    lang: Annotated[
        Literal["de", "en"] | None,
        typer.Option(OPTION, metavar="de|en", help=_("Language of the messages; otherwise that of LANG.")),
    ] = None,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help=_("Name the versions, also Rasa's.")),
    ] = False,
) -> None:
    """Options of every command.

    Args:
        lang: taken before the commands exist, see ``main``; declared here, so that help names it and typer checks it.
        show_version: done by its callback.
    """
    require_named_project()
