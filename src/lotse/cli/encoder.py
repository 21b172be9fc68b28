"""The command ``tune-encoder``, for developers."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import messages as terminal
from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.encoder.tuning.inputs import Labelled, Settings
from lotse.errors import OperationError
from lotse.operator_language import _
from lotse.paths import data, home


def tune_encoder(
    out: Annotated[
        Path | None,
        typer.Option(metavar=_("FOLDER"), help=_("Folder for the files; otherwise data/encoder in the project.")),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar=_("TOPIC"), help=_("Leave out a topic, to see how one does that was added later.")),
    ] = None,
) -> None:
    """Tune the sentence encoder on the training messages and the guide."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    try:
        from lotse.encoder.tuning.recipe import make_encoder
    except ImportError as error:
        text = _("Tuning needs further packages: install the extra, for example pip install -e '.[tuning]'")
        raise OperationError(text) from error
    left_out = set(without or ())
    labelled = [message for message in training_messages() if message.group not in left_out]
    passages = [passage for passage in _passages() if passage.group not in left_out]
    folder = out or data() / "encoder"
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=terminal) as bar:
        task = bar.add_task(_("tuning"))

        def show(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step, total=steps, description=f"{_('tuning')}  {loss:.2f}")

        make_encoder(folder, labelled, passages, Settings(), show, datetime.now(timezone.utc).date())
    say(_("Written to {folder}. Train the model again: ./lotse train").format(folder=folder))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, tune_encoder, _("Tune the sentence encoder on the training messages and the guide (an hour)."))


def training_messages() -> list[Labelled]:
    """Training messages with their intents.

    Not the examples of people in need: tuned on them, the encoder knew its own authors' words for distress and heard
    strangers less well.
    """
    from rasa.shared.nlu.constants import INTENT, TEXT

    from lotse.answering.probabilities import TOPIC_PREFIX
    from lotse.rasa_adapter.guide_importer import GuideImporter

    importer = GuideImporter(str(home() / "config.yml"), str(home() / "domain.yml"), str(data()))
    found: dict[str, Labelled] = {}
    for message in importer.get_nlu_data().intent_examples:
        intent = str(message.get(INTENT))
        found.setdefault(message.get(TEXT), Labelled(message.get(TEXT), intent, intent.removeprefix(TOPIC_PREFIX)))
    return list(found.values())


def _passages() -> list[Labelled]:
    """The guide's passages in all its languages: how people ask for them and ask on, title, short answer and text."""
    from lotse.content import languages, load_guide

    found: dict[tuple[str, str], Labelled] = {}
    for language in languages(data()):
        for passage in load_guide(data(), language).passages.values():
            if passage.language == language:
                asked = (*passage.questions, *passage.phrasings, *passage.follow_ups)
                for text in (*asked, passage.title or "", passage.short or "", f"{passage.title}. {passage.text}"):
                    found.setdefault((text, passage.id), Labelled(text, passage.id, passage.topic))
    return [labelled for (text, _id), labelled in found.items() if text]
