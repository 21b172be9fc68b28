"""The description of the interface and the models it is made from."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from lotse.answering.answer import Answer, Outcome
from lotse.channels.web import openapi
from lotse.channels.web.api_errors import STATUS
from lotse.channels.web.responses import Answered, AssistantItem, Error, Session, UserItem, item_data
from lotse.conversation.message import Message
from lotse.conversation.transcript import assistant_item, metadata_of, unstored_item, user_item

DOCUMENT = openapi.description("1", ["de", "en"], 700)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
ID = "0b8e7e0c-2f5b-4c57-9a53-0a5a5d6c1f00"
SENT = [name for name in SCHEMAS if not name.endswith(("Request", "Message", "Document", "Labels"))]


def references(part: Any) -> set[str]:
    """Names of all schemas that a part of the document refers to."""
    if isinstance(part, dict):
        own = {part["$ref"].rsplit("/", 1)[-1]} if "$ref" in part else set()
        return own.union(*(references(value) for value in part.values()))
    return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()


def test_every_schema_that_is_named_is_there_and_none_is_left_over() -> None:
    assert references(DOCUMENT) == set(SCHEMAS)


def test_the_settings_of_the_installation_are_in_the_description() -> None:
    assert SCHEMAS["TypedMessage"]["properties"]["text"]["maxLength"] == 700
    assert SCHEMAS["SessionRequest"]["properties"]["language"]["anyOf"] == [
        {"type": "string", "enum": ["de", "en"]},
        {"type": "null"},
    ]


@pytest.mark.parametrize(
    "name", ["TypedMessage", "PickedMessage", "SessionRequest", "FeedbackRequest", "HandoverRequest"]
)
def test_a_body_takes_no_other_field(name: str) -> None:
    assert SCHEMAS[name]["additionalProperties"] is False


@pytest.mark.parametrize("name", SENT)
def test_every_field_of_a_response_is_always_there(name: str) -> None:
    assert SCHEMAS[name]["required"] == list(SCHEMAS[name]["properties"])


def test_what_may_be_missing_in_an_answer_is_null() -> None:
    answer = Answer(outcome="smalltalk", short="Guten Tag.").payload()
    empty = {name for name, value in answer.items() if value is None}
    nullable = {
        name for name, field in SCHEMAS["Answer"]["properties"].items() if {"type": "null"} in field.get("anyOf", [])
    }
    assert empty == nullable
    assert set(answer) == set(SCHEMAS["Answer"]["properties"])


def test_every_error_code_is_in_the_description() -> None:
    assert SCHEMAS["ErrorDetail"]["properties"]["code"]["enum"] == sorted(STATUS)
    Error.parse_obj({"error": {"code": "busy", "message": "Später."}})


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_what_the_assistant_says_is_as_described(outcome: str) -> None:
    guidance = Answer.parse_obj({"outcome": outcome, "short": "So ist es.", "answer_id": "a"}).payload()
    item = item_data(unstored_item(Answer.parse_obj(guidance), ID, 1_800_000_000.0))
    assert AssistantItem.parse_obj(item).guidance.payload() == guidance
    Answered.parse_obj({"id": ID, "messages": [item]})
    begun = {"token": "t", "expires_at": item["at"], "language": "de", "messages": [item]}
    Session.parse_obj({**begun, "limits": {"max_characters": 1000}})


def test_an_answer_without_a_payload_and_a_message_are_as_described() -> None:
    said = item_data(assistant_item({"event": "bot", "text": "Nur Text", "timestamp": 1.5}, ID, 0))
    assert AssistantItem.parse_obj(said).guidance.short == "Nur Text"
    message = Message(ID, None, "/greet")
    event = {"text": "/greet", "message_id": ID, "metadata": metadata_of(message, "Hallo", b"k" * 32)}
    assert UserItem.parse_obj(item_data(user_item(event, {}))).text == "Hallo"
