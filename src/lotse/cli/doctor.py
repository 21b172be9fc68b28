"""The command ``doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import fail, say
from lotse.cli.usage import add_command
from lotse.operations.environment import DEFAULT_PORT
from lotse.operator_language import N_, _
from lotse.paths import home

_MARKS = {"fine": N_("ok"), "warning": N_("hint"), "fault": N_("error")}


def doctor(
    port: Annotated[
        int, typer.Option(metavar=_("NUMBER"), help=_("Port of the Rasa server."), min=1024, max=65000)
    ] = DEFAULT_PORT,
) -> None:
    """Check the installation and say what to mend."""
    from lotse.operations.doctor import Doctor, has_faults

    findings = list(Doctor(home(), port).examine())
    width = max(len(_(mark)) for mark in _MARKS.values()) + 2
    for finding in findings:
        typer.echo(f"{'[' + _(_MARKS[finding.grade]) + ']':{width}} {finding.text}")
        if finding.remedy:
            typer.echo(f"{'':{width}} → {finding.remedy}")
    if has_faults(findings):
        raise fail(_("Something does not work; the arrows say what to do."))
    say(_("Seen from this machine, everything works."), style="green")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, doctor, _("Check ports, database, model, content, clock, disk and permissions; say what to mend."))
