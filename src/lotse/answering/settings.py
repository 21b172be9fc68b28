"""Thresholds, lengths and words, read from ``data/answering.yml`` and the files beside it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lotse.answering.drafts import DraftReader, DraftWords, load_draft_words
from lotse.answering.phrases import ConversationWords, load_words
from lotse.content.improvement import ImprovementSettings, load_improvement
from lotse.content.loading import parse
from lotse.content.model import Strict

CONVERSATION_MODEL = "conversation_model.yml"


class Numbers(Strict):
    """Thresholds, lengths and times; `data/answering.yml` explains each. Probabilities are 0 to 1, times in seconds."""

    answer_at: float = Field(..., gt=0, lt=1)
    lead_at: float = Field(..., ge=0, lt=1)
    refuse_at: float = Field(..., gt=0, lt=1)
    doubt_at: float = Field(..., gt=0, le=1)
    choice_at: float = Field(..., gt=0, lt=1)
    alternative_at: float = Field(..., ge=0, lt=1)
    second_wish_at: float = Field(..., gt=0, lt=1)
    second_topic_at: float = Field(..., gt=0, lt=1)
    part_at: float = Field(..., gt=0, lt=1)
    part_weight: float = Field(..., ge=0, le=1)
    part_words: int = Field(..., gt=0)
    story_words: int = Field(..., gt=0)
    story_part_weight: float = Field(..., ge=0, le=1)
    dialogue_at: float = Field(..., gt=0, lt=1)
    alone_at: float = Field(..., gt=0, le=1)
    switch_at: float = Field(..., gt=0, lt=1)
    switch_lead_at: float = Field(..., ge=0, lt=1)
    passage_weight: float = Field(..., ge=0, le=1)
    passage_sharpness: float = Field(..., gt=0)
    certainty_high: float = Field(..., gt=0, lt=1)
    certainty_medium: float = Field(..., gt=0, lt=1)
    told_person_outside_factor: float = Field(..., gt=0, le=1)
    bare_denial_words: int = Field(..., gt=0)
    correction_at: float = Field(..., gt=0, lt=1)
    corrected_at: float = Field(..., gt=0, lt=1)
    short_message_words: int = Field(..., gt=0)
    question_words: int = Field(..., gt=0)
    points: int = Field(..., ge=2, le=5)
    points_at_once: int = Field(..., ge=2)
    citations: int = Field(..., ge=3)
    ahead_at: float = Field(..., gt=0, lt=1)
    ahead_by: float = Field(..., gt=0, lt=1)
    steps_of_each: int = Field(..., ge=1)
    bound_share: float = Field(..., gt=0, le=1)
    settled_at: float = Field(..., gt=0, lt=1)
    near_at: float = Field(..., gt=0, lt=1)
    follow_up_distance: float = Field(..., gt=0, lt=1)
    point_distance: float = Field(..., gt=0)
    facet_bonus: float = Field(..., ge=0)
    specific_at: float = Field(..., gt=0)
    at_hand_lead: float = Field(..., ge=0, lt=1)
    new_point_at: float = Field(..., gt=0)
    assumed_below: float = Field(..., ge=0, le=1)
    search_words: int = Field(..., ge=0)
    elsewhere_at: float = Field(..., gt=0, lt=1)
    steps_near: int = Field(..., ge=1)
    choices: int = Field(..., ge=1, le=5)
    choice_points: int = Field(..., ge=0, le=5)
    choice_point_at: float = Field(..., gt=0)
    remembered_offers: int = Field(..., gt=0)
    language_at: float = Field(..., gt=0, lt=1)
    language_words: int = Field(..., gt=0)
    foreign_at: float = Field(..., gt=0, lt=1)
    foreign_words: int = Field(..., gt=0)
    named_source_words: int = Field(..., gt=0)
    samples: int = Field(..., gt=0)
    sample_named_at: float = Field(..., gt=0)
    sample_word_letters: int = Field(..., gt=0)
    sample_distance: float = Field(..., ge=0)
    sample_at_hand: float = Field(..., ge=0)
    sample_of_before: float = Field(..., ge=0)
    sample_seen: float = Field(..., ge=0)
    sample_passage_weight: float = Field(..., ge=0)
    sample_asked_weight: float = Field(..., ge=0)
    need_at: float = Field(..., gt=0, lt=1)
    need_in_conversation_at: float = Field(..., gt=0, lt=1)
    need_told_at: float = Field(..., gt=0, lt=1)
    leaning_need_words: int = Field(..., gt=0)
    need_certain_at: float = Field(..., gt=0, lt=1)
    crisis_matter_words: int = Field(..., gt=0)
    need_in_wish_at: float = Field(..., gt=0, lt=1)
    need_other_kind_at: float = Field(..., gt=0, lt=1)
    need_topic_lead: float = Field(..., ge=0, lt=1)
    need_topic_factor: float = Field(..., ge=1)
    check_at: float = Field(..., gt=0, lt=1)
    check_lead: float = Field(..., ge=1)
    check_reminders: int = Field(..., ge=0)
    draft_words: int = Field(..., gt=0)
    asked_draft_words: int = Field(..., gt=0)
    draft_hashtags: int = Field(..., gt=0)
    max_characters: int = Field(..., gt=0)
    action_timeout_seconds: float = Field(..., gt=0)
    suggested_topics: list[str] = Field(..., min_items=3)
    general_contacts: list[str] = Field(..., min_items=1)
    check_topics: list[str] = Field(..., min_items=1)
    official_topics: list[str]
    disclosure_contacts: list[str] = Field(..., min_items=1)
    topics_without_draft: list[str]
    reportable: list[str]
    writing_contacts: list[str] = Field(..., min_items=1)
    tool_contacts: list[str] = Field(..., min_items=1)
    elsewhere_contacts: dict[str, list[str]]
    opening_topics: list[str] = Field(..., min_items=1)
    platform_topics: dict[str, list[str]]


class _ConversationModel(Strict):
    intents: dict[str, float]
    passages: dict[str, float]
    asked_passages: dict[str, float]


class Settings(Numbers):
    """What `answering.yml`, `improvement.yml`, `conversation_model.yml` and two files of `word_lists` say.

    Attributes:
        words: that say what a message does in a conversation.
        improvement: whether questions that were not answered are asked for.
        drafts: words of pasted texts.
        conversation_weights: of the features in `lotse.answering.conversation_model`, by name.
        passage_weights: of the features in `lotse.answering.new_points.passage_features`, by name.
        asked_passage_weights: of the features in `lotse.answering.asked_passages`, by name.
    """

    words: ConversationWords
    improvement: ImprovementSettings
    drafts: DraftWords
    conversation_weights: dict[str, float]
    passage_weights: dict[str, float]
    asked_passage_weights: dict[str, float]

    @property
    def draft_reader(self) -> DraftReader:
        """Finds pasted texts in messages."""
        return DraftReader(
            words=self.drafts,
            checks=self.words.checks,
            letters=self.words.letters,
            least_words=self.draft_words,
            least_asked_words=self.asked_draft_words,
            least_hashtags=self.draft_hashtags,
        )


def load_settings(data: Path) -> Settings:
    """Read `answering.yml`, `improvement.yml`, `conversation_model.yml`, and two files of `word_lists`.

    Raises:
        ContentError: a number or a list is missing, misspelt or out of range.
    """
    numbers = parse(data / "answering.yml", Numbers)[1]
    model = parse(data / CONVERSATION_MODEL, _ConversationModel)[1]
    return Settings(
        **dict(numbers),
        words=load_words(data),
        improvement=load_improvement(data),
        drafts=load_draft_words(data),
        conversation_weights=model.intents,
        passage_weights=model.passages,
        asked_passage_weights=model.asked_passages,
    )
