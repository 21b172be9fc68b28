"""Thresholds and lengths, read from ``data/answering.yml`` and checked."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict


class Settings(Strict):
    """Thresholds, lengths and times; `data/answering.yml` explains each. Probabilities are 0 to 1, times in seconds."""

    answer_at: float = Field(..., gt=0, lt=1)
    lead_at: float = Field(..., ge=0, lt=1)
    refuse_at: float = Field(..., gt=0, lt=1)
    doubt_at: float = Field(..., gt=0, le=1)
    choice_at: float = Field(..., gt=0, lt=1)
    second_topic_at: float = Field(..., gt=0, lt=1)
    dialogue_at: float = Field(..., gt=0, lt=1)
    keep_topic_at: float = Field(..., gt=0, lt=1)
    passage_weight: float = Field(..., ge=0, le=1)
    passage_sharpness: float = Field(..., gt=0)
    certainty_high: float = Field(..., gt=0, lt=1)
    certainty_medium: float = Field(..., gt=0, lt=1)
    short_message_topic_factor: float = Field(..., ge=1)
    long_message_topic_factor: float = Field(..., ge=1)
    short_message_outside_factor: float = Field(..., gt=0, le=1)
    forget_at: float = Field(..., gt=0, lt=1)
    bare_denial_words: int = Field(..., gt=0)
    correction_at: float = Field(..., gt=0, lt=1)
    corrected_at: float = Field(..., gt=0, lt=1)
    short_message_words: int = Field(..., gt=0)
    points: int = Field(..., ge=2, le=5)
    citations: int = Field(..., ge=3)
    point_distance: float = Field(..., gt=0)
    facet_bonus: float = Field(..., ge=0)
    specific_at: float = Field(..., gt=0)
    choices: int = Field(..., ge=1, le=5)
    remembered_offers: int = Field(..., gt=0)
    language_at: float = Field(..., gt=0, lt=1)
    language_words: int = Field(..., gt=0)
    foreign_at: float = Field(..., gt=0, lt=1)
    foreign_words: int = Field(..., gt=0)
    max_characters: int = Field(..., gt=0)
    action_timeout_seconds: float = Field(..., gt=0)
    suggested_topics: list[str] = Field(..., min_items=3)
    general_contacts: list[str] = Field(..., min_items=1)
    check_topics: list[str] = Field(..., min_items=1)


def load_settings(data: Path) -> Settings:
    """Read `answering.yml`.

    Raises:
        ContentError: a number is missing, misspelt or out of range.
    """
    return parse(data / "answering.yml", Settings)[1]
