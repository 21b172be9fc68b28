"""Dates in the notation of a language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

# The English edition is read in Germany: the day before the month.
_REGIONS = {"en": "en_GB"}
_SPELLED = {3: "d MMMM y", 2: "MMMM y", 1: "y"}
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


def spelled_date(value: str | date, language: str) -> str:
    """The date for a page to read: as `written_date` in German, otherwise with the month as a word: 7 February 2023.

    Args:
        value: a day, or a date in ISO 8601: 2023-02-07, 2012-09 or 2012.
        language: ISO 639-1 code.
    """
    iso = value.isoformat() if isinstance(value, date) else value
    if language == "de":
        return written_date(iso, language)
    parts = [int(part) for part in iso.split("-")]
    day = date(*[*parts, 1, 1][:3])
    return format_date(day, _SPELLED[len(parts)], locale=_REGIONS.get(language, language))
