"""The OpenAPI description of the web chat's HTTP interface, generated from the models that the code uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import ModelField
from pydantic.schema import get_flat_models_from_models, get_model_name_map, model_process_schema

from lotse.channels.web.request_models import (
    FeedbackRequest,
    HandoverRequest,
    PickedMessage,
    session_request,
    typed_message,
)
from lotse.channels.web.responses import Answered, Error, Health, History, Labels, Questions, Session

_SCHEMAS = "#/components/schemas/"
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
_EVERYWHERE = (403, 429)
_WITH_CONVERSATION = (503,)
_WITH_SESSION = (401,)
_WITH_BODY = (400, 413, 415)


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Attributes:
        id: name of the operation.
        answers: by status, the name of the body's schema, or a sentence if there is no body.
        body: name of the schema of the request's body.
        session: whether a session token is needed.
        conversation: whether it needs the assistant, which may not be ready.
        errors: further statuses that do not follow from the other attributes.
        query: names of the query parameters.
    """

    id: str
    method: str
    path: str
    summary: str
    answers: Mapping[int, str]
    body: str | None = None
    session: bool = True
    conversation: bool = True
    errors: Sequence[int] = ()
    query: Sequence[str] = ()


OPERATIONS = (
    Operation(
        id="begin",
        method="post",
        path="session",
        summary="Begin a conversation; the first message greets.",
        answers={201: "Session"},
        body="SessionRequest",
        session=False,
    ),
    Operation(
        id="erase",
        method="delete",
        path="session",
        summary="Erase the conversation and end the session.",
        answers={204: "Nothing is left."},
    ),
    Operation(
        id="ask",
        method="post",
        path="messages",
        summary="Ask, or pick an offered choice. The same id and message again give the same answer.",
        answers={200: "Answered"},
        body="MessageRequest",
        errors=(409, 422),
    ),
    Operation(
        id="history",
        method="get",
        path="history",
        summary="What was said, oldest first.",
        answers={200: "History"},
    ),
    Operation(
        id="rate",
        method="post",
        path="feedback",
        summary="Rate an answer of this conversation.",
        answers={204: "Kept, without the session."},
        body="FeedbackRequest",
        errors=(404, 422),
    ),
    Operation(
        id="hand_over",
        method="post",
        path="handover",
        summary="Hand a question over to an office offered in this conversation. The same again delivers once.",
        answers={204: "The office has it. Nothing of it is kept."},
        body="HandoverRequest",
        errors=(404, 409, 422),
    ),
    Operation(
        id="health",
        method="get",
        path="health",
        summary="Whether messages can be answered.",
        answers={200: "Health", 503: "Health"},
        session=False,
    ),
    Operation(
        id="wording",
        method="get",
        path="wording",
        summary="The widget's own labels. An unknown language gives the nearest spoken one.",
        answers={200: "Labels"},
        session=False,
        conversation=False,
        query=("language",),
    ),
    Operation(
        id="questions",
        method="get",
        path="questions",
        summary="The guide's topics in groups and its own questions. An unknown language gives the nearest spoken one.",
        answers={200: "Questions"},
        session=False,
        conversation=False,
        query=("language",),
    ),
    Operation(
        id="describe",
        method="get",
        path="openapi.json",
        summary="This document.",
        answers={200: "Document"},
        session=False,
        conversation=False,
    ),
)


def description(version: str, languages: Sequence[str], max_characters: int) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        version: of this software.
        languages: ISO 639-1 codes of the guide's languages.
        max_characters: longest message.
    """
    schemas = _schemas(languages, max_characters)
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/chat/{operation.path}", {})[operation.method] = _described(operation, schemas)
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
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    }


def _schemas(languages: Sequence[str], max_characters: int) -> dict[str, Any]:
    received: list[type[BaseModel]] = [
        session_request(tuple(languages)),
        typed_message(max_characters),
        PickedMessage,
        FeedbackRequest,
        HandoverRequest,
    ]
    sent: list[type[BaseModel]] = [Session, Answered, History, Health, Labels, Questions, Error]
    one_of = [_ref(model.__name__) for model in (typed_message(max_characters), PickedMessage)]
    return {
        **_models(received, complete=False),
        "MessageRequest": {"oneOf": one_of},
        **_models(sent, complete=True),
        "Document": {"type": "object"},
    }


def _models(models: Iterable[type[BaseModel]], complete: bool) -> dict[str, Any]:
    """The schemas of models and of all models in them, by name.

    Args:
        models: the models.
        complete: whether every field is always present, including those with a default.
    """
    names = get_model_name_map(get_flat_models_from_models(list(models)))
    schemas = {}
    for model, name in sorted(names.items(), key=lambda entry: entry[1]):
        schema, _, _ = model_process_schema(model, model_name_map=names, ref_prefix=_SCHEMAS)
        schema.pop("title", None)
        if issubclass(model, BaseModel) and "properties" in schema:
            fields = {found.alias: found for found in model.__fields__.values()}
            schema["properties"] = {
                alias: _property(fields[alias], entry) for alias, entry in schema["properties"].items()
            }
            if complete:
                schema["required"] = list(fields)
        schemas[name] = schema
    return schemas


def _property(described: ModelField, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field without its title, which repeats the name, and with null, which pydantic leaves out."""
    schema = {key: value for key, value in schema.items() if key != "title"}
    return {"anyOf": [schema, {"type": "null"}]} if described.allow_none else schema


def _described(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    answers = {
        str(status): {"description": "Done.", **_content(what)} if what in schemas else {"description": what}
        for status, what in operation.answers.items()
    }
    errors = {
        *_EVERYWHERE,
        *(_WITH_CONVERSATION if operation.conversation else ()),
        *(_WITH_SESSION if operation.session else ()),
        *(_WITH_BODY if operation.body else ()),
        *operation.errors,
    }
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": {
            **answers,
            **{
                str(status): {"description": _EXPLAINED[status], **_content("Error")}
                for status in sorted(errors)
                if str(status) not in answers
            },
        },
    }
    if operation.session:
        described["security"] = [{"session": []}]
    if operation.body:
        described["requestBody"] = {"required": True, **_content(operation.body)}
    if operation.query:
        described["parameters"] = [
            {"name": name, "in": "query", "schema": {"type": "string"}} for name in operation.query
        ]
    return described


def _content(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"{_SCHEMAS}{schema}"}
