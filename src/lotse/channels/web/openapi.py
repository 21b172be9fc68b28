"""The description of the web chat's HTTP interface, made from the same numbers and classes that the code uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lotse.answering.answer import Answer
from lotse.answering.handover import MAX_NAME, MAX_QUESTION
from lotse.channels.web.problems import STATUS
from lotse.channels.web.requests import MAX_ANSWER_ID, MAX_COMMENT, MAX_OFFICE, MAX_PAYLOAD

_UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_EXPLAINED = {
    400: "The request cannot be read, or a field is missing, unknown or of the wrong type.",
    401: "There is no session, it has expired, or it has been erased.",
    403: "The page that asks is not allowed to.",
    404: "There is no such thing.",
    409: "The id has already been used for another message.",
    413: "The body is too large.",
    415: "The body is not declared as JSON in UTF-8.",
    422: "The content cannot be used: empty, too long, a choice that was never offered, or nobody to deliver to.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    503: "No answer is possible right now; try again later.",
}


def description(version: str, languages: Sequence[str], max_characters: int) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        version: of this software.
        languages: the guide speaks.
        max_characters: longest message.
    """
    language = {"type": "string", "enum": list(languages)}
    language_query = [{"name": "language", "in": "query", "schema": {"type": "string"}}]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Social-Media-Lotse: web chat",
            "version": version,
            "description": (
                "POST /chat/session begins a conversation and gives a token; send it as a bearer token. There is no "
                "cookie. A conversation ends when it expires, by DELETE /chat/session, and after an answer with the "
                "outcome “forgotten”; then begin a new one."
            ),
        },
        "paths": {
            "/chat/session": {
                "post": _operation(
                    "begin",
                    "Begin a conversation; the first message greets.",
                    {201: _json("Session")},
                    [400, 403, 413, 415, 429, 503],
                    body="SessionRequest",
                    session=False,
                ),
                "delete": _operation(
                    "erase",
                    "Erase the conversation and end the session.",
                    {204: {"description": "Nothing is left."}},
                    [401, 403, 429, 503],
                ),
            },
            "/chat/messages": {
                "post": _operation(
                    "ask",
                    "Ask, or pick an offered choice. The same id and message again give the same answer.",
                    {200: _json("Answered")},
                    [400, 401, 403, 409, 413, 415, 422, 429, 503],
                    body="Message",
                )
            },
            "/chat/history": {
                "get": _operation(
                    "history", "What was said, oldest first.", {200: _json("History")}, [401, 403, 429, 503]
                )
            },
            "/chat/feedback": {
                "post": _operation(
                    "rate",
                    "Rate an answer of this conversation.",
                    {204: {"description": "Kept, without the session."}},
                    [400, 401, 403, 404, 413, 415, 422, 429, 503],
                    body="Feedback",
                )
            },
            "/chat/handover": {
                "post": _operation(
                    "hand_over",
                    "Hand a question over to an office offered in this conversation. The same again delivers once.",
                    {204: {"description": "The office has it. Nothing of it is kept."}},
                    [400, 401, 403, 404, 409, 413, 415, 422, 429, 503],
                    body="HandoverRequest",
                )
            },
            "/chat/health": {
                "get": _operation(
                    "health",
                    "Whether messages can be answered.",
                    {200: _json("Health"), 503: _json("Health")},
                    [403],
                    session=False,
                )
            },
            "/chat/wording": {
                "get": _operation(
                    "wording",
                    "The widget's own labels. An unknown language gives the nearest spoken one.",
                    {200: _json("Labels")},
                    [403],
                    session=False,
                    parameters=language_query,
                )
            },
            "/chat/openapi.json": {
                "get": _operation("describe", "This document.", {200: _json("Document")}, [403], session=False)
            },
        },
        "components": {
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **_schemas(max_characters),
                "SessionRequest": _object({"language": {"anyOf": [language, {"type": "null"}]}}, required=()),
            },
        },
    }


def _schemas(max_characters: int) -> dict[str, Any]:
    answer = Answer.schema(ref_template="#/components/schemas/{model}")
    parts = answer.pop("definitions", {})
    uuid = {"type": "string", "pattern": _UUID}
    at = {"type": "string", "format": "date-time"}
    messages = {"type": "array", "items": _ref("AssistantItem"), "minItems": 1}
    text = {"type": "string", "minLength": 1, "maxLength": max_characters}
    payload = {"type": "string", "maxLength": MAX_PAYLOAD, "pattern": "^/"}
    return {
        **{name: _nullable(schema) for name, schema in {**parts, "Answer": answer}.items()},
        "Message": {
            "oneOf": [
                _object({"id": uuid, "text": text}),
                _object({"id": uuid, "payload": payload}),
            ]
        },
        "Feedback": _object(
            {
                "answer_id": {"type": "string", "minLength": 1, "maxLength": MAX_ANSWER_ID},
                "rating": {"type": "string", "enum": ["up", "down"]},
                "comment": {"type": ["string", "null"], "maxLength": MAX_COMMENT},
            },
            required=("answer_id", "rating"),
        ),
        "HandoverRequest": _object(
            {
                "id": uuid,
                "office": {"type": "string", "minLength": 1, "maxLength": MAX_OFFICE},
                "question": {"type": "string", "minLength": 1, "maxLength": MAX_QUESTION},
                "name": {"type": ["string", "null"], "maxLength": MAX_NAME},
                "consent": {"const": True},
            },
            required=("id", "office", "question", "consent"),
        ),
        "AssistantItem": _object(
            {
                "id": {"type": "string"},
                "from": {"const": "assistant"},
                "at": at,
                "text": {"type": "string"},
                "guidance": _ref("Answer"),
            }
        ),
        "UserItem": _object(
            {"id": {"type": "string"}, "from": {"const": "user"}, "at": at, "text": {"type": "string"}}
        ),
        "Session": _object(
            {
                "token": {"type": "string"},
                "expires_at": at,
                "language": {"type": "string"},
                "messages": messages,
                "limits": _object({"max_characters": {"type": "integer"}}),
            }
        ),
        "Answered": _object({"id": uuid, "messages": messages}),
        "History": _object(
            {"messages": {"type": "array", "items": {"oneOf": [_ref("AssistantItem"), _ref("UserItem")]}}}
        ),
        "Health": _object({"ready": {"type": "boolean"}}),
        "Labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "Document": {"type": "object"},
        "Error": _object(
            {"error": _object({"code": {"type": "string", "enum": sorted(STATUS)}, "message": {"type": "string"}})}
        ),
    }


def _operation(
    identity: str,
    summary: str,
    responses: dict[int, dict[str, Any]],
    errors: Sequence[int],
    body: str | None = None,
    session: bool = True,
    parameters: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    described: dict[str, Any] = {str(status): response for status, response in responses.items()}
    for status in errors:
        described.setdefault(str(status), {"description": _EXPLAINED[status], **_content("Error")})
    operation: dict[str, Any] = {"operationId": identity, "summary": summary, "responses": described}
    if body:
        operation["requestBody"] = {"required": True, **_content(body)}
    if session:
        operation["security"] = [{"session": []}]
    if parameters:
        operation["parameters"] = list(parameters)
    return operation


def _json(schema: str) -> dict[str, Any]:
    return {"description": schema, **_content(schema)}


def _content(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _object(properties: dict[str, Any], required: Sequence[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Pydantic leaves out that an optional field may be null."""
    required = schema.get("required", [])
    properties = {
        name: field if name in required or {"default", "items"} & set(field) else {"anyOf": [field, {"type": "null"}]}
        for name, field in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}
