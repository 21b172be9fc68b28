"""Parse outputs as Rasa gives them, made by hand."""

from __future__ import annotations

from typing import Any, cast

from lotse.answering.question import ParsedMessage


def parsed(**parts: Any) -> ParsedMessage:
    """A parse output with these parts; Rasa checks none of them, so a test may give any."""
    return cast(ParsedMessage, parts)
