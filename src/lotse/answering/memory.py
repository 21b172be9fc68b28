"""The state of a conversation that is kept between turns."""

from __future__ import annotations

import logging

from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)

# Circumstances of the person or the account stay true for the whole conversation; the others belong to one question.
LASTING_FACETS = frozenset({"status", "platform"})


class Offer(BaseModel):
    """A choice the assistant has offered in this conversation."""

    label: str
    payload: str


class Memory(BaseModel):
    """State of a conversation. It holds no name, and of the person's texts only the last question, masked.

    Attributes:
        topic: the topic of the last answer.
        earlier_topics: topics before that, latest first.
        facets: circumstances known so far: values by facet.
        shown: ids of the passages of the last answer.
        offered: the choices of the last answers, latest answer first.
        listed: how many of `offered` belong to the last answer and can be picked by number.
        alternatives: other topics the last question could have meant, the most likely first; after choices, those
            offered.
        asked: the last question to the guide and what was added to it, for handing it over to a person.
        unanswered: how many turns in a row ended in a refusal or in choices.
        choosing: whether the last answer offered topics to choose from.
        noticed: whether the notice that this is no legal advice has been given.
        language: ISO 639-1 code of the conversation, None until a message had one.
        language_chosen: whether the person requested it; then messages in another language do not change it.
    """

    topic: str | None = None
    earlier_topics: list[str] = Field(default_factory=list)
    facets: dict[str, list[str]] = Field(default_factory=dict)
    shown: list[str] = Field(default_factory=list)
    offered: list[Offer] = Field(default_factory=list)
    listed: int = 0
    alternatives: list[str] = Field(default_factory=list)
    asked: list[str] = Field(default_factory=list)
    unanswered: int = 0
    choosing: bool = False
    noticed: bool = False
    language: str | None = None
    language_chosen: bool = False

    @staticmethod
    def read(value: object) -> Memory:
        """The state stored in Rasa's slot; an empty state if the slot holds nothing valid."""
        try:
            return Memory.parse_obj(value or {})
        except (ValueError, TypeError):
            logger.error("The memory of a conversation is unreadable; it starts with an empty one.")
            return Memory()

    @property
    def at_hand(self) -> str | None:
        """The topic that a follow-up refers to: of the last answer, or the most likely of the choices offered since."""
        return self.alternatives[0] if self.choosing and self.alternatives else self.topic

    @property
    def status(self) -> str | None:
        """The person's status, if they have told it."""
        values = self.facets.get("status")
        return values[0] if values else None
