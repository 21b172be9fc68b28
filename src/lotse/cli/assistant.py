"""The commands ``ask`` and ``train``."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from lotse.cli.terminal import columns, fresh_model, messages, say
from lotse.cli.usage import add_command
from lotse.operations.environment import QUIET
from lotse.operator_language import N_, _


def ask(
    text: Annotated[str, typer.Argument(metavar=_("QUESTION"), help=_("The question, preferably in quotation marks."))],
    as_json: Annotated[bool, typer.Option("--json", help=_("The answer as JSON, as the channels get it."))] = False,
    why: Annotated[bool, typer.Option("--why", help=_("Also show how the question was understood."))] = False,
) -> None:
    """Answer a single question."""
    model = fresh_model()
    _quiet_libraries()
    import asyncio
    import json

    with messages.status(_("Loading the model ...")):
        from lotse.operations.local_assistant import LocalAssistant
        from lotse.render.text import render_text

        assistant = LocalAssistant.load(model)
        answer = asyncio.run(assistant.ask(text))
    payload: dict[str, Any] = answer.payload()
    if as_json:
        typer.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    else:
        chat_address = assistant.assistant.guide.chat_address
        typer.echo(render_text(answer, assistant.assistant.wording, min(messages.width, 100), chat_address))
    if why and not as_json:
        typer.echo("\n" + understanding(payload.get("why") or {}))


_CERTAINTIES = {"high": N_("high"), "medium": N_("medium"), "low": N_("low"), "none": N_("none")}


def understanding(why: dict[str, Any]) -> str:
    """How a question was understood, as text for people.

    Args:
        why: the field ``why`` of a payload.
    """
    certainty, probability = why.get("certainty"), why.get("probability")
    sure = _(_CERTAINTIES[certainty]) if certainty in _CERTAINTIES else _shown(certainty)
    lines = [
        _("Understood as:"),
        *columns(
            [
                (_("recognised"), _shown(why.get("recognised"))),
                (_("certainty"), f"{sure} ({probability:.0%})" if isinstance(probability, float) else sure),
                (_("alternatives"), _shown(why.get("alternatives"))),
            ]
        ),
    ]
    return "\n".join(lines)


def train(
    force: Annotated[bool, typer.Option("--force", help=_("Train even if nothing has changed."))] = False,
) -> None:
    """Train a model if something it depends on has changed."""
    from lotse.operations.model_freshness import examine
    from lotse.paths import home, models

    fits = examine(home(), models()).fits
    model = fresh_model(force)
    if fits and not force:
        say(_("The model {name} is up to date; --force trains all the same.").format(name=model.name))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    add_command(app, ask, _("Answer a single question, with citations."))
    add_command(app, train, _("Train a model if content, data or configuration have changed."))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value) or _("none given")
    if isinstance(value, float):
        return f"{value:.2f}"
    return _("not given") if value is None else str(value)


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
