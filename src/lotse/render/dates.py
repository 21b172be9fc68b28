"""Dates as a language writes them."""

from __future__ import annotations

from datetime import date

_ORDER = {3: ".", 2: "/", 1: ""}


def written_date(value: str | date, language: str) -> str:
    """A date as precise as it is known: 07.02.2023, 09/2012 or 2012 in German, else as ISO 8601 has it.

    Args:
        value: a day, or ISO 8601 as precise as known.
        language: ISO 639-1.
    """
    iso = value.isoformat() if isinstance(value, date) else value
    if language != "de":
        return iso
    parts = iso.split("-")
    return _ORDER[len(parts)].join(reversed(parts))
