"""Errors of requests, by code. Their sentences are in ``data/wording``, under ``web.problems``."""

from __future__ import annotations

STATUS = {
    "invalid_body": 400,
    "invalid_field": 400,
    "no_session": 401,
    "session_ended": 401,
    "foreign_origin": 403,
    "not_found": 404,
    "unknown_answer": 404,
    "unknown_office": 404,
    "method_not_allowed": 405,
    "id_reused": 409,
    "too_large": 413,
    "wrong_content_type": 415,
    "empty": 422,
    "too_long": 422,
    "control_characters": 422,
    "unknown_payload": 422,
    "no_consent": 422,
    "not_deliverable": 422,
    "too_many_requests": 429,
    "internal": 500,
    "not_ready": 503,
    "busy": 503,
    "not_delivered": 503,
}


class ApiError(Exception):
    """A request that is rejected.

    Args:
        code: a key of `STATUS`.
        headers: further headers of the response.
        values: values for the sentence, such as ``limit``.
    """

    def __init__(self, code: str, headers: dict[str, str] | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
        self.headers = headers or {}
        self.values = values
