"""The report as one HTML page: figures with pictures, no script, no request, and no words of a person.

The template escapes all text; bars and columns are inline SVG, so that they are printed without background graphics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lotse.content import Guide
from lotse.content.due_reviews import DueReview
from lotse.content.wording import Wording
from lotse.operator_language import N_, _, chosen_language, day, ngettext
from lotse.reporting.figures import Figures, Grouped, Week
from lotse.reporting.gaps import Gap
from lotse.reporting.proposals import Proposals

_TEMPLATES = Path(__file__).parent / "templates"
_OUTCOMES = {
    "answered": N_("answered"),
    "choices": N_("choices offered, unsure what was meant"),
    "refused": N_("outside the guide"),
    "error": N_("failed"),
}
_CERTAINTY = {"high": N_("sure"), "medium": N_("fairly sure"), "low": N_("unsure")}
_THUMBS = {"up": N_("helpful"), "down": N_("not helpful")}
_LANGUAGES = {"de": N_("German"), "en": N_("English")}
_KINDS = {
    "passage": N_("Passage"),
    "source": N_("Source"),
    "help": N_("Help line"),
    "watch": N_("Watch list"),
}
_HEIGHT = 100.0


@dataclass(frozen=True)
class Bar:
    """A row of a picture.

    Attributes:
        label: what it is.
        count: the number beside it.
        width: of the bar, 0 to 100.
        tone: number of its colour, from 1.
    """

    label: str
    count: int
    width: float
    tone: int = 1


@dataclass(frozen=True)
class Column:
    """A week in a picture.

    Attributes:
        label: its Monday.
        total: questions; None if they are too few to be shown.
        parts: tone, and top and height in hundredths of the picture, from below.
    """

    label: str
    total: int | None
    parts: list[tuple[int, float, float]]


@dataclass(frozen=True)
class ReportContent:
    """What stands on the page.

    Attributes:
        figures: of the time it is about.
        gaps: groups of given questions.
        proposals: in the patch.
        patch: name of the patch file; None if there is nothing to propose.
        due: content to look at again, the earliest first.
        today: the day the report is made.
        smallest: size of the smallest group.
    """

    figures: Figures
    gaps: Sequence[Gap]
    proposals: Proposals
    patch: str | None
    due: Sequence[DueReview]
    today: date
    smallest: int


def render_report(content: ReportContent, guide: Guide, wording: Wording, place: Path) -> str:
    """The page.

    Args:
        content: what stands on it.
        guide: gives the titles of topics.
        wording: gives the labels of the reasons for a rating.
        place: the folder that files are named from.
    """
    figures, smallest = content.figures, content.smallest
    titles = {name: topic.title for name, topic in guide.topics.items()}
    reasons = {
        name.removeprefix("reason_"): label for name, label in wording.web.widget.items() if name.startswith("reason_")
    }
    shown = [gap for gap in content.gaps if gap.people >= smallest]
    given = {question.person for gap in content.gaps for question in gap.questions}
    failed = sum(figures.outcomes.shown.get(name, 0) for name in ("choices", "refused", "error"))
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        language=chosen_language(),
        words=_words(content),
        total=figures.outcomes.total,
        answered_share=round(100 * figures.outcomes.share("answered")),
        failed=failed,
        outcomes=bars(figures.outcomes, _told(_OUTCOMES), by_order=True),
        columns=columns(figures.weeks),
        topics=bars(figures.topics, titles),
        certainty=bars(figures.certainty, _told(_CERTAINTY), by_order=True),
        languages=bars(figures.languages, _told(_LANGUAGES)),
        thumbs=bars(figures.thumbs, _told(_THUMBS), by_order=True),
        down=bars(figures.down, titles),
        reasons=bars(figures.reasons, reasons),
        comments=figures.comments,
        overdue=[_due(item, place) for item in content.due if item.day < content.today],
        soon=[_due(item, place) for item in content.due if item.day >= content.today],
        gaps=[_gap(gap, titles) for gap in shown],
        given=len(given) if len(given) >= smallest else None,
        anything_given=bool(given),
        patch=content.patch,
    )


def bars(counts: Grouped, labels: Mapping[str, str], by_order: bool = False) -> list[Bar]:
    """The rows of a picture of counts, what is too small in one row at the end.

    Args:
        counts: by name.
        labels: by name; a name without one is shown as it is.
        by_order: whether rows stand in the order of the labels, each in a tone of its own; else the largest first.
    """
    names = [name for name in labels if name in counts.shown] if by_order else list(counts.shown)
    largest = max([*counts.shown.values(), counts.rest, 1])
    rows = [
        Bar(
            labels.get(name, name) or _("no topic"),
            counts.shown[name],
            round(100 * counts.shown[name] / largest, 1),
            list(labels).index(name) + 1 if by_order else 1,
        )
        for name in names
    ]
    if counts.rest:
        rows.append(Bar(_("all others together"), counts.rest, round(100 * counts.rest / largest, 1), 5))
    return rows


def columns(weeks: Sequence[Week]) -> list[Column]:
    """The columns of a picture of weeks, each of its parts above the other; the highest fills the picture."""
    most = max((week.counts.total for week in weeks if week.counts), default=0) or 1
    drawn = []
    for week in weeks:
        parts: list[tuple[int, float, float]] = []
        below = 0.0
        counts = week.counts
        for tone, name in enumerate(_OUTCOMES, start=1):
            height = _HEIGHT * (counts.shown.get(name, 0) if counts else 0) / most
            if height:
                parts.append((tone, round(_HEIGHT - below - height, 2), round(height, 2)))
            below += height
        if counts and counts.rest:
            height = _HEIGHT * counts.rest / most
            parts.append((5, round(_HEIGHT - below - height, 2), round(height, 2)))
        drawn.append(Column(day(week.first), counts.total if counts else None, parts))
    return drawn


def _told(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: _(label) for name, label in labels.items()}


def _due(item: DueReview, place: Path) -> dict[str, str]:
    file = item.file.relative_to(place) if item.file.is_relative_to(place) else item.file
    where = f"{file.as_posix()}:{item.line}"
    return {"day": day(item.day), "kind": _(_KINDS[item.kind]), "title": item.title, "name": item.name, "where": where}


def _gap(gap: Gap, titles: Mapping[str, str]) -> dict[str, Any]:
    near = gap.nearest
    people = ngettext("{count} person", "{count} people", gap.people).format(count=gap.people)
    return {
        "people": people,
        "topic": titles.get(near.topic, near.topic),
        "passage": near.title,
        "alike": round(100 * near.similarity),
    }


def _words(content: ReportContent) -> dict[str, str]:
    """The sentences of the page."""
    figures, proposals = content.figures, content.proposals
    span = {"first": day(figures.first), "last": day(figures.last)}
    return {
        "title": _("Report on the Social-Media-Lotse"),
        "span": _("{first} to {last}").format(**span),
        "made": _("Made on {day}.").format(day=day(content.today)),
        "rule": _(
            "The page counts answers, not people, and quotes nobody. No number stands for fewer than {smallest}; what "
            "is smaller is summed up or left out (data/improvement.yml, smallest_group)."
        ).format(smallest=content.smallest),
        "overview": _("At a glance"),
        "questions": _("Questions"),
        "answered": _("answered"),
        "not_answered": _("not answered at once"),
        "overdue_count": _("overdue"),
        "nothing": _("Too few to show anything."),
        "ended": _("How questions ended"),
        "week": _("By week"),
        "week_hint": _("Each column is a week, named by its Monday. Weeks with too few questions are empty."),
        "few": _("too few"),
        "rest": _("all others together"),
        "asked": _("What is asked"),
        "asked_hint": _("Answered questions by topic."),
        "sure": _("How sure"),
        "sure_hint": _("How certain the topic of an answered question was. Unsure answers say so themselves."),
        "languages": _("Languages"),
        "ratings": _("What people say of it"),
        "thumbs": _("Thumbs"),
        "down": _("Thumbs down by topic"),
        "reasons": _("Reasons that were pressed"),
        "comments": _("{count} comments were written. They are not shown here.").format(count=figures.comments),
        "due": _("Content to look at again"),
        "overdue": _("Overdue"),
        "soon": _("Due soon"),
        "nothing_due": _("Nothing is due."),
        "gaps": _("What the guide does not answer"),
        "gaps_hint": _(
            "Questions that were not answered and that people gave for this purpose, grouped by meaning. A group is "
            "named after the passage of the guide it is nearest to."
        ),
        "near": _("Near to"),
        "alike": _("alike"),
        "people": _("Given by"),
        "topic": _("Topic"),
        "no_gaps": _("No group is large enough to be shown."),
        "proposals": _("Proposals"),
        "no_proposals": _("Nobody gave a question, so there is nothing to propose."),
        "examples": _(
            "{examples} training examples are proposed and {unassigned} questions are near no topic. They stand in "
            "{file}, which holds what people wrote: read it, change it, apply it, and delete it."
        ).format(examples=proposals.examples, unassigned=proposals.unassigned, file=content.patch or ""),
    }
