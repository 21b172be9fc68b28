"""What clients may send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.request_models import (
    max_bytes,
    read_feedback,
    read_handover,
    read_message,
    read_object,
    read_session_request,
)

JSON = "application/json"
ID = "0b8e7e0c-2f5b-4c57-9a53-0a5a5d6c1f00"


def code(function: Any, *arguments: Any) -> str:
    with pytest.raises(ApiError) as raised:
        function(*arguments)
    return raised.value.code


def test_a_byte_order_mark_before_the_body_is_read_over() -> None:
    assert read_object(b'\xef\xbb\xbf{"a": 1}', JSON) == {"a": 1}


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json; charset=utf-8", "application/json;charset=utf8", 'Application/JSON;charset="UTF-8"'],
)
def test_a_json_object_is_read(content_type: str) -> None:
    assert read_object(b'{"a": "\xc3\xa4"}', content_type) == {"a": "ä"}


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_other_types_are_refused(content_type: str | None) -> None:
    assert code(read_object, b"{}", content_type) == "wrong_content_type"
    assert code(read_object, b"{}", JSON, "gzip") == "wrong_content_type"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a":' * 3000, b"[" * 9000],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    assert code(read_object, body, JSON) == "invalid_body"


def test_a_body_that_was_not_read_is_too_large() -> None:
    assert code(read_object, None, JSON) == "too_large"


def test_the_longest_message_fits_however_it_is_written() -> None:
    text = "\N{THUMBS UP SIGN}" * 1000
    assert len(json.dumps({"id": ID, "text": text}).encode()) <= max_bytes(1000)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "Hallo"},
        {"id": ID},
        {"id": ID, "text": "Hallo", "payload": "/greet"},
        {"id": ID, "text": "Hallo", "payload": None},
        {"id": ID, "text": None},
        {"id": ID, "text": 5},
        {"id": ID, "text": ["Hallo"]},
        {"id": ID, "payload": {}},
        {"id": 5, "text": "Hallo"},
        {"id": "x", "text": "Hallo"},
        {"id": ID + "\n", "text": "Hallo"},
        {"id": ID[:-1] + "%", "text": "Hallo"},
        {"id": ID, "text": "Hallo", "sender": "x"},
        {"id": ID, "text": "Hallo", "metadata": {}},
    ],
)
def test_a_wrong_field_is_named(data: dict[str, Any]) -> None:
    assert code(read_message, data, 1000) == "invalid_field"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\ufeff", "\u2028", "\0\0", "\u202e"])
def test_nothing_visible_is_empty(text: str) -> None:
    assert code(read_message, {"id": ID, "text": text}, 1000) == "empty"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\x7fb", "a\ud800"])
def test_control_characters_are_refused(text: str) -> None:
    assert code(read_message, {"id": ID, "text": text}, 1000) == "control_characters"


@pytest.mark.parametrize(
    "text", ["zwei\nZeilen", "Tab\t", "aus der Textverarbeitung\x0b", "Größe 👍🏽", "/ask_blocking", "1"]
)
def test_what_people_type_passes_as_it_is(text: str) -> None:
    assert read_message({"id": ID.upper(), "text": text}, 1000).text == text
    assert read_message({"id": ID.upper(), "text": text}, 1000).id == ID


def test_length_is_counted_in_characters() -> None:
    assert read_message({"id": ID, "text": "👍" * 1000}, 1000).text
    assert code(read_message, {"id": ID, "text": "a" * 1001}, 1000) == "too_long"


@pytest.mark.parametrize("payload", ["", "greet", "/" + "x" * 300, "/a\0b"])
def test_what_cannot_have_been_offered_is_refused(payload: str) -> None:
    assert code(read_message, {"id": ID, "payload": payload}, 1000) == "unknown_payload"


def test_a_typed_command_is_another_message_than_a_picked_choice() -> None:
    typed = read_message({"id": ID, "text": "/greet"}, 1000)
    picked = read_message({"id": ID, "payload": "/greet"}, 1000)
    assert typed.body != picked.body


def test_a_session_may_name_a_spoken_language() -> None:
    assert read_session_request({}, ["de", "en"]) is None
    assert read_session_request({"language": None}, ["de", "en"]) is None
    assert read_session_request({"language": "en"}, ["de", "en"]) == "en"
    for data in ({"language": "fr"}, {"language": 5}, {"language": ["de"]}, {"sender": "x"}):
        assert code(read_session_request, data, ["de", "en"]) == "invalid_field"


def test_a_handover_is_checked() -> None:
    good: dict[str, Any] = {"id": ID, "office": "press_office", "question": "Darf ich?", "consent": True}
    assert read_handover(good).name is None
    assert read_handover({**good, "name": " \u200b"}).name is None
    assert read_handover({**good, "name": "Erika"}).name == "Erika"
    assert read_handover({**good, "id": ID.upper()}).id == ID
    for field in good:
        missing = {name: value for name, value in good.items() if name != field}
        for wrong in (missing, {**good, field: None}, {**good, field: 5}, {**good, field: ["x"]}):
            assert code(read_handover, wrong) == "invalid_field"
    odd: list[dict[str, Any]] = [{"office": ""}, {"office": "x" * 65}, {"name": 5}, {"consent": 1}, {"more": "x"}]
    for change in odd:
        assert code(read_handover, {**good, **change}) == "invalid_field"
    assert code(read_handover, {**good, "consent": False}) == "no_consent"
    for field, longest in (("question", 1000), ("name", 100)):
        read_handover({**good, field: "x" * longest})
        assert code(read_handover, {**good, field: "x" * (longest + 1)}) == "too_long"
        assert code(read_handover, {**good, field: "a\0"}) == "control_characters"
    assert code(read_handover, {**good, "question": " \n"}) == "empty"


def test_feedback_is_checked() -> None:
    good = {"answer_id": "a", "rating": "up"}
    assert read_feedback(good).comment is None
    assert read_feedback({**good, "comment": " \n"}).comment is None
    assert read_feedback({**good, "comment": "Danke"}).comment == "Danke"
    changes: list[dict[str, object]] = [
        {"answer_id": ""},
        {"answer_id": 5},
        {"rating": "ok"},
        {"rating": []},
        {"comment": 5},
        {"x": 1},
    ]
    for change in changes:
        assert code(read_feedback, {**good, **change}) == "invalid_field"
    assert code(read_feedback, {**good, "comment": "x" * 501}) == "too_long"
    assert code(read_feedback, {**good, "comment": "a\0"}) == "control_characters"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["id", "text", "payload", "answer_id", "rating", "comment", "language", "office", "question", "consent"]
)


@given(data=st.dictionaries(NAMES, VALUES, max_size=4))
def test_rubbish_is_refused_and_nothing_breaks(data: dict[str, Any]) -> None:
    for function, *more in ((read_message, 1000), (read_feedback,), (read_handover,), (read_session_request, ["de"])):
        try:
            function(data, *more)
        except ApiError as error:
            assert error.status in (400, 422)
