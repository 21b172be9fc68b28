"""``ask`` and ``train``: one answer, one model."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from lotse.cli.terminal import fresh_model, messages, say
from lotse.operations.environment import QUIET


def ask(
    text: Annotated[str, typer.Argument(metavar="FRAGE", help="Die Frage, am besten in Anführungszeichen.")],
    as_json: Annotated[bool, typer.Option("--json", help="Die Antwort als JSON, wie sie die Kanäle erhalten.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Zeigt auch, wie die Frage verstanden wurde.")] = False,
) -> None:
    """Beantwortet eine einzelne Frage, mit Fundstellen."""
    model = fresh_model()
    _quiet_libraries()
    import asyncio
    import json

    with messages.status("Lade das Modell ..."):
        from lotse.assistant import Assistant
        from lotse.render.text import render_text

        assistant = Assistant.load(model)
        answer = asyncio.run(assistant.ask(text))
    payload: dict[str, Any] = answer.payload()
    if as_json:
        typer.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    else:
        typer.echo(render_text(answer, assistant.desk.wording, width=min(messages.width, 100)))
    if why and not as_json:
        typer.echo("\n" + understanding(payload.get("why") or {}))


_CERTAINTIES = {"high": "hoch", "medium": "mittel", "low": "gering", "none": "keine"}


def understanding(why: dict[str, Any]) -> str:
    """How a question was understood, for people."""
    certainty, probability = why.get("certainty"), why.get("probability")
    sure = _CERTAINTIES.get(str(certainty), _shown(certainty))
    lines = [
        "So verstanden:",
        f"  erkannt:      {_shown(why.get('recognised'))}",
        f"  Sicherheit:   {sure}{f' ({probability:.0%})' if isinstance(probability, float) else ''}",
        f"  Alternativen: {_shown(why.get('alternatives'))}",
    ]
    return "\n".join(lines)


def train(
    force: Annotated[bool, typer.Option("--force", help="Auch wenn sich nichts geändert hat.")] = False,
) -> None:
    """Trainiert ein Modell, wenn sich Inhalte, Daten oder Konfiguration geändert haben."""
    from lotse.operations.freshness import examine
    from lotse.project import home, models

    fits = examine(home(), models()).fits
    model = fresh_model(force)
    if fits and not force:
        say(f"Das Modell {model.name} ist aktuell; --force trainiert trotzdem.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(ask)
    app.command()(train)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value) or "keine"
    if isinstance(value, float):
        return f"{value:.2f}"
    return "keine Angabe" if value is None else str(value)


def _quiet_libraries() -> None:
    import logging
    import warnings

    import structlog

    os.environ.update(QUIET)
    # Not a filter: libraries reset the filters while they are imported.
    warnings.showwarning = lambda *_, **__: None
    logging.basicConfig(level=logging.ERROR)
    # Unconfigured, structlog prints to stdout, into the answer.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
