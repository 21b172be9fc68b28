"""The guide's questions as Teams offers them to everybody: beside the greeting, and in the app's list of commands.

Teams sends such a choice as if the person had typed it. Taken for what it is, it leads to its answer for certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.content import Guide


@dataclass(frozen=True)
class SuggestedQuestion:
    """A question of the guide."""

    title: str
    payload: str
    language: str


def suggested_questions(guides: Mapping[str, Guide]) -> dict[str, SuggestedQuestion]:
    """The questions by their words.

    Args:
        guides: by language.
    """
    return {
        topic.title: SuggestedQuestion(topic.title, f"/{TOPIC_PREFIX}{name}", language)
        for language, guide in guides.items()
        for name, topic in guide.topics.items()
    }


def picked_question(text: str | None, known: Mapping[str, SuggestedQuestion]) -> SuggestedQuestion | None:
    """The question that somebody picked; None if they wrote something of their own."""
    return known.get(" ".join(text.split())) if text is not None else None
