"""The words for every facet value, read from ``data/vocabulary``."""

from __future__ import annotations

from pathlib import Path

from lotse.content.loading import parse
from lotse.content.model import Facet


def load_facets(data: Path) -> dict[str, Facet]:
    """Facets by id.

    Raises:
        ContentError: a file of ``vocabulary`` is not a facet.
    """
    facets = [parse(path, Facet)[1] for path in sorted((data / "vocabulary").glob("*.yml"))]
    return {facet.facet: facet for facet in facets}
