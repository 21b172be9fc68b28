"""``up`` and ``shell``: the assistant running."""

from __future__ import annotations

from typing import Annotated

import typer

from lotse.cli.terminal import fail, fresh_model, require_good_content, say
from lotse.operations.environment import ACTION_PORT_OFFSET, DEFAULT_PORT, HOST
from lotse.project import home


def up(
    port: Annotated[
        int,
        typer.Option(
            help=f"Port des Rasa-Servers; der Action-Server lauscht {ACTION_PORT_OFFSET} darüber.", min=1024, max=65000
        ),
    ] = DEFAULT_PORT,
) -> None:
    """Prüft die Inhalte, trainiert wenn nötig und startet den Assistenten auf diesem Rechner."""
    import asyncio

    from lotse.operations.ports import require_free
    from lotse.operations.servers import serve

    ports = [("Rasa-Server", port), ("Action-Server", port + ACTION_PORT_OFFSET)]
    require_free(ports)
    require_good_content()
    model = fresh_model()
    require_free(ports)  # training took its time

    def announce() -> None:
        say("Der Lotse läuft.", style="green")
        say(f"  Chat:       http://{HOST}:{port}/chat/")
        say(f"  Vorführung: http://{HOST}:{port}/chat/demo/ (eingebettet in eine Intranetseite)")
        say(f"  Leitfaden:  http://{HOST}:{port}/chat/guide/")
        say(f"  REST:       http://{HOST}:{port}/webhooks/rest/webhook")
        say('              POST {"sender": "ich", "message": "Darf ich meinen Chef blockieren?"}')
        say(f"  Modell:     {model.relative_to(home())}")
        say("  Protokolle: .lotse/logs/rasa.log, .lotse/logs/actions.log")
        say("  Ende:       Strg+C")

    say("Starte Action-Server und Rasa-Server ...")
    asyncio.run(serve(port, model, announce))
    say("Beide Server sind beendet.")


def shell() -> None:
    """Unterhaltung im Terminal (rasa shell)."""
    import asyncio

    from lotse.operations.shell import chat

    require_good_content()
    model = fresh_model()
    say("Starte das Gespräch; /stop beendet es.")
    if code := asyncio.run(chat(model)):
        raise fail(f"rasa shell hat sich mit {code} beendet; Protokolle: .lotse/logs/shell.log und actions.log")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(up)
    app.command()(shell)
