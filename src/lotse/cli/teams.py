"""``teams``: the app package for Microsoft Teams, and whether everything is ready for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

import lotse
from lotse.cli.terminal import fail, say
from lotse.operations.environment import DEFAULT_PORT, HOST
from lotse.operations.errors import OperationError
from lotse.project import home

# What stands in for an authority's own entries when only the template is checked.
_EXAMPLE = {
    "app_id": "00000000-0000-4000-8000-000000000000",
    "developer": "Beispielbehörde",
    "website": "https://lotse.example.org/hilfe",
    "privacy": "https://lotse.example.org/datenschutz",
    "terms": "https://lotse.example.org/nutzung",
}

_MARKS = {"good": "[ok]     ", "hint": "[Hinweis]", "fault": "[Fehler] "}

teams = typer.Typer(help="Microsoft Teams: App-Paket und Prüfung der Einrichtung.", no_args_is_help=True)


@teams.command()
def package(
    out: Annotated[Path | None, typer.Option(help="Zip-Datei; sonst build/lotse-teams-VERSION.zip im Projekt.")] = None,
    version: Annotated[
        str, typer.Option(help="Version des Pakets. Teams nimmt eine Änderung nur mit höherer an.")
    ] = lotse.__version__,
    app_id: Annotated[str | None, typer.Option(help="App-ID des Bots; sonst aus den Einstellungen.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Prüft nur die Vorlage mit Beispielangaben und schreibt nichts.")
    ] = False,
) -> None:
    """Baut das App-Paket für das Teams Admin Center und prüft es."""
    from lotse.guide.model import Guide
    from lotse.operations import teams_manifest_check, teams_package, teams_schema
    from lotse.turn import Desk

    folder, desk = home() / "teams", Desk.load()
    guides: dict[str, Guide] = dict(desk.guides)
    entries = _EXAMPLE if check else {"app_id": app_id or _app_id(), **teams_package.read_authority(folder)}
    built = teams_package.build(
        folder, {**entries, "version": version}, guides, desk.settings.starters, desk.guide.language
    )
    problems = teams_manifest_check.problems(built)
    schemas = teams_schema.ensure_schemas(folder)
    if schemas is not None:
        problems += teams_schema.schema_problems(built, schemas)
    if problems:
        raise fail(
            "\n".join([*dict.fromkeys(problems), "So nimmt Teams das Paket nicht an; es wurde nichts geschrieben."])
        )
    if schemas is None:
        say(f"Ohne Microsofts Schema geprüft. Mit ihm: {teams_schema.BY_HAND}, dann noch einmal.", style="yellow")
    if check:
        say("Die Vorlage des App-Pakets ist in Ordnung.", style="green")
        return
    path = out or home() / "build" / f"lotse-teams-{version}.zip"
    _write(path, teams_package.packed(built))
    say(f"App-Paket {version} geschrieben; hochladen im Teams Admin Center (docs/teams.md).", style="green")
    typer.echo(path)


@teams.command()
def doctor(
    url: Annotated[
        str,
        typer.Option(help="Adresse des laufenden Lotsen; von außen die des Proxys, wie sie im Azure Bot steht."),
    ] = f"http://{HOST}:{DEFAULT_PORT}",
) -> None:
    """Prüft, ob alles für Teams eingerichtet ist, und sagt, was zu tun ist."""
    import asyncio

    from lotse.channels.teams.clouds import is_safe_address
    from lotse.operations.teams_doctor import Doctor
    from lotse.operations.teams_findings import has_faults

    address = url.rstrip("/").removesuffix("/teams/messages").removesuffix("/teams")
    if not is_safe_address(address):
        raise fail(
            f"--url {url}: muss mit https:// beginnen (http:// nur für diesen Rechner) und darf kein ? oder # haben."
        )
    findings = asyncio.run(Doctor(home(), address, os.environ).examine())
    for finding in findings:
        typer.echo(f"{_MARKS[finding.grade]} {finding.text}")
        if finding.mend:
            typer.echo(f"          → {finding.mend}")
    if has_faults(findings):
        raise fail("Teams funktioniert so nicht; was zu tun ist, steht hinter den Pfeilen.")
    say("Von hier aus gesehen ist alles bereit. Was nur in Teams zu prüfen ist: docs/teams.md.", style="green")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(teams, name="teams")


def _app_id() -> str:
    from lotse.channels.settings_error import SettingsError
    from lotse.operations.teams_credentials import teams_settings

    try:
        app_id = teams_settings(home()).app_id
    except SettingsError as error:
        raise OperationError(str(error)) from None
    if not app_id:
        raise OperationError("Die App-ID des Bots fehlt: LOTSE_TEAMS_APP_ID setzen oder --app-id angeben.")
    return app_id


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise OperationError(f"{path} lässt sich nicht schreiben: {error.strerror}.") from None
