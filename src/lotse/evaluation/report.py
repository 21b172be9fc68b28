"""The evaluation as tables for people and as JSON for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from lotse.evaluation.score import DialogueScore, QuestionScore, Share, Tally


@dataclass(frozen=True)
class Evaluation:
    """Everything one run found out.

    Attributes:
        systems: question scores by name of the system; the assistant comes first.
        dialogues: dialogue score of the assistant, if dialogues were asked.
    """

    systems: Mapping[str, QuestionScore]
    dialogues: DialogueScore | None = None


@dataclass(frozen=True)
class Aim:
    """A number the project promised to reach."""

    label: str
    value: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def aims(score: QuestionScore) -> list[Aim]:
    """The aims of understanding; shares of the questions the guide answers, and of those it does not."""
    return [
        Aim("auf Anhieb richtig", score.inside.share("right"), 0.85, True),
        Aim("richtig oder zur Wahl gestellt", score.inside.share("right", "offered"), 0.95, True),
        Aim("falsch beantwortet", score.inside.share("wrong"), 0.06, False),
        Aim("außerhalb beantwortet", score.outside.share("outside_answered"), 0.05, False),
    ]


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Plain dictionaries of everything."""
    systems = {}
    for name, score in evaluation.systems.items():
        systems[name] = asdict(score)
        systems[name]["aims"] = [{**asdict(aim), "met": aim.met} for aim in aims(score) if _asked(score, aim)]
    return {"systems": systems, "dialogues": asdict(evaluation.dialogues) if evaluation.dialogues else None}


def show(evaluation: Evaluation, console: Console) -> None:
    """Print the tables."""
    if evaluation.systems:
        console.print(_overview(evaluation.systems))
        name, score = next(iter(evaluation.systems.items()))
        console.print(_groups(f"{name}: nach Thema", score.by_topic))
        console.print(_groups(f"{name}: nach Sprache", score.by_language))
        for aim in aims(score):
            if _asked(score, aim):
                sign, word = "≥" if aim.at_least else "≤", "erreicht" if aim.met else "nicht erreicht"
                console.print(f"Ziel: {aim.label} {sign} {aim.bound:.0%} – {aim.value:.1%}, {word}")
    if evaluation.dialogues:
        console.print(_dialogues(evaluation.dialogues))


def _asked(score: QuestionScore, aim: Aim) -> bool:
    return bool(score.outside.total if aim.label.startswith("außerhalb") else score.inside.total)


def _percent(tally: Tally, *verdicts: Any) -> str:
    return f"{tally.share(*verdicts):.0%}" if tally.total else "–"


def _share(share: Share) -> str:
    return f"{share.value:.0%}" if share.total else "–"


def _overview(systems: Mapping[str, QuestionScore]) -> Table:
    first = next(iter(systems.values()))
    table = Table(title=f"{first.everything.total} Fragen")
    table.add_column("")
    for name in systems:
        table.add_column(name.replace(", ", ",\n"), justify="right")
    lines: list[tuple[str, Callable[[QuestionScore], str]]] = [
        (f"im Leitfaden ({first.inside.total}): richtig", lambda score: _percent(score.inside, "right")),
        ("  richtig oder zur Wahl", lambda score: _percent(score.inside, "right", "offered")),
        ("  falsch", lambda score: _percent(score.inside, "wrong")),
        ("  abgelehnt", lambda score: _percent(score.inside, "refused")),
        (f"außerhalb ({first.outside.total}): beantwortet", lambda score: _percent(score.outside, "outside_answered")),
        ("  erkannt", lambda score: _percent(score.outside, "right")),
        (f"Plauderei ({first.chitchat.total}): erkannt", lambda score: _percent(score.chitchat, "right")),
        ("ohne brauchbare Antwort", lambda score: str(score.everything.counts.get("lost", 0))),
        (f"Passage unter den ersten drei ({first.passages.total})", lambda score: _share(score.passages)),
        (f"in der Sprache der Frage ({first.same_language.total})", lambda score: _share(score.same_language)),
        ("p50, ms", lambda score: f"{score.p50:.1f}"),
        ("p95, ms", lambda score: f"{score.p95:.1f}"),
    ]
    for label, value in lines:
        table.add_row(label, *[value(score) for score in systems.values()])
    table.caption = "Zeiten: der Lotse über HTTP, die Vergleichssysteme im Prozess."
    return table


def _groups(title: str, groups: Mapping[str, Tally]) -> Table:
    table = Table(title=title)
    table.add_column("")
    for heading in ("Fragen", "richtig", "zur Wahl", "falsch", "abgelehnt", "sonst"):
        table.add_column(heading, justify="right")
    for name, tally in groups.items():
        counts = tally.counts
        wrong = counts.get("wrong", 0) + counts.get("outside_answered", 0)
        shown = [counts.get("right", 0), counts.get("offered", 0), wrong, counts.get("refused", 0)]
        table.add_row(name, str(tally.total), *[str(count or "") for count in [*shown, tally.total - sum(shown)]])
    return table


def _dialogues(score: DialogueScore) -> Table:
    table = Table(title="Dialoge, Beiträge wie erwartet")
    table.add_column("Erwartet")
    table.add_column("richtig", justify="right")
    table.add_column("Beiträge", justify="right")
    for kind, (right, total) in score.by_kind.items():
        table.add_row(kind, str(right), str(total))
    table.add_section()
    table.add_row("alle Beiträge", str(score.turns_right), str(score.turns))
    table.add_row("Dialoge ohne Fehler", str(score.dialogues_right), str(score.dialogues))
    return table
