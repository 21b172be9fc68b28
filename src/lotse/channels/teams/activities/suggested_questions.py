"""Questions of the guide that Teams suggests, and choices that everybody in a group may press.

The questions stand beside the greeting and in the app's list of commands. Teams sends a picked one as if
the person had typed it. Recognising it makes sure that it gets its own answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotse.answering.answer_builder import MORE, MOVES
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.answering.turn_context import move_payload
from lotse.content import Guide
from lotse.content.wording import Wording


@dataclass(frozen=True)
class SuggestedQuestion:
    """A question of the guide: its words, the payload it stands for, and its language (ISO 639-1)."""

    title: str
    payload: str
    language: str


def suggested_questions(guides: Mapping[str, Guide]) -> dict[str, SuggestedQuestion]:
    """The questions of all guides, by their words.

    Args:
        guides: by language (ISO 639-1).
    """
    return {
        topic.title: SuggestedQuestion(topic.title, f"/{TOPIC_PREFIX}{name}", language)
        for language, guide in guides.items()
        for name, topic in guide.topics.items()
    }


def picked_question(text: str | None, known: Mapping[str, SuggestedQuestion]) -> SuggestedQuestion | None:
    """The suggested question that a text is equal to, apart from blanks; None if it is another text."""
    return known.get(" ".join(text.split())) if text is not None else None


def open_to_everybody(guide: Guide, wording: Wording) -> dict[str, str]:
    """The choices that a colleague may press under another's answer in a group: they tell nothing of either.

    Args:
        guide: in the original language.
        wording: in the same.

    Returns:
        Labels by payload.
    """
    return {move_payload(intent, topic): wording.labels[intent] for topic in guide.topics for intent in (MORE, *MOVES)}
