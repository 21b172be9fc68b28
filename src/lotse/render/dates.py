"""Dates in the notation of a language."""

from __future__ import annotations

from datetime import date

_ORDER = {3: ".", 2: "/", 1: ""}


def written_date(value: str | date, language: str) -> str:
    """The date as precise as it is known: 07.02.2023, 09/2012 or 2012 in German, otherwise in ISO 8601.

    Args:
        value: a day, or a date in ISO 8601: 2023-02-07, 2012-09 or 2012.
        language: ISO 639-1 code.
    """
    iso = value.isoformat() if isinstance(value, date) else value
    if language != "de":
        return iso
    parts = iso.split("-")
    return _ORDER[len(parts)].join(reversed(parts))
