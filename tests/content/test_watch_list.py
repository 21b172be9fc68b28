"""The watch list: pending cases and laws, the passages that hang on them, and what is due when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from lotse.content import Problem, load_guide
from lotse.content.due_reviews import due_reviews, read_period
from lotse.content.loading import examine_guide, parse
from lotse.content.watch_list import WatchList

DATA = Path(__file__).parents[2] / "data"
FILE = "watch.yml"
TODAY = date(2026, 11, 28)
ITEM = """\
watch:
  appeal:
    what: Über die Berufung zu gesperrten Konten ist noch nicht entschieden.
    translations:
      en: The appeal about blocked accounts has not been decided yet.
    known_from:
      - source: tum_guide
        as_of: 2025-08-22
    passages: [blocking.official_account]
    checked: 2026-11-28
    look_again: 2027-01-15
"""


@pytest.fixture
def watched(content: Path) -> Path:
    """Content with one pending case; its path."""
    path = content / "guide" / FILE
    path.write_text(ITEM, encoding="utf-8")
    return path


def problems(path: Path, old: str, new: str) -> list[Problem]:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = examine_guide(path.parents[1], today=TODAY)[1]
    return [problem for problem in found if problem.file == path and problem.severity == "error"]


def test_a_good_list_has_no_problems(watched: Path) -> None:
    assert problems(watched, "2027-01-15", "2027-01-16") == []


@pytest.mark.parametrize(
    ("old", "new", "field", "line"),
    [
        ("source: tum_guide", "source: hearsay", "watch.appeal.known_from.0.source", 7),
        ("[blocking.official_account]", "[blocking.nowhere]", "watch.appeal.passages.0", 9),
        ("look_again: 2027-01-15", "look_again: 2026-11-28", "watch.appeal", 2),
        ("checked: 2026-11-28", "checked: 2026-12-24", "watch.appeal.checked", 10),
        ("      - source: tum_guide\n", "      - report: X\n", "watch.appeal.known_from.0.report", 7),
        ("        as_of: 2025-08-22\n", "", "watch.appeal.known_from.0.as_of", 7),
        ("    what:", "    wath:", "watch.appeal.what", 2),
    ],
)
def test_an_error_is_named_with_its_line(watched: Path, old: str, new: str, field: str, line: int) -> None:
    found = {problem.field: problem.line for problem in problems(watched, old, new)}
    assert found.get(field) == line


def test_a_source_and_a_report_in_one_place_are_refused(watched: Path) -> None:
    found = problems(watched, "source: tum_guide", "source: tum_guide\n        report: Zeitungsbericht vom August")
    assert [problem.field for problem in found] == ["watch.appeal.known_from.0"]


def test_a_guide_without_the_list_loads(content: Path) -> None:
    (content / "guide" / FILE).unlink(missing_ok=True)
    assert examine_guide(content)[0] is not None


def test_every_passage_that_is_not_settled_is_watched() -> None:
    watch = parse(DATA / "guide" / FILE, WatchList)[1].watch
    hanging = {passage for item in watch.values() for passage in item.passages}
    unsettled = {passage.id for passage in load_guide(DATA).passages.values() if passage.certainty != "settled"}
    assert unsettled - hanging == set()


def test_an_unsettled_passage_that_nobody_watches_is_a_warning(watched: Path) -> None:
    found = examine_guide(watched.parents[1], today=TODAY)[1]
    named = [problem for problem in found if "blocking.disruption" in problem.message]
    assert [(problem.severity, problem.file.name) for problem in named] == [("warning", "watch.yml")]


def test_every_entry_is_in_both_languages() -> None:
    watch = parse(DATA / "guide" / FILE, WatchList)[1].watch
    assert [name for name, item in watch.items() if set(item.translations) != {"en"}] == []


@pytest.mark.parametrize(("text", "days"), [("60d", 60), ("2w", 14), ("0d", 0), (" 1W ", 7)])
def test_a_period_is_read_in_days_and_weeks(text: str, days: int) -> None:
    assert read_period(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "60", "d", "-3d", "2m", "1.5d", "10000d", "٣d", "60 days"])
def test_another_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="60d"):
        read_period(text)


def test_what_is_due_comes_sorted_by_date_with_the_watch_list(watched: Path) -> None:
    content = watched.parents[1]
    # Everything in the content is due within two years.
    due = due_reviews(content, "de", TODAY, timedelta(days=730))
    assert [item.day for item in due] == sorted(item.day for item in due)
    assert {item.kind for item in due} >= {"watch", "passage"}
    watch = next(item for item in due if item.kind == "watch")
    assert (watch.name, watch.day, watch.file.name, watch.line) == ("appeal", date(2027, 1, 15), FILE, 11)
    assert watch.passages == ("blocking.official_account",)


def test_only_what_is_overdue_or_within_the_period_is_due(watched: Path) -> None:
    def watch(today: date, days: int) -> list[str]:
        due = due_reviews(watched.parents[1], "de", today, timedelta(days=days))
        return [item.name for item in due if item.kind == "watch"]

    assert watch(TODAY, 60) == ["appeal"]
    assert watch(TODAY, 47) == []
    assert watch(date(2027, 2, 1), 0) == ["appeal"]


def test_a_source_with_a_review_date_is_due(watched: Path) -> None:
    content = watched.parents[1]
    path = content / "guide" / "sources.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("  tum_guide:\n") + len("  tum_guide:\n")
    path.write_text(text[:start] + "    review_by: 2026-12-31\n" + text[start:], encoding="utf-8")
    due = due_reviews(content, "de", TODAY, timedelta(days=40))
    assert [(item.kind, item.name, item.day) for item in due if item.kind == "source"] == [
        ("source", "tum_guide", date(2026, 12, 31))
    ]


def test_titles_are_in_the_language_asked_for(watched: Path) -> None:
    content = watched.parents[1]
    watch = next(item for item in due_reviews(content, "en", TODAY, timedelta(days=60)) if item.kind == "watch")
    assert watch.title == "The appeal about blocked accounts has not been decided yet."
