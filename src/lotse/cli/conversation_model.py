"""The command ``tune-conversation``, for developers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.encoder import training_messages
from lotse.cli.terminal import fresh_model, say
from lotse.cli.terminal import messages as terminal
from lotse.cli.usage import add_command
from lotse.operator_language import _
from lotse.paths import data, home


def tune_conversation(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar=_("FILE..."),
            help=_("Dialogues (JSONL); otherwise data/dialogues and tests/questions/follow_ups_dev.jsonl."),
            exists=True,
        ),
    ] = None,
) -> None:
    """Choose how a message is read in its conversation, by labelled dialogues."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from lotse.evaluation.conversation_tuning import shares_of_kinds, tune_conversation, write_weights
    from lotse.evaluation.questions import load_material
    from lotse.operations.local_assistant import LocalAssistant

    written = [*sorted((data() / "dialogues").glob("*.jsonl")), home() / "tests" / "questions" / "follow_ups_dev.jsonl"]
    dialogues = load_material(files or written).dialogues
    usual = shares_of_kinds(load_material([home() / "tests" / "questions" / "dialogues.jsonl"]).dialogues)
    local = LocalAssistant.load(fresh_model())
    trained = frozenset(message.text for message in training_messages())
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=terminal) as bar:
        task = bar.add_task(_("reading dialogues"))

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        weights = asyncio.run(tune_conversation(local, dialogues, trained, usual, show))
    write_weights(data(), weights)
    say(_("Written to {file}.").format(file=data() / "conversation_model.yml"))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, tune_conversation, _("Choose by labelled dialogues how a message is read in its conversation."))
