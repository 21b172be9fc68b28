"""What editors have to look at again, and by when: passages, sources, help lines and the watch list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from lotse.content.help import HelpFile
from lotse.content.loading import parse
from lotse.content.model import HouseRules, Registry, Topic
from lotse.content.translation import ORIGINAL, TopicTranslation
from lotse.content.watch_list import WatchList
from lotse.operator_language import _

Kind = Literal["passage", "source", "help", "watch"]

# Four digits are 27 years; dates of Python end in the year 9999.
_PERIOD = re.compile(r"\s*([0-9]{1,4})\s*([dwDW])\s*")
_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class DueReview:
    """One thing to look at again.

    Attributes:
        day: by when.
        kind: a passage of the guide or of house rules, a source, a line of the help, or an entry of the watch list.
        name: its id.
        title: what it is, in a few words.
        file: where it stands.
        line: line of the date in that file, counted from 1.
        passages: ids of the passages that hang on an entry of the watch list.
    """

    day: date
    kind: Kind
    name: str
    title: str
    file: Path
    line: int
    passages: tuple[str, ...] = ()


def read_period(text: str) -> timedelta:
    """A period of days or weeks: ``60d`` or ``2w``.

    Raises:
        ValueError: it is written in another way; the message says how to write it.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(_("Write the period in days or weeks: 60d or 2w."))
    return timedelta(days=int(found[1]) * _DAYS[found[2].lower()])


def due_reviews(data: Path, language: str, today: date, within: timedelta) -> list[DueReview]:
    """What is overdue or due within a period, the earliest day first.

    Args:
        data: the project's ``data`` folder.
        language: ISO 639-1 code of the titles; what has none in it keeps the German one.
        today: the day the period begins with.
        within: its length.

    Raises:
        ContentError: a file cannot be read.
    """
    last = today + within
    found = [item for item in _all(data, language) if item.day <= last]
    return sorted(found, key=lambda item: (item.day, item.kind, item.name))


def _all(data: Path, language: str) -> Iterator[DueReview]:
    guide = data / "guide"
    for path in sorted((guide / ORIGINAL).glob("*.yml")):
        own = guide / language / path.name
        titles = {}
        if language != ORIGINAL and own.exists():
            titles = {name: text.title for name, text in parse(own, TopicTranslation)[1].passages.items()}
        yield from _passages(path, Topic, titles)
    for path in sorted((data / "house" / "rules").glob("*.yml")):
        yield from _passages(path, HouseRules, {})
    file, registry = parse(guide / "sources.yml", Registry)
    for name, source in registry.sources.items():
        if source.review_by is not None:
            line = file.line(("sources", name, "review_by"))
            yield DueReview(source.review_by, "source", name, source.title, file.path, line)
    path = data / "help" / f"{ORIGINAL}.yml"
    if path.exists():
        file, helps = parse(path, HelpFile)
        for name, helper in helps.lines.items():
            line = file.line(("lines", name, "review_by"))
            yield DueReview(helper.review_by, "help", name, helper.label, file.path, line)
    path = guide / "watch.yml"
    if path.exists():
        file, watch_list = parse(path, WatchList)
        for name, item in watch_list.watch.items():
            line = file.line(("watch", name, "look_again"))
            title = item.translations.get(language, item.what)
            yield DueReview(item.look_again, "watch", name, title, file.path, line, tuple(item.passages))


def _passages(path: Path, model: type[Topic] | type[HouseRules], titles: dict[str, str]) -> Iterator[DueReview]:
    file, content = parse(path, model)
    for index, passage in enumerate(content.passages):
        line = file.line(("passages", index, "review_by"))
        title = titles.get(passage.id, passage.title)
        yield DueReview(passage.review_by, "passage", passage.id, title, path, line)
