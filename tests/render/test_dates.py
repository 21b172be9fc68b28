"""Dates in answers."""

from __future__ import annotations

from datetime import date

import pytest

from lotse.render.dates import spelled_date, written_date


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        ("2023-02-07", "de", "07.02.2023"),
        ("2012-09", "de", "09/2012"),
        ("2012", "de", "2012"),
        ("2023-02-07", "en", "2023-02-07"),
        (date(2026, 11, 23), "de", "23.11.2026"),
    ],
)
def test_dates_are_as_precise_as_known(value: str | date, language: str, written: str) -> None:
    assert written_date(value, language) == written


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        ("2023-02-07", "de", "07.02.2023"),
        ("2012-09", "de", "09/2012"),
        ("2023-02-07", "en", "7 February 2023"),
        ("2012-09", "en", "September 2012"),
        ("2012", "en", "2012"),
        (date(2026, 11, 23), "en", "23 November 2026"),
    ],
)
def test_pages_write_the_month_as_a_word_where_readers_do(value: str | date, language: str, written: str) -> None:
    assert spelled_date(value, language) == written
