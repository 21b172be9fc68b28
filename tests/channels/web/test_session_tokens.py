"""Session tokens and the key behind them."""

from __future__ import annotations

import base64
import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.web import session_tokens
from lotse.errors import SettingsError
from lotse.secret_key import keyed_hash, secret_key

KEY = b"k" * 32
NOW = 1_800_000_000.0


def test_a_token_gives_back_its_session_until_it_expires() -> None:
    session = session_tokens.new_session("de", NOW, 12)
    token = session_tokens.issue(session, KEY)
    assert session_tokens.read(token, KEY, NOW) == session
    assert session_tokens.read(token, KEY, NOW + 12 * 3600 - 1) == session
    with pytest.raises(session_tokens.ExpiredError):
        session_tokens.read(token, KEY, NOW + 12 * 3600)
    assert session_tokens.read(token, KEY, None) == session
    assert session.expires_at == "2027-01-15T20:00:00Z"


def test_sessions_cannot_be_guessed() -> None:
    made = {session_tokens.new_session("de", NOW, 1).id for _ in range(100)}
    assert len(made) == 100
    assert all(len(identity) == 32 for identity in made)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(session_tokens.TokenError):
        session_tokens.read(session_tokens.issue(session_tokens.new_session("de", NOW, 1), b"x" * 32), KEY, NOW)


@given(position=st.integers(0, 400), character=st.sampled_from("0aAZz.-_!="))
def test_no_character_can_be_changed(position: int, character: str) -> None:
    token = session_tokens.issue(session_tokens.Session("0" * 32, "de", int(NOW) + 60), KEY)
    # All but the last one: of its six bits only four belong to the signature.
    position %= len(token) - 1
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(session_tokens.TokenError):
            session_tokens.read(changed, KEY, NOW)


TEXTS = st.text(max_size=8)
JSON_VALUES = st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS, max_size=2)
CLAIMS = {"iss": "social-media-lotse", "aud": "web-chat", "sub": "0" * 32, "lang": "de", "exp": int(NOW) + 60}


@given(changed=st.dictionaries(st.sampled_from(sorted(CLAIMS)), JSON_VALUES, min_size=1))
def test_what_a_token_says_cannot_be_changed_under_its_signature(changed: dict[str, Any]) -> None:
    header, _, signature = session_tokens.issue(session_tokens.Session("0" * 32, "de", int(NOW) + 60), KEY).split(".")
    claims = {**CLAIMS, **changed}
    if claims != CLAIMS:
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        with pytest.raises(session_tokens.TokenError):
            session_tokens.read(f"{header}.{payload}.{signature}", KEY, NOW)


def derived(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"session").derive(key)


def test_a_token_signed_as_ours_are_is_read() -> None:
    assert session_tokens.read(jwt.encode(CLAIMS, derived(KEY), "HS256"), KEY, NOW).id == "0" * 32


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_a_claim_that_is_missing_or_foreign_opens_nothing(name: str) -> None:
    without = {claim: value for claim, value in CLAIMS.items() if claim != name}
    foreign = {**CLAIMS, name: "somebody"} if name in ("iss", "aud") else without
    for claims in (without, foreign):
        with pytest.raises(session_tokens.TokenError):
            session_tokens.read(jwt.encode(claims, derived(KEY), "HS256"), KEY, NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_a_token_cannot_choose_how_it_is_checked(algorithm: str) -> None:
    key = "" if algorithm == "none" else derived(KEY) * 2
    with pytest.raises(session_tokens.TokenError):
        session_tokens.read(jwt.encode(CLAIMS, key, algorithm), KEY, NOW)


@pytest.mark.parametrize("key", [KEY, keyed_hash(KEY, "session", "").encode(), keyed_hash(KEY, "rate", "x").encode()])
def test_the_key_itself_and_its_hashes_sign_no_session(key: bytes) -> None:
    with pytest.raises(session_tokens.TokenError):
        session_tokens.read(jwt.encode(CLAIMS, key, "HS256"), KEY, NOW)


def test_signing_and_reading_warn_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        token = session_tokens.issue(session_tokens.new_session("de", NOW, 1), KEY)
        assert session_tokens.read(token, KEY, NOW).language == "de"


def test_a_token_of_the_first_version_has_ended() -> None:
    with pytest.raises(session_tokens.ExpiredError):
        session_tokens.read(f"1.{'0' * 32}.de.{int(NOW) + 60}.{'A' * 43}", KEY, NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "....", "1.a.de.5.sig", "ä" * 50, "x" * 10_000, "\0", "a b", "1.2.3", "e30.e30.", "\ud800"]
)
def test_rubbish_opens_nothing(token: str) -> None:
    with pytest.raises(session_tokens.TokenError):
        session_tokens.read(token, KEY, NOW)


PART = "[A-Za-z0-9_-]{0,80}"


@given(token=st.text(max_size=600) | st.from_regex(rf"{PART}\.{PART}\.{PART}", fullmatch=True))
def test_no_text_breaks_the_check(token: str) -> None:
    with pytest.raises(session_tokens.TokenError):
        session_tokens.read(token, KEY, NOW)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_only_a_bearer_header_counts(header: str | None) -> None:
    with pytest.raises(session_tokens.TokenError):
        session_tokens.bearer(header)
    assert session_tokens.bearer("bearer  abc ") == "abc"


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
