"""A message of a person, whatever channel it came through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """Something the person typed, or a choice they picked.

    Attributes:
        id: of the message, the same when it is sent again; holds no wildcard of SQL.
        text: what was typed; None if a choice was picked.
        payload: of the choice; None if something was typed.
    """

    id: str
    text: str | None
    payload: str | None

    @property
    def body(self) -> str:
        """What makes two messages the same."""
        return f"payload {self.payload}" if self.payload is not None else f"text {self.text}"
