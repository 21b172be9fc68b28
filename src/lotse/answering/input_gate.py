"""Prepares a message before it is understood: cleans and masks it, picks offered choices, stops other commands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lotse.answering.control_characters import cleaned, nothing_visible
from lotse.answering.memory import Memory
from lotse.answering.personal_data import mask
from lotse.answering.question import InputProblem

_NUMBER = re.compile(r"^\s*\(?(\d{1,2})[.)]?\s*$")


@dataclass(frozen=True)
class GatedMessage:
    """A message after the gate.

    Attributes:
        text: the text to understand and store; an offered payload if a choice was picked.
        problem: why the message is not processed; None if it is.
    """

    text: str
    problem: InputProblem | None = None


def gate(text: str | None, memory: Memory, max_characters: int) -> GatedMessage:
    """Clean and check one incoming message.

    Rasa executes a text that begins with “/” as a command. It passes only if this conversation has offered exactly that
    payload; anything else counts as typed text.

    Args:
        text: as it came from the channel.
        memory: state of this conversation, with the choices it has offered.
        max_characters: length of the longest message that is processed.
    """
    clean = cleaned(text if isinstance(text, str) else "").strip()
    if nothing_visible(clean):
        return GatedMessage("", "empty")
    if len(clean) > max_characters:
        return GatedMessage(mask(clean[:max_characters]), "too_long")
    number = _NUMBER.match(clean)
    if number and 1 <= int(number[1]) <= min(memory.listed, len(memory.offered)):
        return GatedMessage(memory.offered[int(number[1]) - 1].payload)
    if clean.startswith("/"):
        if any(offer.payload == clean for offer in memory.offered):
            return GatedMessage(clean)
        return GatedMessage(mask(clean.lstrip("/")) or "/", "command")
    # What is masked here is never understood, logged or stored.
    return GatedMessage(mask(clean))
