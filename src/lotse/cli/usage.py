"""Help pages and usage errors in the operator's language; typer's own texts are English."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup, TyperOption

from lotse.cli.terminal import say
from lotse.operator_language import N_, _

# typer's own sentences, as templates; the first match is used. A sentence without a match is shown in English.
TYPER_SENTENCES = (
    N_("No such command '{name}'. Did you mean {others}?"),
    N_("No such command '{name}'."),
    N_("Missing command."),
    N_("Missing argument '{name}'."),
    N_("Missing option '{name}'."),
    N_("No such option: {name} (Possible options: {others})"),
    N_("No such option: {name}"),
    N_("Option '{name}' requires an argument."),
    N_("Option '{name}' does not take a value."),
    N_("Got unexpected extra argument(s) ({arguments})"),
    N_("Invalid value for '{name}': '{value}' is not a valid int range."),
    N_("Invalid value for '{name}': {value} is not in the range {range}."),
    N_("Invalid value for '{name}': '{value}' is not one of {choices}."),
    N_("Invalid value for '{name}': File '{value}' does not exist."),
    N_("Invalid value for '{name}': File '{value}' is a directory."),
    N_("Invalid value for '{name}': File '{value}' is not readable."),
    N_("Invalid value for '{name}': Path '{value}' does not exist."),
    N_("Invalid value for '{name}': Path '{value}' is not readable."),
    N_("Invalid value for '{name}': Directory '{value}' does not exist."),
    N_("Invalid value for '{name}': Directory '{value}' is a file."),
    N_("Invalid value: {message}"),
)


class _Translated:
    """Translates the usage line and the help option, for commands and groups of commands."""

    def get_usage(self, context: Any) -> str:
        """The usage line."""
        usage: str = super().get_usage(context)  # type: ignore[misc]
        for said in (N_("Usage: "), N_("[OPTIONS]"), N_("COMMAND [ARGS]...")):
            usage = usage.replace(said, _(said), 1)
        return usage

    def get_help_option(self, context: Any) -> TyperOption | None:
        """``--help``, with what it does."""
        option: TyperOption | None = super().get_help_option(context)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this help.")
        return option


class Command(_Translated, TyperCommand):
    """A command with usage and help option in the operator's language."""


class Group(_Translated, TyperGroup):
    """A group of commands with usage and help option in the operator's language."""


def add_command(app: typer.Typer, function: Callable[..., None], help_text: str, **settings: Any) -> None:
    """Register a function as a command.

    Args:
        app: gets the command.
        function: its name is the command's.
        help_text: already in the operator's language.
        settings: further ones of ``typer.Typer.command``.
    """
    app.command(cls=Command, help=help_text, **settings)(function)


def translate_headings() -> None:
    """Translate typer's headings into the operator's language. Must run before a help page or an error is shown."""
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")


def tell(error: typer.TyperException) -> None:
    """Print what is wrong with a call, the usage line, and where to find help."""
    message = error.format_message()
    if not message:  # called without a command: the help has been shown
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage())
        option = context.help_option_names[-1]
        say(
            _("“{command} {option}” shows how the command is used.").format(command=context.command_path, option=option)
        )
    say(_("Error: {message}").format(message=told(message)), style="red")


def told(message: str) -> str:
    """One of typer's sentences in the operator's language."""
    for template in TYPER_SENTENCES:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(template))
        if found := re.fullmatch(pattern, message):
            return _(template).format(**found.groupdict())
    return message
