"""Rows of Rasa's table of events: what is stored of an event, and what is read of a row. Broken ones are left out."""

from __future__ import annotations

import json
import logging
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable, Iterator
from typing import Any

from rasa.shared.core.events import Event

from lotse.rasa_adapter.stored_messages import is_message

logger = logging.getLogger(__name__)

PACKED = "packed"
# What Rasa's policies read of earlier messages. Everything else of `parse_data` belongs to the turn.
_READ_BACK = ("intent", "entities")
_OF_THE_MODEL = ("model_id", "assistant_id")
# The text of an answer stands in its payload, too, and both hold the same names and addresses again and again. What
# people wrote is stored as it is, so that a search of the database's files finds whatever was not deleted.
_PACKED_KINDS = ("bot", "slot")
# No answer has as many characters; what a damaged row says must not fill the memory.
_LARGEST = 4_000_000


def row_of(event: dict[str, Any]) -> str:
    """What is stored of an event, as JSON on one line: what somebody reads back, and of an answer and a state packed.

    Args:
        event: as Rasa writes it.
    """
    needed = _needed(event)
    if needed.get("event") not in _PACKED_KINDS:
        return json.dumps(needed)
    plain = {name: needed[name] for name in ("event", "timestamp") if name in needed}
    rest = {name: value for name, value in needed.items() if name not in plain}
    packed = b85encode(zlib.compress(json.dumps(rest).encode(), 9)).decode()
    return json.dumps({**plain, PACKED: packed})


def unpacked(data: str) -> Any:
    """What `row_of` was given, as far as it was stored; rows of earlier versions are not packed.

    Args:
        data: of a row.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        event = json.loads(data)
        if not isinstance(event, dict) or PACKED not in event:
            return event
        unpacking = zlib.decompressobj()
        rest = json.loads(unpacking.decompress(b85decode(event.pop(PACKED)), _LARGEST))
        return {**event, **rest}
    except (TypeError, RecursionError, zlib.error) as error:
        raise ValueError(str(error)) from None


def _needed(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what only its own turn uses, such as the ranking of passages and what tells a person's need."""
    metadata = {name: value for name, value in (event.get("metadata") or {}).items() if name not in _OF_THE_MODEL}
    needed = {name: value for name, value in event.items() if value is not None and name != "metadata"}
    if metadata:
        needed["metadata"] = metadata
    if isinstance(parse := event.get("parse_data"), dict):
        needed["parse_data"] = {name: parse[name] for name in _READ_BACK if name in parse}
    return needed


def event_of(number: int, data: str) -> Event | None:
    try:
        event: Event | None = Event.from_parameters(unpacked(data))
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
            event = unpacked(data)
        except ValueError:
            event = None
        if is_message(event):
            yield event
        else:
            _leave_out(number)


def _leave_out(number: int) -> None:
    logger.error("Row %d of the table “events” cannot be read and is left out.", number)
