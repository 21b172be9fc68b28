"""The command ``report``, for editors."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from lotse.cli.terminal import say
from lotse.cli.usage import add_command
from lotse.operator_language import _, chosen_language
from lotse.paths import data, home

# Content that is due within this time is named, too.
_SOON = timedelta(days=30)


def current_day() -> date:
    """Today. Tests put another day in its place."""
    return date.today()


def report(
    days: Annotated[
        int, typer.Option("--days", metavar=_("NUMBER"), min=1, help=_("How many days back the report goes."))
    ] = 90,
    out: Annotated[
        Path | None, typer.Option("--out", metavar=_("FILE"), help=_("The page; otherwise report-DATE.html here."))
    ] = None,
) -> None:
    """Write a page about use, ratings and due content, and a patch of proposals beside it."""
    from lotse.content import load_guide
    from lotse.content.due_reviews import due_reviews
    from lotse.content.improvement import load_improvement
    from lotse.content.wording import load_wording
    from lotse.encoder.encoder import encoder
    from lotse.operations.stored_conversations import opened_store
    from lotse.reporting.figures import read_figures, read_given
    from lotse.reporting.gaps import find_gaps
    from lotse.reporting.page import ReportContent, render_report
    from lotse.reporting.proposals import propose, write_patch

    today, language, settings = current_day(), chosen_language(), load_improvement(data())
    page = out or Path(f"report-{today.isoformat()}.html")
    patch = page.with_suffix(".patch")
    guide = load_guide(data(), language)
    with opened_store() as store:
        figures = read_figures(store, today - timedelta(days=days - 1), today, settings.smallest_group)
        given = read_given(store)
    gaps = find_gaps(given, guide, lambda texts: encoder().vectors(texts), settings)
    proposals = propose(gaps, data() / "nlu", settings.topic_at)
    content = ReportContent(
        figures=figures,
        gaps=gaps,
        proposals=proposals,
        patch=patch.name if proposals.text else None,
        due=due_reviews(data(), language, today, _SOON),
        today=today,
        smallest=settings.smallest_group,
    )
    page.write_text(render_report(content, guide, load_wording(data(), language), home()), encoding="utf-8")
    typer.echo(page)
    if proposals.text:
        write_patch(patch, proposals)
        typer.echo(patch)
        say(_("The patch holds what people wrote, with their consent: read it, apply it, and delete it."))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    add_command(app, report, _("Write a page about what is asked, rated and due, and proposals as a patch."))
