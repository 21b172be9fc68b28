"""The command ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import fresh_model
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import data, home


def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar=_("FILE..."), help=_("Questions or dialogues (JSONL), or a folder of conversations."), exists=True
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar=_("FOLDER"), help=_("Folder for report and pictures; otherwise results/evaluation in the project.")
        ),
    ] = None,
    baselines: Annotated[bool, typer.Option(help=_("Also measure BM25 search and Rasa's standard pipeline."))] = True,
    judged: Annotated[
        Path | None,
        typer.Option(
            metavar=_("FOLDER"),
            help=_("Folder of transcripts with filled-in judgements; counts them and asks nothing."),
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Measure how often the assistant is right."""
    if judged is not None:
        _count(judged)
    elif not files:
        raise typer.BadParameter(_("name a file or folder to measure with, or use --judged"))
    else:
        _measure(files, out, baselines)


def _count(judged: Path) -> None:
    from rich.console import Console

    from lotse.evaluation.goals import load_goals
    from lotse.evaluation.judgements import report_judgements

    report_judgements(judged, load_goals(data()).judged, Console())


def _measure(files: list[Path], out: Path | None, baselines: bool) -> None:
    from lotse.evaluation.packages import require

    require()
    from lotse.evaluation.questions import load_material
    from lotse.evaluation.run import run

    # A file with a mistake is named before a model is trained.
    load_material(files)
    fresh_model()
    run(files, out or home() / "results" / "evaluation", baselines)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, evaluate, _("Measure with questions and dialogues how often the assistant is right."))
