"""Headers that keep other pages and scripts out."""

from __future__ import annotations

from lotse.channels.web import security_headers

ALLOWED = ["https://intranet.example.org"]


def test_cors_names_only_listed_origins_and_never_allows_credentials() -> None:
    headers = security_headers.cors_headers(ALLOWED[0], ALLOWED, preflight=True)
    assert headers["access-control-allow-origin"] == ALLOWED[0]
    assert "access-control-allow-credentials" not in headers
    assert security_headers.cors_headers("https://evil.example", ALLOWED, preflight=True) == {"vary": "Origin"}
    assert security_headers.cors_headers(None, ALLOWED, preflight=False) == {"vary": "Origin"}


def test_the_policy_allows_no_inline_script_or_style_and_no_other_host() -> None:
    policy = security_headers.security_headers(ALLOWED)["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
    assert "frame-ancestors 'self' https://intranet.example.org" in policy
    assert "unsafe" not in policy and "*" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_vary_adds_up() -> None:
    merged = security_headers.merged({"vary": "Accept-Encoding", "a": "1"}, {"vary": "Origin", "a": "2"})
    assert merged == {"vary": "Accept-Encoding, Origin", "a": "2"}
