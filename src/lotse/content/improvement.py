"""What is kept to improve the guide, and from which size a group is shown: ``data/improvement.yml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict

FILE = "improvement.yml"


class ImprovementSettings(Strict):
    """What an authority decides; the file explains each.

    Attributes:
        ask_for_questions: whether people are asked for questions that were not answered.
        longest_question: in characters.
        open_questions: how many of a conversation can still be given.
        question_days: after which a given question is deleted.
        count_days: after which daily counts are deleted.
        smallest_group: the report shows no smaller number and no group of fewer people.
        alike_at: cosine similarity from which questions form a group.
        topic_at: cosine similarity to a title or question of the guide from which a question is proposed for its topic.
    """

    ask_for_questions: bool
    longest_question: int = Field(..., ge=20, le=1000)
    open_questions: int = Field(..., ge=1, le=10)
    question_days: int = Field(..., ge=1, le=730)
    count_days: int = Field(..., ge=1, le=3650)
    smallest_group: int = Field(..., ge=2)
    alike_at: float = Field(..., gt=0, lt=1)
    topic_at: float = Field(..., gt=0, lt=1)


def load_improvement(data: Path) -> ImprovementSettings:
    """The settings of a project.

    Args:
        data: the project's ``data`` folder.

    Raises:
        ContentError: a setting is missing, misspelt or out of range.
    """
    return parse(data / FILE, ImprovementSettings)[1]
