"""Models of request bodies. They check a body and describe it in the OpenAPI document; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Generator
from functools import lru_cache
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConstrainedStr, Extra, Field, StrictBool, ValidationError, create_model, validator
from pydantic.errors import PydanticValueError
from pydantic.validators import strict_str_validator

from lotse.answering import control_characters
from lotse.answering.handover_draft import MAX_NAME, MAX_QUESTION
from lotse.channels import request_body
from lotse.channels.web.api_errors import ApiError
from lotse.conversation.feedback import Feedback
from lotse.conversation.message import Message

MAX_COMMENT = 500
MAX_PAYLOAD = 200
MAX_ANSWER_ID = 64
MAX_OFFICE = 64
_JSON_TYPE = re.compile(r'^\s*application/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$', re.IGNORECASE)
_CONTROL = control_characters.REFUSED
_NOT_IN_PAYLOAD = control_characters.NOT_IN_PAYLOAD
_INVISIBLE = control_characters.NOTHING_VISIBLE

Request = TypeVar("Request", bound="Body")


class UnusableValue(PydanticValueError):
    """A value of the right type that cannot be used.

    Args:
        problem: code of the `ApiError`, which is not ``invalid_field``.
        limit: what the sentence names, if it names one.
    """

    code = "unusable"
    msg_template = "{problem}"


class Prose(ConstrainedStr):
    """Text that a person wrote: something visible, not too long, no control characters."""

    min_length: int | None = 1

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield strict_str_validator
        yield cls.usable

    @classmethod
    def usable(cls, text: str) -> str:
        """Return the text unchanged.

        Raises:
            UnusableValue: nothing is visible in it, it is too long, or it contains a control character.
        """
        if _INVISIBLE.fullmatch(text):
            raise UnusableValue(problem="empty")
        if cls.max_length is not None and len(text) > cls.max_length:
            raise UnusableValue(problem="too_long", limit=cls.max_length)
        if _CONTROL.search(text):
            raise UnusableValue(problem="control_characters")
        return text


class QuestionText(Prose):
    max_length = MAX_QUESTION


class Name(Prose):
    # Left empty, it counts as not given.
    min_length = None
    max_length = MAX_NAME


class Comment(Prose):
    # Left empty, it counts as not given.
    min_length = None
    max_length = MAX_COMMENT


class Payload(ConstrainedStr):
    """What a choice sends. Whatever cannot have been offered is refused like a choice that was not."""

    max_length = MAX_PAYLOAD
    regex = "^/"

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield strict_str_validator
        yield cls.offerable

    @classmethod
    def offerable(cls, payload: str) -> str:
        """Return the payload unchanged.

        Raises:
            UnusableValue: the assistant cannot have offered it.
        """
        if not payload.startswith("/") or len(payload) > MAX_PAYLOAD or _NOT_IN_PAYLOAD.search(payload):
            raise UnusableValue(problem="unknown_payload")
        return payload


class Identity(ConstrainedStr):
    """A UUID in its usual form (RFC 9562, 4), made by the client; the same again is the same request."""

    strict = True
    to_lower = True
    # The length keeps out the line break that "$" lets pass.
    max_length = 36
    regex = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


class AnswerId(ConstrainedStr):
    strict = True
    min_length = 1
    max_length = MAX_ANSWER_ID


class OfficeId(ConstrainedStr):
    strict = True
    min_length = 1
    max_length = MAX_OFFICE


class Body(BaseModel):
    """The body of a request: a field that is not listed is refused."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class SessionRequest(Body):
    """A request for a new conversation.

    Attributes:
        language: one of the guide's languages, or null for no preference.
    """

    language: str | None = None


class TypedMessage(Body):
    """A question in the person's own words."""

    id: Identity
    text: Prose


class PickedMessage(Body):
    """A choice that was offered in this conversation."""

    id: Identity
    payload: Payload


class FeedbackRequest(Body):
    """A rating of an answer of this conversation."""

    answer_id: AnswerId
    rating: Literal["up", "down"]
    comment: Comment | None = None

    @validator("comment", pre=True)
    def _blank_is_none(cls, comment: object) -> object:
        return _none_if_blank(comment)


