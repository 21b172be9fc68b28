"""The watch list: pending cases and laws, and the passages that hang on them. For editors, never shown to readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field, root_validator

from lotse.content.model import Guide, Strict
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _, day


class KnownFrom(Strict):
    """Where it was read that something is pending: a source of the guide or another report, with its date."""

    source: str | None = Field(None, description="id in sources.yml")
    report: str | None = Field(None, min_length=5, max_length=160, description="if it is not in sources.yml")
    as_of: date = Field(..., description="the day up to which the report is right")

    @root_validator(skip_on_failure=True)
    def _one_of_both(cls, values: dict[str, object]) -> dict[str, object]:
        if bool(values.get("source")) == bool(values.get("report")):
            raise ValueError(_("Either `source` or `report` belongs here: exactly one of them."))
        return values


class Watched(Strict):
    """One pending case, law or open question."""

    what: str = Field(..., min_length=20, max_length=300, description="what is pending, and what would change")
    translations: dict[str, str] = Field(default_factory=dict, description="`what` by language: en")
    known_from: list[KnownFrom] = Field(..., min_items=1)
    passages: list[str] = Field(..., min_items=1, description="ids of the passages that hang on it")
    checked: date = Field(..., description="the day it was last looked up")
    look_again: date = Field(..., description="the day by which to look again")

    @root_validator(skip_on_failure=True)
    def _agree(cls, values: dict[str, object]) -> dict[str, object]:
        checked, look_again = values["checked"], values["look_again"]
        if isinstance(checked, date) and isinstance(look_again, date) and look_again <= checked:
            raise ValueError(_("`look_again` must be later than `checked`."))
        return values


class WatchList(Strict):
    """What editors keep an eye on, by an id that they choose."""

    watch: dict[str, Watched]


def check_watch_list(file: YamlFile, watch_list: WatchList, guide: Guide, today: date) -> Iterator[Problem]:
    """Sources and passages that do not exist, days in the future, and passages not settled that nobody watches.

    Args:
        file: the file of the watch list.
        watch_list: its content.
        guide: the guide before house rules are applied.
        today: the day dates are compared with.
    """
    for name, item in watch_list.watch.items():
        at: FieldPath = ("watch", name)
        for index, known in enumerate(item.known_from):
            if known.source is not None and known.source not in guide.sources:
                message = _("There is no source “{source}”.").format(source=known.source)
                remedy = _("check the spelling or add it to {file}").format(file="data/guide/sources.yml")
                yield file.problem((*at, "known_from", index, "source"), message, remedy)
        for index, passage in enumerate(item.passages):
            if passage not in guide.passages:
                message = _("There is no passage “{passage}”.").format(passage=passage)
                yield file.problem((*at, "passages", index), message, _("give the id of a passage of the guide"))
        if item.checked > today:
            message = _("The day of the last look is in the future: {day}.").format(day=day(item.checked))
            yield file.problem((*at, "checked"), message, _("enter the day on which it was looked up"))
    hanging = {passage for item in watch_list.watch.values() for passage in item.passages}
    for name, own in guide.passages.items():
        if own.certainty != "settled" and name not in hanging:
            message = _("The passage “{passage}” is not settled, but nothing on the watch list names it.").format(
                passage=name
            )
            remedy = _("name it at what it hangs on, or add an entry")
            yield file.problem(("watch",), message, remedy, warning=True)
