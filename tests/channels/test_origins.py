"""Which origins may ask: our own and the listed ones."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lotse.channels import origins

ALLOWED = ["https://intranet.example.org"]


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "chat.example.org", True),
        ("https://chat.example.org", "chat.example.org", True),
        ("http://127.0.0.1:5005", "127.0.0.1:5005", True),
        ("https://intranet.example.org", "chat.example.org", True),
        ("http://intranet.example.org", "chat.example.org", False),
        ("https://intranet.example.org.evil.example", "chat.example.org", False),
        ("https://chat.example.org:8443", "chat.example.org", False),
        ("null", "null", False),
        ("file://", "", False),
        ("", "", False),
        ("https://", "", False),
        ("http://[", "chat.example.org", False),
        ("http://[::1", "[::1", True),
        ("http://chat.example.org/path", "chat.example.org", False),
        ("https://user@chat.example.org", "chat.example.org", False),
        ("//chat.example.org", "chat.example.org", False),
        ("HTTPS://Chat.Example.org", "chat.example.org", True),
        ("https://chat.example.org", "", False),
    ],
)
def test_only_our_own_and_the_listed_origins_may_ask(origin: str | None, host: str, allowed: bool) -> None:
    assert origins.is_allowed(origin, host, ALLOWED) is allowed


@given(origin=st.text(), host=st.text())
@example(origin="http://[", host="x")
@example(origin="http://x]", host="x]")
@example(origin="http://℀.example", host="x")
def test_no_text_of_an_origin_breaks_the_check(origin: str, host: str) -> None:
    allowed = origins.is_allowed(origin, host, ALLOWED)
    assert allowed == (origin in ALLOWED or (bool(host) and origin.lower() in _ours(host)))


def _ours(host: str) -> list[str]:
    return [f"{scheme}://{host}".lower() for scheme in ("http", "https")]
