"""The figures of a report, read from what is kept to improve the guide. No figure stands for fewer than a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from lotse.rasa_adapter.improvement_tables import daily_counts, given_questions
from lotse.rasa_adapter.rating_tables import Database, rating_reasons, ratings

# Outcomes of questions to the guide. Small talk, guided checks and moves about an answer are no questions.
ANSWERED = ("answered", "refined")
UNSURE = "choices"
NOT_ANSWERED = (UNSURE, "refused", "error")
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Grouped:
    """Counts of which none is smaller than a group.

    Attributes:
        shown: by name, the largest first.
        rest: sum of those that are too small to be shown, at least a group; 0 if there are none.
        hidden: whether something is too small even together, and in no number here.
    """

    shown: dict[str, int] = field(default_factory=dict)
    rest: int = 0
    hidden: bool = False

    @property
    def total(self) -> int:
        """The sum of everything shown."""
        return sum(self.shown.values()) + self.rest

    def share(self, name: str) -> float:
        """The part of the sum that a name has, 0 to 1."""
        return self.shown.get(name, 0) / self.total if self.total else 0.0


@dataclass(frozen=True)
class Week:
    """What became of the questions of a week.

    Attributes:
        first: its Monday.
        counts: by `answered`, `choices`, `refused` and `error`; None if the week has too few questions to be shown.
    """

    first: date
    counts: Grouped | None


@dataclass(frozen=True)
class GivenText:
    """A question that somebody gave, to be grouped and proposed; it never gets onto the page.

    Attributes:
        person: stands for who gave it, so that people can be counted instead of questions.
        outcome: ``refused`` or ``choices``.
    """

    text: str
    person: str
    outcome: str
    language: str


@dataclass(frozen=True)
class Figures:
    """What a report tells.

    Attributes:
        first, last: the days it is about.
        outcomes: questions by how they ended.
        weeks: the same by week, the earliest first.
        topics: answered questions by topic.
        certainty: answered questions by how certain their topic was.
        languages: questions by language.
        thumbs: ratings by ``up`` and ``down``.
        down: thumbs down by topic.
        reasons: pressed under thumbs down, by name.
        comments: how many ratings have a comment; 0 if they are fewer than a group.
    """

    first: date
    last: date
    outcomes: Grouped
    weeks: list[Week]
    topics: Grouped
    certainty: Grouped
    languages: Grouped
    thumbs: Grouped
    down: Grouped
    reasons: Grouped
    comments: int


def grouped(counts: Mapping[str, int], smallest: int) -> Grouped:
    """Counts without those that are smaller than a group; what is left over is one sum.

    The sum must not be small either: a total elsewhere would tell it. So the smallest of the shown joins it if needed.

    Args:
        counts: by name.
        smallest: a group has at least this size.
    """
    ordered = sorted(((name, count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    shown = dict(item for item in ordered if item[1] >= smallest)
    rest = sum(count for _, count in ordered if count < smallest)
    while 0 < rest < smallest and shown:
        rest += shown.popitem()[1]
    hidden = 0 < rest < smallest
    return Grouped(shown, 0 if hidden else rest, hidden)


def read_figures(database: Database, first: date, last: date, smallest: int) -> Figures:
    """The figures of some days.

    Args:
        database: the tracker store.
        first: day, included.
        last: day, included.
        smallest: a group has at least this size.

    Raises:
        SQLAlchemyError: the database cannot be read.
    """
    counts, rated = daily_counts.c, ratings.c
    days = (counts.day >= first.isoformat()) & (counts.day <= last.isoformat())
    rated_days = (rated.day >= first.isoformat()) & (rated.day <= last.isoformat())
    with database.session_scope() as session:
        columns = (counts.day, counts.outcome, counts.topic, counts.certainty, counts.language, counts.answers)
        rows = [tuple(row) for row in session.execute(select(*columns).where(days))]
        thumbs = [tuple(row) for row in session.execute(select(rated.rating, rated.topic).where(rated_days))]
        pressed = session.execute(
            select(rating_reasons.c.reason, func.count())
            .join(ratings, rated.answer == rating_reasons.c.answer)
            .where(rated_days)
            .group_by(rating_reasons.c.reason)
        ).all()
        with_comment = rated_days & rated.comment.is_not(None)
        comments = int(session.execute(select(func.count()).select_from(ratings).where(with_comment)).scalar_one())
    asked = [row for row in rows if row[1] in (*ANSWERED, *NOT_ANSWERED)]
    answered = [row for row in asked if row[1] in ANSWERED]
    return Figures(
        first=first,
        last=last,
        outcomes=grouped(_ended(asked), smallest),
        weeks=_weeks(asked, first, last, smallest),
        topics=grouped(_sums((row[2], row[5]) for row in answered), smallest),
        certainty=grouped(_sums((row[3], row[5]) for row in answered), smallest),
        languages=grouped(_sums((row[4], row[5]) for row in asked), smallest),
        thumbs=grouped(Counter(rating for rating, _ in thumbs), smallest),
        down=grouped(Counter(str(topic or "") for rating, topic in thumbs if rating == "down"), smallest),
        reasons=grouped({str(reason): int(count) for reason, count in pressed}, smallest),
        comments=comments if comments >= smallest else 0,
    )


def read_given(database: Database) -> list[GivenText]:
    """Every question that is kept because somebody gave it, in the order of its text.

    Raises:
        SQLAlchemyError: the database cannot be read.
    """
    table = given_questions.c
    query = select(table.text, table.sender, table.outcome, table.language).order_by(table.text, table.sender)
    with database.session_scope() as session:
        return [GivenText(*map(str, row)) for row in session.execute(query)]


def _ended(rows: Iterable[tuple[str, str, str, str, str, int]]) -> Counter[str]:
    return _sums(("answered" if row[1] in ANSWERED else row[1], row[5]) for row in rows)


def _sums(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for name, count in pairs:
        sums[name] += count
    return sums


def _weeks(rows: list[tuple[str, str, str, str, str, int]], first: date, last: date, smallest: int) -> list[Week]:
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = (monday.isoformat(), (monday + _WEEK).isoformat())
        counts = _ended(row for row in rows if days[0] <= row[0] < days[1])
        enough = sum(counts.values()) >= smallest
        weeks.append(Week(monday, grouped(counts, smallest) if enough else None))
        monday += _WEEK
    return weeks
