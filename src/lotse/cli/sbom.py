"""The command ``sbom``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import program


def sbom(
    audit: Annotated[
        bool, typer.Option("--audit", help=_("Instead, the known advisories in the format of pip-audit."))
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar=_("FILE"), help=_("Write to this file instead of the terminal."))
    ] = None,
) -> None:
    """Write the bill of materials."""
    from lotse.operations import bill_of_materials as bill

    packages = bill.read_lock(program() / bill.LOCK)
    advisories = bill.read_advisories(program() / bill.ADVISORIES)
    made = bill.pip_audit(packages, advisories) if audit else bill.cyclonedx(packages, advisories)
    text = json.dumps(made, indent=1, ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return
    out.write_text(text + "\n", encoding="utf-8")
    say(str(out))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, sbom, _("Write the bill of materials (CycloneDX) with every locked package and known advisories."))
