"""The questions of an official checklist as far as they could be read: a record for editors, never shown to readers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from pydantic import Field, root_validator, validator

from lotse.content.model import Strict
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _

TIKTOK_PLACES = 14


class ReadQuestion(Strict):
    """A question of the checklist in the editors' own words, and where it was read."""

    text: str = Field(..., min_length=10, max_length=300)
    source: str = Field(..., description="id in sources.yml")


class Place(Strict):
    """One numbered place of the checklist. It stays empty until somebody has read the question."""

    number: int = Field(..., ge=1, le=TIKTOK_PLACES)
    text: str | None = Field(None, min_length=10, max_length=300)
    source: str | None = Field(None, description="id in sources.yml")

    @root_validator(skip_on_failure=True)
    def _sourced(cls, values: dict[str, object]) -> dict[str, object]:
        if (values.get("text") is None) != (values.get("source") is None):
            raise ValueError(_("A place has both `text` and `source`, or neither."))
        return values


class OfficialChecklist(Strict):
    """The places of the TikTok checklist of the data protection authority in Baden-Württemberg.

    Attributes:
        checklist: id in sources.yml of the official page.
        without_number: questions that a report names without their number.
    """

    checklist: str
    checked: date
    places: list[Place]
    without_number: list[ReadQuestion] = Field(default_factory=list)

    @validator("places")
    def _each_once(cls, places: list[Place]) -> list[Place]:
        if [place.number for place in places] != list(range(1, TIKTOK_PLACES + 1)):
            raise ValueError(_("`places` lists the numbers 1 to {count}, each once.").format(count=TIKTOK_PLACES))
        return places

    @property
    def open(self) -> tuple[int, ...]:
        """Numbers of the questions that nobody has read yet."""
        return tuple(place.number for place in self.places if place.text is None)


def check_checklist(file: YamlFile, checklist: OfficialChecklist, sources: Collection[str]) -> Iterator[Problem]:
    """The sources that do not exist.

    Args:
        file: the file of the checklist.
        checklist: its content.
        sources: the ids in sources.yml.
    """
    named: list[tuple[FieldPath, str | None]] = [(("checklist",), checklist.checklist)]
    named += [(("places", index, "source"), place.source) for index, place in enumerate(checklist.places)]
    named += [(("without_number", index, "source"), read.source) for index, read in enumerate(checklist.without_number)]
    for at, source in named:
        if source is not None and source not in sources:
            yield file.problem(at, _("There is no source “{source}”.").format(source=source))
