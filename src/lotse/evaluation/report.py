"""Reports of an evaluation: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from lotse.evaluation.goals import Aim, Goals, aims, need_aims, verdict_aims
from lotse.evaluation.need_score import NeedScore
from lotse.evaluation.score import DialogueScore, QuestionScore, Share, Tally
from lotse.evaluation.verdict_score import VerdictScore, light_of
from lotse.operator_language import _


@dataclass(frozen=True)
class Evaluation:
    """Results of one run.

    Attributes:
        systems: question scores by name of the system; the assistant comes first.
        goals: what is to be reached.
        dialogues, verdicts, needs: scores of the assistant, if such lines were asked.
    """

    systems: Mapping[str, QuestionScore]
    goals: Goals
    dialogues: DialogueScore | None = None
    verdicts: VerdictScore | None = None
    needs: NeedScore | None = None


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The results as dictionaries that `json.dumps` takes: ``systems``, by name, and those of other lines."""
    systems = {}
    for name, score in evaluation.systems.items():
        systems[name] = asdict(score)
        systems[name]["aims"] = _aims(aims(score, evaluation.goals.aims))
    return {
        "systems": systems,
        "dialogues": asdict(evaluation.dialogues) if evaluation.dialogues else None,
        "verdicts": _verdict_figures(evaluation.verdicts, evaluation.goals) if evaluation.verdicts else None,
        "needs": _need_figures(evaluation.needs, evaluation.goals) if evaluation.needs else None,
    }


def _aims(found: Iterable[Aim]) -> list[dict[str, Any]]:
    return [{**asdict(aim), "met": aim.met} for aim in found if aim.questions]


def _verdict_figures(score: VerdictScore, goals: Goals) -> dict[str, Any]:
    misses = [
        {
            "text": miss.question.text,
            "ok": miss.question.ok,
            "never": miss.question.never,
            "verdict": light_of(miss.reply),
            "result": miss.result,
            "outcome": miss.reply.outcome,
            "topic": miss.reply.topic,
        }
        for miss in score.misses
    ]
    counted = {"total": score.total, "counts": score.counts, "never_green": score.never_green}
    return {
        **counted,
        "by_language": score.by_language,
        "misses": misses,
        "aims": _aims(verdict_aims(score, goals.verdicts.aims)),
    }


def _need_figures(score: NeedScore, goals: Goals) -> dict[str, Any]:
    misses = [
        {
            "text": miss.message.text,
            "need": miss.message.need,
            "help": miss.reply.help,
            "outcome": miss.reply.outcome,
            "topic": miss.reply.topic,
        }
        for miss in score.misses
    ]
    return {
        "by_kind": {name: asdict(kind) for name, kind in score.by_kind.items()},
        "harmless": score.harmless,
        "false_alarms": score.false_alarms,
        "misses": misses,
        "aims": _aims(need_aims(score, goals.need.aims)),
    }


def show(evaluation: Evaluation, console: Console) -> None:
    """Print the results as tables, in the operator's language."""
    if evaluation.systems:
        console.print(_overview(evaluation.systems))
        name, score = next(iter(evaluation.systems.items()))
        console.print(_groups(_("{name}: by topic").format(name=name), score.by_topic))
        console.print(_groups(_("{name}: by language").format(name=name), score.by_language))
        show_aims(aims(score, evaluation.goals.aims), console)
    if evaluation.dialogues:
        console.print(_dialogues(evaluation.dialogues))
    if evaluation.verdicts:
        console.print(_verdicts(evaluation.verdicts))
        show_aims(verdict_aims(evaluation.verdicts, evaluation.goals.verdicts.aims), console)
    if evaluation.needs:
        console.print(_needs(evaluation.needs))
        show_aims(need_aims(evaluation.needs, evaluation.goals.need.aims), console)


def show_aims(found: Iterable[Aim], console: Console) -> None:
    """Print each aim beside what was measured, in the operator's language; those without a measurement are left out."""
    for aim in found:
        if aim.questions:
            sign, word = "≥" if aim.at_least else "≤", _("reached") if aim.met else _("not reached")
            console.print(
                _("Aim: {label} {sign} {bound:.0%} – {value:.1%}, {word}").format(
                    label=_(aim.label), sign=sign, bound=aim.bound, value=aim.value, word=word
                )
            )


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
    table.add_section()
    table.add_row(_("guided check started when wanted"), str(score.checks_wanted.right), str(score.checks_wanted.total))
    table.add_row(_("guided check started unasked"), str(score.checks_unasked.right), str(score.checks_unasked.total))
    return table


def _verdicts(score: VerdictScore) -> Table:
    table = Table(title=_("Verdicts of {count} questions").format(count=score.total))
    table.add_column("")
    table.add_column(_("Questions"), justify="right")
    table.add_column(_("Share"), justify="right")
    lines = (
        (_("a verdict that is right"), score.counts.get("ok", 0)),
        (_("a verdict that is never right"), score.counts.get("never", 0)),
        ("  " + _("of these: green"), score.never_green),
        (_("another verdict"), score.counts.get("other", 0)),
        (_("without a usable answer"), score.counts.get("lost", 0)),
    )
    for label, count in lines:
        table.add_row(label, str(count), f"{count / score.total:.0%}" if score.total else "–")
    table.add_section()
    for language, (right, total) in score.by_language.items():
        label = _("a verdict that is right, {language}").format(language=language)
        table.add_row(label, str(right), f"{right / total:.0%}")
    return table


def _needs(score: NeedScore) -> Table:
    table = Table(title=_("People in need, and harmless messages"))
    table.add_column("")
    for heading in (_("Messages"), _("met first"), _("with fitting help")):
        table.add_column(heading, justify="right")
    for name, kind in score.by_kind.items():
        table.add_row(name, str(kind.total), str(kind.met), str(kind.same_kind))
    table.add_section()
    table.add_row(_("harmless: taken for need"), str(score.harmless), str(score.false_alarms), "")
    return table
