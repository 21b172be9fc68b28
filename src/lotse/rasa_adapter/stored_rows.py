"""Rows of Rasa's table of events: what is stored of an event, and what is read of a row. Broken ones are left out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from rasa.shared.core.events import Event

from lotse.answering.question import NEED
from lotse.rasa_adapter.stored_messages import is_message

logger = logging.getLogger(__name__)


def without_need(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what was recognised of a person's need, which only the turn itself uses."""
    parse = event.get("parse_data")
    if not isinstance(parse, dict) or NEED not in parse:
        return event
    return {**event, "parse_data": {name: value for name, value in parse.items() if name != NEED}}


def event_of(number: int, data: str) -> Event | None:
    try:
        event: Event | None = Event.from_parameters(json.loads(data))
    except Exception:
        # Without the error, which could quote the row.
        event = None
    if event is None:
        _leave_out(number)
    return event


def readable(rows: Iterable[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """Messages of both sides as events.

    Args:
        rows: number and data of each.
    """
    for number, data in rows:
        try:
            event = json.loads(data)
        except (ValueError, TypeError, RecursionError):
            event = None
        if is_message(event):
            yield event
        else:
            _leave_out(number)


def _leave_out(number: int) -> None:
    logger.error("Row %d of the table “events” cannot be read and is left out.", number)
