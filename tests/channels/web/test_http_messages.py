"""Requests, as the web chat reads them."""

from __future__ import annotations

import pytest

from lotse.channels.web.http_messages import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "de"), ("en-GB,en;q=0.9,de;q=0.8", "en"), ("fr, de;q=0.2, en;q=0.1", "de"), ("fr", "de"), ("en;q=x", "de")],
)
def test_the_browser_names_its_language(header: str, language: str) -> None:
    assert preferred_language(header, ["de", "en"]) == language
