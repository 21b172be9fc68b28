"""The input of every function that builds an answer: the question, the content, and the probability of each topic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from lotse.answering.answer import Certainty, ContactLine, FollowUp, Why
from lotse.answering.probabilities import TOPIC_PREFIX, concerned_topics, topic_of
from lotse.answering.question import ABOUT, Question
from lotse.answering.settings import Settings
from lotse.checks import Check
from lotse.content.model import Guide, Topic
from lotse.content.wording import Wording

Ranking = list[tuple[str, float]]
# A value of the facet `person`, and the contact point that is that person.
SUPERIOR = "superior"


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
        asked_too: another topic that the message asks about in a question of its own; None if there is none.
        checks: the guided checks by id, in the same language.
    """

    question: Question
    guide: Guide
    settings: Settings
    wording: Wording
    probabilities: dict[str, float]
    without_context: dict[str, float]
    asked_too: str | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)

    @cached_property
    def topics(self) -> Ranking:
        """Topics of the guide with probabilities, best first."""
        return self._topics(self.probabilities)

    @cached_property
    def topics_without_context(self) -> Ranking:
        """The same for the message by itself."""
        return self._topics(self.without_context)

    def topic_at_hand(self) -> Topic | None:
        """The topic that a follow-up refers to: of its button, of the conversation, otherwise a clear one it names.

        After help for somebody in need that no topic followed, it is the first one that concerns the need.
        """
        at_hand = self.question.about or self.question.memory.at_hand
        if at_hand is not None and at_hand in self.guide.topics:
            return self.guide.topics[at_hand]
        concerned = [name for name in concerned_topics(self.question.memory, self.guide) if name in self.guide.topics]
        if concerned:
            return self.guide.topics[concerned[0]]
        if self.topics and self.topics[0][1] >= self.settings.answer_at:
            return self.guide.topics[self.topics[0][0]]
        return None

    def answered_topic(self) -> Topic | None:
        """The topic that a wish about the answer (“kürzer”, “Quelle?”) means: of the last real one.

        Topics that were only offered since have said nothing that could be said shorter.
        """
        answered = self.question.about or self.question.memory.topic
        return self.guide.topics.get(answered or "") or self.topic_at_hand()

    def deed_told(self, topic: str | None) -> bool:
        """Whether the person has told, since this topic came up, that they have done already what it is about."""
        memory = self.question.memory
        return self.question.tells_deed or (memory.deed_told and (memory.choosing or topic == memory.topic))

    def with_fitting_steps(self, topic: Topic) -> Topic:
        """The topic, for who has done it already with the next steps for afterwards, if it has some."""
        if topic.steps_done and self.deed_told(topic.topic):
            return topic.copy(update={"steps": topic.steps_done})
        return topic

    @property
    def clear_topic(self) -> str | None:
        """The topic that the message names by itself, whatever else it wants; None if it names none."""
        topic, probability = self.topics_without_context[0] if self.topics_without_context else (None, 0.0)
        return topic if probability >= self.settings.answer_at else None

    def about_only(self, intents: Mapping[str, float]) -> TurnContext:
        """The same message as if it were about nothing but these topics: probabilities by intent."""
        share = sum(intents.values()) or 1.0
        probabilities = {name: value / share for name, value in intents.items()}
        return replace(self, probabilities=probabilities, without_context=probabilities)

    def second_topic(self, topic: Topic) -> str | None:
        """Another topic that the message asks about, or whose probability reaches `second_topic_at`; otherwise None."""
        if self.asked_too is not None and self.asked_too != topic.topic:
            return self.asked_too
        for name, probability in self.topics:
            if name != topic.topic:
                return name if probability >= self.settings.second_topic_at else None
        return None

    def suggested_topics(self, turn: int = 0) -> list[str]:
        """The suggested topics of the settings that the guide has; all topics if it has none of them.

        Args:
            turn: how often topics were suggested in a row before; each time others come first.
        """
        names = [name for name in self.settings.suggested_topics if name in self.guide.topics] or list(
            self.guide.topics
        )
        first = (turn * self.settings.choices) % len(names)
        return names[first:] + names[:first]

    def topic_choice(self, name: str) -> FollowUp:
        """A topic as a choice to pick."""
        return FollowUp(label=self.guide.topics[name].title, payload=f"/{TOPIC_PREFIX}{name}")

    def move(self, intent: str, topic: Topic | None = None, label: str | None = None, **facets: str) -> FollowUp:
        """A message about the conversation as a choice to pick.

        Args:
            intent: that it stands for; its label is in the wording unless one is given.
            topic: of the answer it stands under, so that it acts on that answer however late it is picked.
            label: key of the label.
            facets: circumstances that picking it tells.
        """
        payload = move_payload(intent, topic.topic if topic else None, **facets)
        return FollowUp(label=self.wording.labels[label or intent], payload=payload)

    @property
    def complained_about(self) -> frozenset[str]:
        """Contact points that a question must not go to, because it is about them."""
        known = [self.question.memory.facets, self.question.facets, self.question.of_others]
        about = any(SUPERIOR in facets.get("person", ()) for facets in known)
        return frozenset({SUPERIOR} if about else ())

    def offices(self, names: Iterable[str]) -> list[str]:
        """The ids of those contact points that a question may go to; the general ones if none of them may."""
        unsuitable = self.complained_about
        known = [name for name in names if name in self.guide.contacts]
        suitable = [name for name in known if name not in unsuitable]
        if suitable or not known:
            return suitable
        return [name for name in self.settings.general_contacts if name not in unsuitable]

    def contacts(self, names: Iterable[str]) -> list[ContactLine]:
        """Contact points by their ids, without unknown ones and those that the question is about."""
        contacts = [self.guide.contacts[name] for name in self.offices(names) if name in self.guide.contacts]
        return [
            ContactLine(
                label=item.label,
                purpose=item.purpose,
                note=item.note,
                email=item.email,
                phone=item.phone,
                url=item.url,
            )
            for item in contacts
        ]

    def why(self, topic: Topic | None) -> Why:
        """How the message was understood: the topic, its certainty, and the alternatives."""
        others = [name for name, _ in self.topics if topic is None or name != topic.topic][: self.settings.choices]
        best = self.topics[0][1] if self.topics else 0.0
        probability = dict(self.topics).get(topic.topic, 0.0) if topic else best
        certainty: Certainty = "low"
        known = self.question.known
        if topic and known and known.topic == topic.topic:
            # The person repeated a question of the guide.
            probability = max(probability, known.similarity)
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


def move_payload(intent: str, topic: str | None, **facets: str) -> str:
    """The payload of a choice that says something about the conversation.

    Args:
        intent: that it stands for.
        topic: id of the topic that it is about; None for none.
        facets: circumstances that picking it tells.
    """
    named = {**facets, **({ABOUT: topic} if topic else {})}
    return f"/{intent}" + (json.dumps(named) if named else "")
