"""Reports of an evaluation: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from lotse.evaluation.goals import Bounds, aims
from lotse.evaluation.score import DialogueScore, QuestionScore, Share, Tally
from lotse.operator_language import _


@dataclass(frozen=True)
class Evaluation:
    """Results of one run.

    Attributes:
        systems: question scores by name of the system; the assistant comes first.
        bounds: what is to be reached.
        dialogues: dialogue score of the assistant, if dialogues were asked.
    """

    systems: Mapping[str, QuestionScore]
    bounds: Bounds
    dialogues: DialogueScore | None = None


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The results as dictionaries that `json.dumps` takes: ``systems``, by name, and ``dialogues``."""
    systems = {}
    for name, score in evaluation.systems.items():
        systems[name] = asdict(score)
        systems[name]["aims"] = [
            {**asdict(aim), "met": aim.met} for aim in aims(score, evaluation.bounds) if aim.questions
        ]
    return {"systems": systems, "dialogues": asdict(evaluation.dialogues) if evaluation.dialogues else None}


def show(evaluation: Evaluation, console: Console) -> None:
    """Print the results as tables, in the operator's language."""
    if evaluation.systems:
        console.print(_overview(evaluation.systems))
        name, score = next(iter(evaluation.systems.items()))
        console.print(_groups(_("{name}: by topic").format(name=name), score.by_topic))
        console.print(_groups(_("{name}: by language").format(name=name), score.by_language))
        for aim in aims(score, evaluation.bounds):
            if aim.questions:
                sign, word = "≥" if aim.at_least else "≤", _("reached") if aim.met else _("not reached")
                console.print(
                    _("Aim: {label} {sign} {bound:.0%} – {value:.1%}, {word}").format(
                        label=_(aim.label), sign=sign, bound=aim.bound, value=aim.value, word=word
                    )
                )
    if evaluation.dialogues:
        console.print(_dialogues(evaluation.dialogues))


def _percent(tally: Tally, *results: Any) -> str:
    return f"{tally.share(*results):.0%}" if tally.total else "–"


def _share(share: Share) -> str:
    return f"{share.value:.0%}" if share.total else "–"


def _overview(systems: Mapping[str, QuestionScore]) -> Table:
    first = next(iter(systems.values()))
    table = Table(title=_("{count} questions").format(count=first.everything.total))
    table.add_column("")
    for name in systems:
        table.add_column(name.replace(", ", ",\n"), justify="right")
    lines: list[tuple[str, Callable[[QuestionScore], str]]] = [
        (
            _("in the guide ({count}): right").format(count=first.inside.total),
            lambda score: _percent(score.inside, "right"),
        ),
        ("  " + _("right or offered"), lambda score: _percent(score.inside, "right", "offered")),
        ("  " + _("wrong"), lambda score: _percent(score.inside, "wrong")),
        ("  " + _("declined"), lambda score: _percent(score.inside, "refused")),
        (
            _("outside ({count}): answered").format(count=first.outside.total),
            lambda score: _percent(score.outside, "outside_answered"),
        ),
        ("  " + _("recognised"), lambda score: _percent(score.outside, "right")),
        (
            _("small talk ({count}): recognised").format(count=first.chitchat.total),
            lambda score: _percent(score.chitchat, "right"),
        ),
        (_("without a usable answer"), lambda score: str(score.everything.counts.get("lost", 0))),
        (
            _("passage among the first three ({count})").format(count=first.passages.total),
            lambda score: _share(score.passages),
        ),
        (
            _("in the language of the question ({count})").format(count=first.same_language.total),
            lambda score: _share(score.same_language),
        ),
        ("p50, ms", lambda score: f"{score.p50:.1f}"),
        ("p95, ms", lambda score: f"{score.p95:.1f}"),
    ]
    for label, value in lines:
        table.add_row(label, *[value(score) for score in systems.values()])
    table.caption = _("Times: the Lotse over HTTP, the systems compared in the process.")
    return table


def _groups(title: str, groups: Mapping[str, Tally]) -> Table:
    table = Table(title=title)
    table.add_column("")
    for heading in (_("Questions"), _("right"), _("offered"), _("wrong"), _("declined"), _("other")):
        table.add_column(heading, justify="right")
    for name, tally in groups.items():
        counts = tally.counts
        wrong = counts.get("wrong", 0) + counts.get("outside_answered", 0)
        shown = [counts.get("right", 0), counts.get("offered", 0), wrong, counts.get("refused", 0)]
        table.add_row(name, str(tally.total), *[str(count or "") for count in [*shown, tally.total - sum(shown)]])
    return table


def _dialogues(score: DialogueScore) -> Table:
    table = Table(title=_("Dialogues, turns as expected"))
    table.add_column(_("Expected"))
    table.add_column(_("right"), justify="right")
    table.add_column(_("Turns"), justify="right")
    for kind, (right, total) in score.by_kind.items():
        table.add_row(kind, str(right), str(total))
    table.add_section()
    table.add_row(_("all turns"), str(score.turns_right), str(score.turns))
    table.add_row(_("dialogues without a mistake"), str(score.dialogues_right), str(score.dialogues))
    return table
