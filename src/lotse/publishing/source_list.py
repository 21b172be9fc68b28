"""The sources of one page: each spelled out once, with the numbers of the places that the page cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lotse.answering.answer import Citation, NormLink
from lotse.answering.passages import Citations
from lotse.content import Guide
from lotse.content.model import Cite


@dataclass
class Place:
    """A place in a source, with every norm that is named beside it on the page.

    Attributes:
        number: on the page.
    """

    number: int
    section: str | None
    url: str | None
    norms: list[NormLink] = field(default_factory=list)


@dataclass
class CitedSource:
    """A source with every place in it that the page cites.

    Attributes:
        first: gives title, publisher, date and remark.
    """

    first: Citation
    places: list[Place] = field(default_factory=list)


class SourceList:
    """Numbers the citations of a page in reading order.

    Args:
        guide: in the language of the page.
    """

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._places: dict[tuple[object, ...], Place] = {}
        self._sources: dict[tuple[str, str], CitedSource] = {}

    def cite(self, passage: str, cites: Iterable[Cite], text: str) -> list[int]:
        """The numbers of a text's citations. The same place has the same number everywhere on the page."""
        # Made as for an answer, so that page and chat show the same.
        citations = Citations(self._guide)
        citations.add(passage, cites, text)
        return list(dict.fromkeys(self._number(citation) for citation in citations.all))

    @property
    def all(self) -> list[CitedSource]:
        """The sources in the order of their first citation."""
        return list(self._sources.values())

    def _number(self, citation: Citation) -> int:
        # Laws have an address for each paragraph, which its norm links.
        key = (citation.title, citation.section, citation.as_of)
        if key not in self._places:
            self._places[key] = Place(len(self._places) + 1, citation.section, citation.url)
            source = self._sources.setdefault((citation.title, citation.as_of), CitedSource(citation))
            source.places.append(self._places[key])
        place = self._places[key]
        place.norms += [norm for norm in citation.norms if norm not in place.norms]
        return place.number
