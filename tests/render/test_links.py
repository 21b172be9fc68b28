"""Addresses that content may link to, and labels of norms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.teams.rendering.markdown import link
from lotse.render.links import CONTACT, safe_url, unbroken_norm

GOOD = ["https://example.org", "HTTP://example.org/a?b=c#d", "https://example.org/a_(b)", "https://münchen.de/ä"]
REACHING = ["mailto:a@example.org?subject=x%20y", "tel:+49891234"]
BAD = [
    None,
    "",
    "javascript:alert(1)",
    " JavaScript:x",
    "java\nscript:x",
    "data:text/html,x",
    "//example.org",
    "/ask",
    "file:///x",
    "https://",
    "https:example.org",
    "https://a b",
    " https://example.org",
    "https://example.org\n",
    "https://example.org/\u202egro",
    "https://example.org/\u200b",
    "https://example.org/\x00",
    "https://example.org/<b>",
    'https://example.org/"x',
    "https://[1",
    "mailto:",
    "ftp://example.org",
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_of_the_web_is_kept_as_it_is(address: str) -> None:
    assert safe_url(address) == address
    assert safe_url(address, CONTACT) == address


@pytest.mark.parametrize("address", REACHING)
def test_mail_and_telephone_are_links_only_where_they_are_meant(address: str) -> None:
    assert safe_url(address) is None
    assert safe_url(address, CONTACT) == address
    assert link("Titel", address).startswith("[Titel](")


@pytest.mark.parametrize("address", BAD)
def test_any_other_address_is_no_link_on_any_channel(address: str | None) -> None:
    assert safe_url(address) is None
    assert safe_url(address, CONTACT) is None
    assert link("Titel", address) == "Titel"


@given(st.text() | st.text(alphabet="htps:/[]@. \n\\javcri").map(lambda rest: f"https:{rest}"))
def test_any_text_is_judged_and_what_passes_is_unchanged(address: str) -> None:
    assert safe_url(address, CONTACT) in (None, address)


def test_german_typography() -> None:
    assert unbroken_norm("§ 33 Abs. 1 S. 2 BeamtStG") == "§\xa033 Abs.\xa01 S.\xa02 BeamtStG"
