"""The commands ``up`` and ``shell``."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import columns, fail, fresh_model, require_good_content, say
from lotse.cli.usage import add_command
from lotse.operations.environment import ACTION_PORT_OFFSET, DEFAULT_PORT, HOST
from lotse.operator_language import _
from lotse.paths import home


def up(
    port: Annotated[
        int,
        typer.Option(
            metavar=_("NUMBER"),
            help=_("Port of the Rasa server; the action server listens {offset} above it.").format(
                offset=ACTION_PORT_OFFSET
            ),
            min=1024,
            max=65000,
        ),
    ] = DEFAULT_PORT,
) -> None:
    """Start the assistant on this machine."""
    import asyncio
    import json
    from functools import partial

    from lotse.operations.ports import require_free
    from lotse.operations.supervisor import serve

    ports = [(_("Rasa server"), port), (_("action server"), port + ACTION_PORT_OFFSET)]
    require_free(ports)
    require_good_content()
    model = fresh_model()
    require_free(ports)  # again, because training may have taken minutes

    def announce() -> None:
        say(_("The Lotse is running."), style="green")
        chat, example = f"http://{HOST}:{port}/chat/", {"sender": _("me"), "message": _("May I block my boss?")}
        facts = [
            (_("Chat"), chat),
            (_("Demonstration"), f"{chat}demo/ " + _("(embedded in an intranet page)")),
            (_("Guide"), f"{chat}guide/"),
            ("REST", f"http://{HOST}:{port}/webhooks/rest/webhook"),
            ("", f"POST {json.dumps(example, ensure_ascii=False)}"),
            (_("Model"), str(model.relative_to(home()))),
            (_("Logs"), ".lotse/logs/rasa.log, .lotse/logs/actions.log"),
            (_("End"), _("Ctrl+C")),
        ]
        say("\n".join(columns(facts)))

    say(_("Starting action server and Rasa server ..."))
    asyncio.run(serve(port, model, announce, partial(say, style="yellow")))
    say(_("Both servers have ended."))


def shell() -> None:
    """A conversation in the terminal."""
    import asyncio

    from lotse.operations.shell import chat

    require_good_content()
    model = fresh_model()
    say(_("Starting the conversation; /stop ends it."))
    if code := asyncio.run(chat(model)):
        raise fail(_("rasa shell has ended with {code}; logs: .lotse/logs/shell.log and actions.log").format(code=code))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    add_command(app, up, _("Check the content, train if needed and start the assistant on this machine."))
    add_command(app, shell, _("A conversation in the terminal (rasa shell)."))
