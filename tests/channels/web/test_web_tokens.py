"""Session tokens and the key behind them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.hashing import keyed_hash
from lotse.channels.secret import secret_key
from lotse.channels.settings_error import SettingsError
from lotse.channels.web import tokens

KEY = b"k" * 32
NOW = 1_800_000_000.0


def test_a_token_gives_back_its_session_until_it_expires() -> None:
    session = tokens.new_session("de", NOW, 12)
    token = tokens.issue(session, KEY)
    assert tokens.read(token, KEY, NOW) == session
    assert tokens.read(token, KEY, NOW + 12 * 3600 - 1) == session
    with pytest.raises(tokens.ExpiredError):
        tokens.read(token, KEY, NOW + 12 * 3600)
    assert session.expires_at == "2027-01-15T20:00:00Z"


def test_sessions_cannot_be_guessed() -> None:
    made = {tokens.new_session("de", NOW, 1).id for _ in range(100)}
    assert len(made) == 100
    assert all(len(identity) == 32 for identity in made)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(tokens.TokenError):
        tokens.read(tokens.issue(tokens.new_session("de", NOW, 1), b"x" * 32), KEY, NOW)


@given(position=st.integers(0, 90), character=st.sampled_from("0aZ.-_"))
def test_no_character_can_be_changed(position: int, character: str) -> None:
    token = tokens.issue(tokens.Session("0" * 32, "de", int(NOW) + 60), KEY)
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(tokens.TokenError):
            tokens.read(changed, KEY, NOW)


@pytest.mark.parametrize("token", ["", ".", "....", "1.a.de.5.sig", "ä" * 50, "x" * 10_000, "\0", "a b", "1.2.3"])
def test_rubbish_opens_nothing(token: str) -> None:
    with pytest.raises(tokens.TokenError):
        tokens.read(token, KEY, NOW)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_only_a_bearer_header_counts(header: str | None) -> None:
    with pytest.raises(tokens.TokenError):
        tokens.bearer(header)
    assert tokens.bearer("bearer  abc ") == "abc"


def test_a_keyed_hash_depends_on_key_and_purpose() -> None:
    assert len({keyed_hash(k, p, "text") for k in (KEY, b"x") for p in ("rate", "message")}) == 4


@pytest.fixture
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOTSE_SECRET_KEY", raising=False)


@pytest.mark.usefixtures("no_variable")
def test_the_key_is_made_once_and_readable_by_us_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(tmp_path), range(32)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    if os.name == "posix":
        assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("no_variable")
def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    secret_key(tmp_path)
    (tmp_path / "secret-key").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        secret_key(tmp_path)


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "secret")
    with pytest.raises(SettingsError, match=r"LOTSE_SECRET_KEY.*openssl rand -hex 32"):
        secret_key(tmp_path)
    monkeypatch.setenv("LOTSE_SECRET_KEY", "s" * 40)
    assert secret_key(tmp_path) == b"s" * 40
