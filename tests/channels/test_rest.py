"""What the REST channel accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.rest import SENDER, OneMessageChannel, RestInput

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rest() -> RestInput:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        return RestInput()


def body(sender: object = "abc", message: object = "Hallo", **more: object) -> bytes:
    return json.dumps({"sender": sender, "message": message, **more}).encode()


@pytest.mark.parametrize("message", ["Darf ich?", "", "Größe 👍", "\x00", "/restart", "\ud800"])
def test_sender_and_text_are_read(rest: RestInput, message: str) -> None:
    assert rest.read(body(message=message)) == ("abc", message)


def test_nothing_else_of_the_caller_is_used(rest: RestInput) -> None:
    assert rest.read(body(input_channel="cmdline", metadata={"a": 1}, stream=True)) == ("abc", "Hallo")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"sender": "abc", "message": "x"', "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"sender": "a", "message": "\xe4"}', "not JSON"),
        (b"[" * 100 + b"]" * 100, "object"),
        (b"null", "object"),
        (b"5", "object"),
        (b'"text"', "object"),
        (b"{}", "sender"),
        (b'{"message": "Hallo"}', "sender"),
        (b'{"sender": "abc"}', "message"),
        (body(sender=""), "sender"),
        (body(sender=None), "sender"),
        (body(sender=5), "sender"),
        (body(sender="a\x00b"), "sender"),
        (body(sender="abc\n"), "sender"),
        (body(sender="Müller"), "sender"),
        (body(sender="../etc"), "sender"),
        (body(sender="a" * 129), "sender"),
        (body(sender=["abc"]), "sender"),
        (body(message=5), "message"),
        (body(message=None), "message"),
        (body(message=["a"]), "message"),
        (body(message={"text": "a"}), "message"),
        (body(message=True), "message"),
    ],
)
def test_a_wrong_body_is_refused_with_a_reason(rest: RestInput, raw: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        rest.read(raw)


@pytest.mark.parametrize("depth", [900, 20_000])
def test_deep_nesting_is_refused(rest: RestInput, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    for raw in (nested, b'{"sender": "abc", "message": ' + nested + b"}"):
        if len(raw) <= rest.max_bytes:
            with pytest.raises(ValueError):
                rest.read(raw)


def test_a_hundred_kilobytes_are_too_long_for_a_message_but_not_for_an_answer(rest: RestInput) -> None:
    for raw in (body(message="x" * 100_000), b'{"message": "' + b"x" * 100_000 + b'", "sender": "abc"}'):
        sender, text = rest.read(raw)
        assert sender == "abc"
        assert len(text) > 2000


def test_a_hundred_kilobytes_without_a_sender_are_refused(rest: RestInput) -> None:
    for raw in (b"x" * 100_000, body(sender="a\x00b", message="x" * 100_000), b"[" * 100_000):
        with pytest.raises(ValueError, match="sender"):
            rest.read(raw)


def test_the_longest_allowed_message_is_read_as_it_is(rest: RestInput) -> None:
    longest = "👍" * 2000
    assert rest.read(body(sender="a" * 128, message=longest)) == ("a" * 128, longest)


@given(
    raw=st.one_of(
        st.binary(max_size=80),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sender", "message", "x"]), inner)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_rubbish_is_refused_or_harmless(raw: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        channel = _shared()
    try:
        sender, text = channel.read(raw)
    except ValueError as error:
        assert str(error)
    else:
        assert SENDER.fullmatch(sender)
        assert isinstance(text, str)


_channels: list[RestInput] = []


def _shared() -> RestInput:
    if not _channels:
        _channels.append(RestInput())
    return _channels[0]


async def test_text_and_payload_stay_one_message() -> None:
    channel = OneMessageChannel()
    await channel.send_response("abc", {"text": "Ja.", "custom": {"outcome": "answered"}, "buttons": [], "image": None})
    await channel.send_response("abc", {"text": "", "custom": {}})
    assert channel.messages == [{"recipient_id": "abc", "text": "Ja.", "custom": {"outcome": "answered"}}]
