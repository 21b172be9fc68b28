"""The input of every function that builds an answer: the question, the content, and the probability of each topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lotse.answering.answer import Certainty, ContactLine, FollowUp, Why
from lotse.answering.probabilities import TOPIC_PREFIX, topic_of
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.model import Guide, Topic
from lotse.content.wording import Wording

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class TurnContext:
    """Everything needed to answer one message.

    Attributes:
        question: the message as it was understood, with the conversation state.
        guide: the guidance, in the language of the conversation.
        settings: thresholds and lengths.
        wording: sentences that are not guidance, in the same language.
        probabilities: by intent, from intent ranking, passage ranking and conversation.
        without_context: the same without the conversation, as if the message were the first.
    """

    question: Question
    guide: Guide
    settings: Settings
    wording: Wording
    probabilities: dict[str, float]
    without_context: dict[str, float]

    @cached_property
    def topics(self) -> Ranking:
        """Topics of the guide with probabilities, best first."""
        return self._topics(self.probabilities)

    @cached_property
    def topics_without_context(self) -> Ranking:
        """The same for the message by itself."""
        return self._topics(self.without_context)

    def topic_at_hand(self) -> Topic | None:
        """The topic that a follow-up refers to: that of the conversation, otherwise a clear one of the message."""
        at_hand = self.question.memory.at_hand
        if at_hand is not None and at_hand in self.guide.topics:
            return self.guide.topics[at_hand]
        if self.topics and self.topics[0][1] >= self.settings.answer_at:
            return self.guide.topics[self.topics[0][0]]
        return None

    def second_topic(self, topic: Topic) -> str | None:
        """Another topic that the message is about, if its probability reaches `second_topic_at`; otherwise None."""
        for name, probability in self.topics:
            if name != topic.topic:
                return name if probability >= self.settings.second_topic_at else None
        return None

    def suggested_topics(self) -> list[str]:
        """The suggested topics of the settings that the guide has; all topics if it has none of them."""
        return [name for name in self.settings.suggested_topics if name in self.guide.topics] or list(self.guide.topics)

    def topic_choice(self, name: str) -> FollowUp:
        """A topic as a choice to pick."""
        return FollowUp(label=self.guide.topics[name].title, payload=f"/{TOPIC_PREFIX}{name}")

    def contacts(self, names: Iterable[str]) -> list[ContactLine]:
        """Contact points by their ids; unknown ids are left out."""
        contacts = [self.guide.contacts[name] for name in names if name in self.guide.contacts]
        return [
            ContactLine(label=item.label, purpose=item.purpose, email=item.email, phone=item.phone, url=item.url)
            for item in contacts
        ]

    def why(self, topic: Topic | None) -> Why:
        """How the message was understood: the topic, its certainty, and the alternatives."""
        others = [name for name, _ in self.topics if topic is None or name != topic.topic][: self.settings.choices]
        best = self.topics[0][1] if self.topics else 0.0
        probability = dict(self.topics).get(topic.topic, 0.0) if topic else best
        certainty: Certainty = "low"
        if probability >= self.settings.certainty_high:
            certainty = "high"
        elif probability >= self.settings.certainty_medium:
            certainty = "medium"
        return Why(
            recognised=topic.title if topic else None,
            certainty=certainty,
            probability=round(probability, 4),
            alternatives=[self.guide.topics[name].title for name in others],
        )

    def _topics(self, probabilities: dict[str, float]) -> Ranking:
        pairs = ((topic_of(name), probability) for name, probability in probabilities.items())
        known = [(topic, probability) for topic, probability in pairs if topic in self.guide.topics and topic]
        return sorted(known, key=lambda pair: -pair[1])
