"""Rate limits of sessions and addresses."""

from __future__ import annotations

import pytest

from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.request_limits import RequestLimits, client_address
from lotse.channels.web.settings import read_settings
from lotse.conversation.rate_limits import Limiter


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
    rates = RequestLimits(read_settings({"messages_per_session": "2/minute;100/hour"}))
    for _ in range(2):
        rates.count("messages_per_session", "a")
    with pytest.raises(ApiError) as raised:
        rates.count("messages_per_session", "a")
    assert raised.value.status == 429
    assert 1 <= int(raised.value.headers["retry-after"]) <= 60
    rates.count("messages_per_session", "b")


def test_a_house_of_two_hundred_people_behind_one_address_is_let_in() -> None:
    rates = RequestLimits(read_settings(None))
    for _ in range(200):
        rates.count("sessions_per_address", "house")
        for _ in range(5):
            rates.count("requests_per_address", "house")


def test_without_redis_every_server_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    settings = read_settings({"messages_per_session": "1/minute", "rate_limit_storage": "redis://127.0.0.1:1/0"})
    for rates in (RequestLimits(settings), RequestLimits(settings)):
        rates.count("messages_per_session", "a")
        with pytest.raises(ApiError, match="too_many_requests"):
            rates.count("messages_per_session", "a")
    assert "counted here only" in caplog.text


def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_the_limit_s_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [2e9]
    monkeypatch.setattr("time.time", lambda: now[0])
    limiter = Limiter({"messages": "2/minute"})
    assert [limiter.count("messages", "someone") for _ in range(2)] == [None, None]
    waits = limiter.count("messages", "someone")
    assert waits is not None and waits <= 61
    now[0] -= 3600
    assert [limiter.count("messages", "someone") for _ in range(2)] == [None, None]
    waits = limiter.count("messages", "someone")
    assert waits is not None and waits <= 61