class HandoverRequest(Body):
    """A question for a contact point, as the person has seen it and agreed to it."""

    id: Identity
    office: OfficeId
    question: QuestionText
    name: Name | None = None
    consent: StrictBool = Field(..., enum=[True])

    @validator("name", pre=True)
    def _blank_is_none(cls, name: object) -> object:
        return _none_if_blank(name)

    @validator("consent")
    def _agreed(cls, consent: bool) -> bool:
        if not consent:
            raise UnusableValue(problem="no_consent")
        return consent


@lru_cache
def session_request(languages: tuple[str, ...]) -> type[SessionRequest]:
    """The model of a request for a conversation.

    Args:
        languages: ISO 639-1 codes of the guide's languages.
    """
    spoken = Literal[languages]  # type: ignore[valid-type]
    return create_model("SessionRequest", __base__=SessionRequest, language=(spoken | None, None))


@lru_cache
def typed_message(max_characters: int) -> type[TypedMessage]:
    """The model of a typed message.

    Args:
        max_characters: length of the longest text.
    """
    text = type("MessageText", (Prose,), {"max_length": max_characters})
    return create_model("TypedMessage", __base__=TypedMessage, text=(text, ...))


def max_bytes(max_characters: int) -> int:
    """The largest size of a body in bytes that is read."""
    return request_body.max_bytes(max(max_characters, MAX_COMMENT, MAX_QUESTION + MAX_NAME))


def read_object(body: bytes | None, content_type: str | None, encoding: str | None = None) -> dict[str, Any]:
    """The JSON object in a body.

    Args:
        body: None if it was too large to be read.
        content_type: the header; None if there is none.
        encoding: the ``Content-Encoding`` header; None if there is none.

    Raises:
        ApiError: it is too large, declared as another type, or not a JSON object.
    """
    if not _JSON_TYPE.fullmatch(content_type or "") or (encoding or "identity").strip().lower() != "identity":
        raise ApiError("wrong_content_type")
    if body is None:
        raise ApiError("too_large")
    try:
        data = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ApiError("invalid_body") from None
    if not isinstance(data, dict):
        raise ApiError("invalid_body")
    return data


def read_session_request(data: dict[str, Any], languages: Collection[str]) -> str | None:
    """The requested language; None for no preference.

    Raises:
        ApiError: a field is unknown, or the guide does not have the language.
    """
    return _checked(session_request(tuple(languages)), data).language


def read_message(data: dict[str, Any], max_characters: int) -> Message:
    """The message of a request: typed text or an offered payload, with the client's id for it.

    Raises:
        ApiError: a field is missing, unknown or of the wrong type, or the text cannot be a question.
    """
    if "payload" in data and "text" not in data:
        picked = _checked(PickedMessage, data)
        return Message(picked.id, None, picked.payload)
    typed = _checked(typed_message(max_characters), data)
    return Message(typed.id, typed.text, None)


def read_feedback(data: dict[str, Any]) -> Feedback:
    """The rating of a request: which answer, thumbs up or down, and a comment if there is one.

    Raises:
        ApiError: a field is missing, unknown or of the wrong type, or the comment is too long.
    """
    rated = _checked(FeedbackRequest, data)
    return Feedback(rated.answer_id, rated.rating, rated.comment)


def read_handover(data: dict[str, Any]) -> HandoverRequest:
    """The question of a request for a contact point.

    Raises:
        ApiError: a field is missing, unknown or of the wrong type, a text cannot be sent, or there is no consent.
    """
    return _checked(HandoverRequest, data)


def _checked(model: type[Request], data: dict[str, Any]) -> Request:
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        _refuse(error)


def _refuse(error: ValidationError) -> NoReturn:
    """Name the first field of a wrong type, else the first content that cannot be used."""
    found = sorted(error.errors(), key=lambda entry: entry["type"] == "value_error.unusable")
    context = found[0].get("ctx", {})
    if found[0]["type"] == "value_error.unusable":
        raise ApiError(context.pop("problem"), **context) from None
    # The name may be the client's own text: shortened, and shown as text like everything else.
    raise ApiError("invalid_field", field=control_characters.cleaned(str(found[0]["loc"][0]))[:40]) from None


def _none_if_blank(text: object) -> object:
    return None if isinstance(text, str) and _INVISIBLE.fullmatch(text) else text


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name appears twice")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
