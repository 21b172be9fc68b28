"""Prepares a message before it is understood: cleans and masks it, picks offered choices, stops other commands."""

from __future__ import annotations

from dataclasses import dataclass

from lotse.answering.control_characters import nothing_visible
from lotse.answering.drafts import DraftReader, PastedDraft
from lotse.answering.memory import Memory
from lotse.answering.normalisation import normalised
from lotse.answering.personal_data import mask
from lotse.answering.phrases import PickWords
from lotse.answering.picks import picked
from lotse.answering.question import InputProblem

_NUMBERS_ONLY = PickWords()


@dataclass(frozen=True)
class GatedMessage:
    """A message after the gate.

    Attributes:
        text: the text to understand and store; an offered payload if a choice was picked.
        problem: why the message is not processed; None if it is.
        draft: the text of a post that was pasted; it is not part of `text`.
    """

    text: str
    problem: InputProblem | None = None
    draft: PastedDraft | None = None


def question_before(passed: GatedMessage, memory: Memory) -> str | None:
    """The question that a typed message may go on with; None if there is none.

    Args:
        passed: the message.
        memory: state of this conversation.
    """
    if passed.problem or passed.draft or passed.text.startswith("/") or memory.at_hand is None or not memory.asked:
        return None
    return memory.asked[0]


def gate(
    text: str | None,
    memory: Memory,
    max_characters: int,
    pick_words: PickWords = _NUMBERS_ONLY,
    drafts: DraftReader | None = None,
) -> GatedMessage:
    """Clean and check one incoming message.

    Rasa executes a text that begins with “/” as a command. It passes only if this conversation has offered exactly that
    payload; anything else counts as typed text.

    Args:
        text: as it came from the channel.
        memory: state of this conversation, with the choices it has offered.
        max_characters: length of the longest message that is processed.
        pick_words: numerals and what may stand around them; without any, bare numbers pick a choice.
        drafts: finds the text of a post that is pasted for a guided check; None finds none.
    """
    clean = normalised(text if isinstance(text, str) else "").strip()
    if nothing_visible(clean):
        return GatedMessage("", "empty")
    if len(clean) > max_characters:
        # A draft that is too long is not kept either.
        pasted = drafts.find(clean, memory) if drafts else None
        return GatedMessage((pasted[0] if pasted else mask(clean[:max_characters]))[:max_characters], "too_long")
    if clean.startswith("/"):
        if any(offer.payload == clean for offer in memory.offered):
            return GatedMessage(clean)
        return GatedMessage(mask(clean.lstrip("/")) or "/", "command")
    offer = picked(clean, memory, pick_words)
    if offer is not None:
        return GatedMessage(offer.payload)
    pasted = drafts.find(clean, memory) if drafts else None
    if pasted:
        return GatedMessage(pasted[0], draft=pasted[1])
    # What is masked here is never understood, logged or stored.
    return GatedMessage(mask(clean))
