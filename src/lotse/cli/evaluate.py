"""``evaluate``: how well the assistant answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import fresh_model
from lotse.project import home


def evaluate(
    files: Annotated[
        list[Path], typer.Argument(metavar="DATEI...", help="Fragen oder Dialoge (JSONL).", exists=True, dir_okay=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="Ordner für Bericht und Bilder; sonst results/evaluation im Projekt.")
    ] = None,
    baselines: Annotated[bool, typer.Option(help="Auch BM25-Suche und Rasas Standard-Pipeline messen.")] = True,
) -> None:
    """Misst an Fragen und Dialogen, wie oft der Assistent richtig liegt."""
    from lotse.evaluation.packages import require

    require()
    from lotse.evaluation.command import run

    fresh_model()
    run(files, out or home() / "results" / "evaluation", baselines)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(evaluate)
