"""The commands ``purge``, ``erase``, ``backup`` and ``restore``."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import home

# In the time zone of this machine.
_TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def purge(
    days: Annotated[
        int | None,
        typer.Option(
            metavar=_("NUMBER"), min=1, help=_("Delete what is older; otherwise retention_days of endpoints.yml.")
        ),
    ] = None,
) -> None:
    """Delete old messages and comments now."""
    from lotse.operations.stored_conversations import opened_store

    with opened_store() as store:
        kept = days or store.retention_days
        purged = store.purge(kept)
    text = _("Older than {days} days: {events} events and {comments} comments deleted.")
    say(text.format(days=kept, events=purged.events, comments=purged.comments), style="green")


def erase(
    start: Annotated[
        datetime, typer.Option("--from", formats=_TIMES, help=_("Beginning of the time in which the person wrote."))
    ],
    end: Annotated[datetime, typer.Option("--to", formats=_TIMES, help=_("End of that time."))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask whether to delete."))] = False,
) -> None:
    """Delete whole conversations of a time, for a person who cannot do it any more."""
    from lotse.operations.stored_conversations import conversations_of, opened_store

    with opened_store() as store:
        found = conversations_of(store, start.timestamp(), end.timestamp())
        say(_("{count} conversations have messages of this time.").format(count=len(found)))
        if not found or not (yes or typer.confirm(_("Delete them whole, with the comments on their answers?"))):
            return
        for sender in found:
            store.delete(sender)
    say(_("{count} conversations deleted.").format(count=len(found)), style="green")


def backup(
    out: Annotated[
        Path | None, typer.Option("--out", metavar=_("FILE"), help=_("The ZIP file; otherwise backup-DATE.zip here."))
    ] = None,
) -> None:
    """Save conversations, ratings, key, settings and own content."""
    from lotse.operations.backup import DATABASE
    from lotse.operations.backup import backup as write

    path = out or Path(f"backup-{date.today().isoformat()}.zip")
    names = write(home(), path)
    if DATABASE not in names:
        say(_("The conversations are not in it: save them with pg_dump (docs/operations.md)."), style="yellow")
    say(_("Saved. The file holds what people wrote, and the secret key: keep it as closed as the server."))
    typer.echo(path)


def restore(
    source: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("A backup made by ./lotse backup."))],
    settings: Annotated[
        bool, typer.Option("--settings", help=_("Put back settings and own content, too, not only the conversations."))
    ] = False,
) -> None:
    """Put back a backup while no server runs."""
    from lotse.operations.backup import restore as put_back

    names = put_back(home(), source, settings)
    say(_("Restored: {files}. What was there before is kept as ….before-restore.").format(files=", ".join(names)))
    say(_("What was deleted after this backup is back: run ./lotse purge, and then delete the ….before-restore."))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    add_command(app, purge, _("Delete messages and comments that are older than the set number of days."))
    add_command(app, erase, _("Delete the conversations of a time, for somebody whose session has ended."))
    add_command(app, backup, _("Save conversations, key, settings and own content in one file."))
    add_command(app, restore, _("Put back what a backup holds."))
