"""What clients may send. Pure: bytes and headers in, a checked request or a `Problem` out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lotse.answering import control_characters
from lotse.answering.handover import MAX_NAME, MAX_QUESTION
from lotse.channels import bodies
from lotse.channels.feedback import Feedback
from lotse.channels.message import Message
from lotse.channels.web.problems import Problem

MAX_COMMENT = 500
MAX_PAYLOAD = 200
MAX_ANSWER_ID = 64
MAX_OFFICE = 64
_UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
_JSON_TYPE = re.compile(r'^\s*application/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$', re.IGNORECASE)
_CONTROL = control_characters.REFUSED
_NOT_IN_PAYLOAD = control_characters.NOT_IN_PAYLOAD
_INVISIBLE = control_characters.NOTHING_VISIBLE


@dataclass(frozen=True)
class HandoverRequest:
    """A question for an office, as the person has seen it and agreed to it."""

    id: str
    office: str
    question: str
    name: str | None


def max_bytes(max_characters: int) -> int:
    """Longest body worth reading."""
    return bodies.max_bytes(max(max_characters, MAX_COMMENT, MAX_QUESTION + MAX_NAME))


def read_object(body: bytes | None, content_type: str | None, encoding: str | None = None) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        Problem: it is too large, declared as something else, or no JSON object.
    """
    if not _JSON_TYPE.fullmatch(content_type or "") or (encoding or "identity").strip().lower() != "identity":
        raise Problem("wrong_content_type")
    if body is None:
        raise Problem("too_large")
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem("invalid_body") from None
    if not isinstance(data, dict):
        raise Problem("invalid_body")
    return data


def read_session_request(data: dict[str, Any], languages: Collection[str]) -> str | None:
    """The language asked for, None if any will do.

    Raises:
        Problem: a field is unknown or the language is not spoken.
    """
    _only(data, {"language"})
    language = data.get("language")
    if language is not None and (not isinstance(language, str) or language not in languages):
        raise Problem("invalid_field", field="language")
    return language


def read_message(data: dict[str, Any], max_characters: int) -> Message:
    """A message.

    Raises:
        Problem: a field is missing, unknown or of the wrong type, or the text cannot be a question.
    """
    _only(data, {"id", "text", "payload"})
    identity, text, payload = _identity(data), data.get("text"), data.get("payload")
    if ("text" in data) == ("payload" in data):
        raise Problem("invalid_field", field="text")
    if "payload" in data:
        if not isinstance(payload, str):
            raise Problem("invalid_field", field="payload")
        if not payload.startswith("/") or len(payload) > MAX_PAYLOAD or _NOT_IN_PAYLOAD.search(payload):
            raise Problem("unknown_payload")
        return Message(identity, None, payload)
    if not isinstance(text, str):
        raise Problem("invalid_field", field="text")
    return Message(identity, _readable(text, max_characters), None)


def read_feedback(data: dict[str, Any]) -> Feedback:
    """A rating.

    Raises:
        Problem: a field is missing, unknown or of the wrong type, or the comment is too long.
    """
    _only(data, {"answer_id", "rating", "comment"})
    answer_id, rating, comment = data.get("answer_id"), data.get("rating"), data.get("comment")
    if not isinstance(answer_id, str) or not 0 < len(answer_id) <= MAX_ANSWER_ID:
        raise Problem("invalid_field", field="answer_id")
    if rating not in ("up", "down"):
        raise Problem("invalid_field", field="rating")
    if comment is not None and not isinstance(comment, str):
        raise Problem("invalid_field", field="comment")
    if comment is not None and not _INVISIBLE.fullmatch(comment):
        return Feedback(answer_id, rating, _readable(comment, MAX_COMMENT))
    return Feedback(answer_id, rating, None)


def read_handover(data: dict[str, Any]) -> HandoverRequest:
    """A question for an office.

    Raises:
        Problem: a field is missing, unknown or of the wrong type, a text cannot be sent, or there is no consent.
    """
    _only(data, {"id", "office", "question", "name", "consent"})
    identity = _identity(data)
    office, question, name, consent = (data.get(field) for field in ("office", "question", "name", "consent"))
    if not isinstance(office, str) or not 0 < len(office) <= MAX_OFFICE:
        raise Problem("invalid_field", field="office")
    if not isinstance(question, str):
        raise Problem("invalid_field", field="question")
    if name is not None and not isinstance(name, str):
        raise Problem("invalid_field", field="name")
    if not isinstance(consent, bool):
        raise Problem("invalid_field", field="consent")
    if not consent:
        raise Problem("no_consent")
    signed = name is not None and not _INVISIBLE.fullmatch(name)
    return HandoverRequest(
        identity, office, _readable(question, MAX_QUESTION), _readable(name, MAX_NAME) if name and signed else None
    )


def _identity(data: dict[str, Any]) -> str:
    identity = data.get("id")
    if not isinstance(identity, str) or not _UUID.fullmatch(identity.lower()):
        raise Problem("invalid_field", field="id")
    return identity.lower()


def _readable(text: str, longest: int) -> str:
    if _INVISIBLE.fullmatch(text):
        raise Problem("empty")
    if len(text) > longest:
        raise Problem("too_long", limit=longest)
    if _CONTROL.search(text):
        raise Problem("control_characters")
    return text


def _only(data: dict[str, Any], known: set[str]) -> None:
    for name in data:
        if name not in known:
            # The name is the client's own text: shortened, and shown as text like everything else.
            raise Problem("invalid_field", field=control_characters.cleaned(name)[:40])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name appears twice")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
