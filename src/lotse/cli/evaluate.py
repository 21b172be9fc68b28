"""The command ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import fresh_model
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import home


def evaluate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar=_("FILE..."), help=_("Questions or dialogues (JSONL)."), exists=True, dir_okay=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar=_("FOLDER"), help=_("Folder for report and pictures; otherwise results/evaluation in the project.")
        ),
    ] = None,
    baselines: Annotated[bool, typer.Option(help=_("Also measure BM25 search and Rasa's standard pipeline."))] = True,
) -> None:
    """Measure how often the assistant is right."""
    from lotse.evaluation.packages import require

    require()
    from lotse.evaluation.run import run

    fresh_model()
    run(files, out or home() / "results" / "evaluation", baselines)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, evaluate, _("Measure with questions and dialogues how often the assistant is right."))
