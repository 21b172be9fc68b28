"""The commands ``teams package`` and ``teams doctor``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

import lotse
from lotse.cli.terminal import fail, say
from lotse.cli.usage import Group, add_command
from lotse.errors import OperationError
from lotse.operations.environment import DEFAULT_PORT, HOST
from lotse.operator_language import N_, _
from lotse.paths import home

# Example entries in place of an authority's own when only the template is checked.
_EXAMPLE = {
    "app_id": "00000000-0000-4000-8000-000000000000",
    "developer": "Beispielbehörde",
    "website": "https://lotse.example.org/hilfe",
    "privacy": "https://lotse.example.org/datenschutz",
    "terms": "https://lotse.example.org/nutzung",
}

_MARKS = {"good": N_("ok"), "hint": N_("hint"), "fault": N_("error")}


def package(
    out: Annotated[
        Path | None,
        typer.Option(metavar=_("FILE"), help=_("Zip file; otherwise build/lotse-teams-VERSION.zip in the project.")),
    ] = None,
    version: Annotated[
        str,
        typer.Option(
            metavar=_("VERSION"), help=_("Version of the package. Teams takes a change only with a higher one.")
        ),
    ] = lotse.__version__,
    app_id: Annotated[
        str | None, typer.Option(metavar=_("ID"), help=_("App id of the bot; otherwise from the settings."))
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=_("Only check the template with example entries and write nothing."))
    ] = False,
) -> None:
    """Build the app package for Teams and check it."""
    from lotse.channels.teams.admin import app_package, package_checks
    from lotse.content.model import Guide
    from lotse.conversation.assistant import Assistant

    folder, assistant = home() / "teams", Assistant.load()
    guides: dict[str, Guide] = dict(assistant.guides)
    entries = _EXAMPLE if check else {"app_id": app_id or _app_id(), **app_package.read_authority(folder)}
    built = app_package.build(
        folder, {**entries, "version": version}, guides, assistant.settings.suggested_topics, assistant.guide.language
    )
    problems = package_checks.problems(built)
    schemas = package_checks.ensure_schemas(folder)
    if schemas is not None:
        problems += package_checks.schema_problems(built, schemas)
    if problems:
        raise fail(
            "\n".join([*dict.fromkeys(problems), _("Teams would not accept this package; nothing was written.")])
        )
    if schemas is None:
        text = _(
            "Checked without Microsoft's schema. With it: in the folder teams, run {command} (needs Node.js and "
            "network access), then check again."
        )
        say(text.format(command=package_checks.BY_HAND), style="yellow")
    if check:
        say(_("The template of the app package is fine."), style="green")
        return
    path = out or home() / "build" / f"lotse-teams-{version}.zip"
    _write(path, app_package.packed(built))
    text = _("App package {version} written; upload it in the Teams admin center (docs/teams.md).")
    say(text.format(version=version), style="green")
    typer.echo(path)


def doctor(
    url: Annotated[
        str,
        typer.Option(
            metavar=_("ADDRESS"),
            help=_("Address of the running Lotse; from outside that of the proxy, as it is in the Azure bot."),
        ),
    ] = f"http://{HOST}:{DEFAULT_PORT}",
) -> None:
    """Check whether everything is set up for Teams."""
    import asyncio

    from lotse.channels.teams.admin.doctor import Doctor
    from lotse.channels.teams.admin.settings_findings import has_faults
    from lotse.channels.teams.clouds import is_safe_address

    address = url.rstrip("/").removesuffix("/teams/messages").removesuffix("/teams")
    if not is_safe_address(address):
        raise fail(
            _("--url {url}: must begin with https:// (http:// for this machine only) and have no ? or #.").format(
                url=url
            )
        )
    findings = asyncio.run(Doctor(home(), address, os.environ).examine())
    width = max(len(_mark(grade)) for grade in _MARKS)
    for finding in findings:
        typer.echo(f"{_mark(finding.grade):{width}} {finding.text}")
        if finding.remedy:
            typer.echo(f"{'':{width}} → {finding.remedy}")
    if has_faults(findings):
        raise fail(_("Teams does not work yet; the arrows say what to do."))
    say(_("Seen from here, everything is ready. What can only be checked in Teams: docs/teams.md."), style="green")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    teams = typer.Typer(
        cls=Group, help=_("Microsoft Teams: app package and check of the set-up."), no_args_is_help=True
    )
    add_command(teams, package, _("Build the app package for the Teams admin center and check it."))
    add_command(teams, doctor, _("Check whether everything is set up for Teams, and say what to do."))
    app.add_typer(teams, name="teams")


def _mark(grade: str) -> str:
    return f"[{_(_MARKS[grade])}]"


def _app_id() -> str:
    from lotse.channels.teams.settings import teams_settings
    from lotse.errors import SettingsError

    try:
        app_id = teams_settings(home()).app_id
    except SettingsError as error:
        raise OperationError(str(error)) from None
    if not app_id:
        raise OperationError(_("The app id of the bot is missing: set LOTSE_TEAMS_APP_ID or give --app-id."))
    return app_id


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise OperationError(
            _("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror)
        ) from None
