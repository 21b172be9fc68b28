"""What is said about a question that a person wanted to hand over to an office."""

from __future__ import annotations

from typing import Literal

from lotse.answering import Wording
from lotse.channels import handover
from lotse.channels.handover import Delivered, NotConfigured, TooMany, Unusable

Outcome = handover.Outcome | Literal["no_consent", "unknown_office"]


def sentence(outcome: Outcome, office: str, question: str, wording: Wording) -> str:
    """One sentence about what became of it.

    Args:
        outcome: of the delivery, or why there was none.
        office: its name.
        question: as the person wrote it; only whether it is empty matters.
        wording: in the language of the conversation.
    """
    words = wording.handover
    match outcome:
        case "no_consent":
            return words.no_consent
        case "unknown_office" | NotConfigured():
            return words.not_deliverable
        case Delivered():
            return words.delivered.format(office=office)
        case TooMany(seconds):
            return words.too_many.format(seconds=seconds)
        case Unusable(limit):
            return wording.problems["too_long" if question.strip() else "empty"].format(limit=limit)
        case _:
            return words.failed
