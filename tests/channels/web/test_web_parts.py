"""Settings, origins, headers, rate limits, static files and feedback."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from limits.errors import StorageError
from rasa.shared.core.domain import Domain
from sqlalchemy import select

from lotse.channels import origins
from lotse.channels.web import assets, security_headers
from lotse.channels.web.api_errors import Problem
from lotse.channels.web.http_messages import Request, preferred_language
from lotse.channels.web.request_limits import Rates, client_address
from lotse.channels.web.settings import read_settings
from lotse.conversation.feedback import Feedback, FeedbackStore, forget
from lotse.errors import SettingsError
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

ALLOWED = ["https://intranet.example.org"]


def test_the_setting_of_earlier_versions_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"feedback_file: is not a setting any more.*Remove it.*operators\.md"):
        read_settings({"feedback_file": ".lotse/feedback.db"})


def test_settings_have_defaults() -> None:
    assert read_settings(None) == read_settings({})
    assert read_settings({"session_hours": "8"}).session_hours == 8


@pytest.mark.parametrize(
    ("setting", "value", "hint"),
    [
        ("allowed_origins", ["*"], "without a path or \\*"),
        ("allowed_origins", ["https://a.example/"], "without a path"),
        ("allowed_origins", ["javascript:x"], "is not a valid origin"),
        ("allowed_origins", ["https://a.example\n; script-src *"], "is not a valid origin"),
        ("allowed_origins", "https://a.example", "list"),
        ("session_hours", 0, "greater than 0"),
        ("max_characters", 20_000, "10000"),
        ("trusted_proxies", -1, "at least 0"),
        ("messages_per_session", "many", "20/minute"),
        ("messages_per_session", "0/minute", "20/minute"),
        ("rate_limit_storage", "disk", "redis://"),
        ("unheard_of", 1, "no such setting"),
    ],
)
@pytest.mark.usefixtures("english")
def test_a_wrong_setting_is_named_with_file_and_remedy(setting: str, value: Any, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"(?s)credentials.yml.*{setting}.*{hint}.*docs/operators.md"):
        read_settings({setting: value})


def test_a_section_that_holds_no_settings_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"credentials\.yml"):
        read_settings("yes")  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", "", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", 1, "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.9", 2, "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", 2, "192.0.2.7"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("2001:db8::1:2:3:4", "", 0, "2001:db8::"),
        ("::ffff:192.0.2.7", "", 0, "192.0.2.7"),
        ("10.0.0.1", "x" * 500, 1, "x" * 64),
    ],
)
def test_an_address_cannot_be_made_up(peer: str, forwarded: str, proxies: int, address: str) -> None:
    assert client_address(peer, forwarded, proxies) == address


def test_too_many_requests_are_told_how_long_to_wait() -> None:
    rates = Rates(read_settings({"messages_per_session": "2/minute;100/hour"}))
    for _ in range(2):
        rates.count("messages_per_session", "a")
    with pytest.raises(Problem) as raised:
        rates.count("messages_per_session", "a")
    assert raised.value.status == 429
    assert 1 <= int(raised.value.headers["retry-after"]) <= 60
    rates.count("messages_per_session", "b")


def test_without_redis_every_server_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({"messages_per_session": "1/minute", "rate_limit_storage": "redis://127.0.0.1:1/0"})
    rates = Rates(settings)

    def fails(*_: object) -> bool:
        raise StorageError(OSError("no Redis"))

    monkeypatch.setattr(rates._limiter._shared, "hit", fails)
    rates.count("messages_per_session", "a")
    with pytest.raises(Problem, match="too_many_requests"):
        rates.count("messages_per_session", "a")


def test_a_redis_nobody_answers_at_is_survived() -> None:
    rates = Rates(read_settings({"messages_per_session": "1/minute", "rate_limit_storage": "redis://127.0.0.1:1/0"}))
    rates.count("messages_per_session", "a")
    with pytest.raises(Problem, match="too_many_requests"):
        rates.count("messages_per_session", "a")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chat.html").write_text("<!doctype html>", encoding="utf-8")
    (tmp_path / "widget.js").write_text("let a = 1;\n" * 500, encoding="utf-8")
    (tmp_path / "widget.js.LICENSE.txt").write_text("BSD", encoding="utf-8")
    (tmp_path / "secret.yml").write_text("no", encoding="utf-8")
    (tmp_path / "folder.js").mkdir()
    return tmp_path


def test_only_files_of_listed_types_are_served(folder: Path) -> None:
    hashed = assets.digest((folder / "widget.js").read_bytes())
    assert sorted(assets.load(folder)) == ["", f"widget.{hashed}.js", "widget.js", "widget.js.LICENSE.txt"]


def test_the_hashed_name_is_for_ever_and_the_plain_one_is_asked_again(folder: Path) -> None:
    found = assets.load(folder)
    [hashed] = [name for name in found if name.endswith(".js") and name != "widget.js"]
    assert "immutable" in found[hashed].respond(Request("GET", "/")).headers["cache-control"]
    plain = found["widget.js"].respond(Request("GET", "/"))
    assert plain.headers["cache-control"] == "no-cache"
    again = found["widget.js"].respond(Request("GET", "/", {"if-none-match": plain.headers["etag"]}))
    assert (again.status, again.body) == (304, b"")


def test_files_are_packed_for_those_who_can_unpack(folder: Path) -> None:
    widget = assets.load(folder)["widget.js"]
    packed = widget.respond(Request("GET", "/", {"accept-encoding": "br, gzip;q=0.8"}))
    assert gzip.decompress(packed.body) == widget.body
    for header in ("", "br", "gzip;q=0"):
        assert widget.respond(Request("GET", "/", {"accept-encoding": header})).body == widget.body


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "de"), ("en-GB,en;q=0.9,de;q=0.8", "en"), ("fr, de;q=0.2, en;q=0.1", "de"), ("fr", "de"), ("en;q=x", "de")],
)
def test_the_browser_names_its_language(header: str, language: str) -> None:
    assert preferred_language(header, ["de", "en"]) == language


GUIDANCE = {
    "outcome": "answered",
    "topic": "blocking",
    "language": "de",
    "citations": [{"passage": "blocking.press"}] * 2,
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgettingTrackerStore]:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield store
    store.engine.dispose()


def rows(database: ForgettingTrackerStore) -> list[tuple[Any, ...]]:
    with database.session_scope() as session:
        return [tuple(row) for row in session.execute(select(ratings))]


def test_feedback_keeps_no_id_and_masks_the_comment(database: ForgettingTrackerStore, tmp_path: Path) -> None:
    store = FeedbackStore(lambda: database, b"k" * 32)
    comment = "Fragen Sie Frau Müller, mueller@example.org"
    store.add(Feedback("answer-1", "down", comment), GUIDANCE, date(2026, 11, 23))
    [row] = rows(database)
    assert row[1:] == ("2026-11-23", "down", "answered", "blocking", "de", "blocking.press", "Fragen Sie Frau […], […]")
    assert not [path for path in tmp_path.glob("*.db*") if b"answer-1" in path.read_bytes()]


def test_a_second_rating_replaces_the_first_and_comments_can_be_forgotten(database: ForgettingTrackerStore) -> None:
    store = FeedbackStore(lambda: database, b"k" * 32)
    store.add(Feedback("answer-1", "down", "unklar"), GUIDANCE)
    store.add(Feedback("answer-1", "up", "ach so"), GUIDANCE)
    store.add(Feedback("answer-2", "up", "danke"), GUIDANCE)
    with database.session_scope() as session:
        forget(session, b"k" * 32, "web-1", ["answer-1", "unknown"])
        session.commit()
    assert {(row[2], row[7]) for row in rows(database)} == {("up", None), ("up", "danke")}


def test_a_rating_needs_a_database_that_knows_what_to_replace() -> None:
    class Other:
        @contextmanager
        def session_scope(self) -> Iterator[Any]:
            yield SimpleNamespace(get_bind=lambda: SimpleNamespace(dialect=SimpleNamespace(name="oracle")))

    with pytest.raises(NotImplementedError, match="oracle"):
        FeedbackStore(Other, b"k" * 32).add(Feedback("answer-1", "down", None), GUIDANCE)


def test_every_test_that_the_security_page_names_exists() -> None:
    page = (Path(__file__).parents[3] / "docs" / "security-web.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()
