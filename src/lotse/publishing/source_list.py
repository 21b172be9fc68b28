"""The sources of one page: each spelled out once, with the numbers of the places that the page cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lotse.answering.answer import Citation
from lotse.answering.passages import Citations
from lotse.content import Guide
from lotse.content.model import Cite


@dataclass
class CitedSource:
    """A source with every place in it that the page cites.

    Attributes:
        first: gives title, publisher, date and remark.
        places: citation by its number on the page.
    """

    first: Citation
    places: dict[int, Citation] = field(default_factory=dict)


class SourceList:
    """Numbers the citations of a page in reading order.

    Args:
        guide: in the language of the page.
    """

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._numbers: dict[tuple[object, ...], int] = {}
        self._sources: dict[tuple[str, str], CitedSource] = {}

    def cite(self, passage: str, cites: Iterable[Cite], text: str) -> list[int]:
        """The numbers of a text's citations. The same place has the same number everywhere on the page."""
        # Made as for an answer, so that page and chat show the same.
        citations = Citations(self._guide)
        citations.add(passage, cites, text)
        return [self._number(citation) for citation in citations.all]

    @property
    def all(self) -> list[CitedSource]:
        """The sources in the order of their first citation."""
        return list(self._sources.values())

    def _number(self, citation: Citation) -> int:
        norms = tuple((norm.label, norm.url) for norm in citation.norms)
        place = (citation.title, citation.section, citation.url, citation.as_of, norms)
        if place not in self._numbers:
            self._numbers[place] = len(self._numbers) + 1
            source = self._sources.setdefault((citation.title, citation.as_of), CitedSource(citation))
            source.places[self._numbers[place]] = citation
        return self._numbers[place]
