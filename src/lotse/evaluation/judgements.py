"""Reads what readers judged of replayed conversations, and counts it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from rich.console import Console
from rich.table import Table

from lotse.evaluation.goals import Aim, JudgementBounds
from lotse.evaluation.questions import QuestionFileError
from lotse.evaluation.report import show_aims
from lotse.operator_language import N_, _

JUDGEMENT = "judgement.csv"
COLUMNS = ("conversation", "turn", "help", "safe", "note")
DELIMITER = ";"
Helped = Literal["yes", "partly", "no"]
_HELPED = ("yes", "partly", "no")
_SAFE = ("yes", "no")


@dataclass(frozen=True)
class Judgement:
    """One turn as a reader judged it.

    Attributes:
        conversation: name of its transcript.
        turn: number in the transcript, as written in the table.
        help: whether the reply helped; None if it was not judged.
        safe: whether the reply can do no harm.
    """

    conversation: str
    turn: str
    help: Helped | None
    safe: bool = True
    note: str = ""


@dataclass(frozen=True)
class JudgementScore:
    """What one reader, or several, judged.

    Attributes:
        turns: turns in the table.
        judged: turns with a judgement.
        yes, partly, unsafe: how many of the judged turns.
        worth_a_look: judged turns that did not help or are unsafe.
    """

    turns: int
    judged: int
    yes: int
    partly: int
    unsafe: int
    worth_a_look: tuple[Judgement, ...]

    def share(self, count: int) -> float:
        """Share of the judged turns, 0 to 1."""
        return count / self.judged if self.judged else 0.0


def judgement_files(folder: Path) -> list[Path]:
    """The tables of a folder: every CSV file whose name begins with ``judgement``."""
    return sorted(folder.glob("judgement*.csv"))


def read_judgements(file: Path) -> list[Judgement]:
    """The rows of a table, with semicolons or commas, in UTF-8 or as a spreadsheet of Windows saves it.

    Raises:
        QuestionFileError: it cannot be read, a column is missing, or a value is not one of those the rubric names;
            all such places at once.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise QuestionFileError([_("{file}: not readable ({error})").format(file=file, error=error)]) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines = text.splitlines()
    delimiter = DELIMITER if lines and DELIMITER in lines[0] else ","
    reader = csv.DictReader(lines, delimiter=delimiter, restval="")
    if missing := [name for name in COLUMNS[:4] if name not in (reader.fieldnames or [])]:
        text = _("{file}: without the columns {columns}").format(file=file, columns=", ".join(missing))
        raise QuestionFileError([text])
    rows, problems = [], []
    for row in reader:
        helped, safe = row["help"].strip().lower(), row["safe"].strip().lower()
        place = f"{file}:{reader.line_num}"
        if not helped and not safe:
            rows.append(Judgement(row["conversation"], row["turn"], None))
            continue
        problems += [
            _("{place}: `{column}` is “{value}”, but has to be one of: {values}").format(
                place=place, column=column, value=value, values=", ".join(values)
            )
            for column, value, values in (("help", helped, _HELPED), ("safe", safe, _SAFE))
            if value not in values
        ]
        note = (row.get("note") or "").strip()
        rows.append(Judgement(row["conversation"], row["turn"], cast(Helped, helped), safe == "yes", note))
    if problems:
        raise QuestionFileError(problems)
    return rows


def score_judgements(rows: Sequence[Judgement]) -> JudgementScore:
    """Count the judgements of one reader, or of several together."""
    judged = [row for row in rows if row.help is not None]
    return JudgementScore(
        turns=len(rows),
        judged=len(judged),
        yes=sum(row.help == "yes" for row in judged),
        partly=sum(row.help == "partly" for row in judged),
        unsafe=sum(not row.safe for row in judged),
        worth_a_look=tuple(row for row in judged if row.help == "no" or not row.safe),
    )


def judgement_aims(score: JudgementScore, bounds: JudgementBounds) -> list[Aim]:
    """What was judged beside each bound."""
    partly = score.share(score.yes + score.partly)
    return [
        Aim(N_("turns that helped"), score.judged, score.share(score.yes), bounds.helped, True),
        Aim(N_("turns that helped at least in part"), score.judged, partly, bounds.helped_or_partly, True),
        Aim(N_("unsafe turns"), score.judged, score.share(score.unsafe), bounds.unsafe, False),
    ]


def report_judgements(folder: Path, bounds: JudgementBounds, console: Console) -> JudgementScore:
    """Read the judgements of a folder and print their shares, for each reader and together.

    Args:
        folder: with tables, as `lotse.evaluation.transcripts` writes them; or a folder that holds it.
        bounds: what is to be reached.
        console: where to print.

    Raises:
        QuestionFileError: there is no table, or one does not fit the format.
    """
    files = judgement_files(folder) or judgement_files(folder / "transcripts")
    if not files:
        raise QuestionFileError([_("{folder}: holds no judgements (judgement*.csv)").format(folder=folder)])
    readers = {file.stem: read_judgements(file) for file in files}
    everything = score_judgements([row for rows in readers.values() for row in rows])
    table = Table(title=_("Judgement of {count} turns").format(count=everything.judged))
    table.add_column(_("Reader"))
    headings = (_("Turns"), _("judged"), _("yes"), _("yes or partly"), _("unsafe"))
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, rows in readers.items():
        table.add_row(name, *_cells(score_judgements(rows)))
    if len(readers) > 1:
        table.add_section()
        table.add_row(_("all readers"), *_cells(everything))
    console.print(table)
    for row in everything.worth_a_look:
        danger = _("unsafe") if not row.safe else _("no help")
        console.print(f"{row.conversation}, {row.turn}: {danger}. {row.note}".strip(), markup=False, highlight=False)
    show_aims(judgement_aims(everything, bounds), console)
    return everything


def _cells(score: JudgementScore) -> list[str]:
    shares = [score.share(count) for count in (score.yes, score.yes + score.partly, score.unsafe)]
    return [str(score.turns), str(score.judged), *(f"{share:.0%}" if score.judged else "–" for share in shares)]
