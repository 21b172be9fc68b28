"""How each outcome becomes an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lotse.answering.answer import Answer, Certainty, ContactLine, FollowUp, Handover, Outcome, Point, Why
from lotse.answering.handover_draft import hand_over
from lotse.answering.passages import Citations, Fit, choose, fitting, points_of
from lotse.answering.probabilities import TOPIC_PREFIX, topic_of
from lotse.answering.question import Question
from lotse.answering.settings import Settings, Wording
from lotse.content.model import Example, Guide, Passage, Topic

MIN_POINTS = 2


@dataclass(frozen=True)
class Desk:
    """Everything needed to answer one message.

    Attributes:
        weighed: probability of every intent after intents, passages and the conversation have been heard.
        alone: the same before the conversation was heard, as if the message were the first.
    """

    question: Question
    guide: Guide
    settings: Settings
    wording: Wording
    weighed: dict[str, float]
    alone: dict[str, float]

    def topics(self) -> list[tuple[str, float]]:
        """Topics of the guide with probabilities, best first."""
        return self._ranking

    def topics_alone(self) -> list[tuple[str, float]]:
        """The same for the message alone."""
        return self._topics(self.alone)

    @cached_property
    def _ranking(self) -> list[tuple[str, float]]:
        return self._topics(self.weighed)

    def _topics(self, weighed: dict[str, float]) -> list[tuple[str, float]]:
        pairs = ((topic_of(name), probability) for name, probability in weighed.items())
        known = [(topic, probability) for topic, probability in pairs if topic in self.guide.topics and topic]
        return sorted(known, key=lambda pair: -pair[1])

    # --- guidance ---------------------------------------------------------------------------------------------------

    def answer(self, topic_id: str | None, outcome: Outcome) -> Answer:
        """The guidance of one topic, the passages that fit this very question first."""
        topic = self.guide.topics[topic_id or ""]
        memory = self.question.memory
        facets = memory.facets if outcome == "refined" or topic.topic == memory.topic else self._own_facets()
        foundations = [self._passage(topic, name).id for name in topic.rests_on]
        fits = fitting(self.guide, topic.topic, self.question.passages, facets, self._heard(), self.settings)
        if self.question.picked and topic.topic != memory.topic:
            # A picked topic has no words of its own: its general passages come first, as the editors ordered them.
            fits = [Fit(fit.passage, 0.0, False) for fit in fits]
            fits.sort(key=lambda fit: fit.passage.id not in foundations)
        chosen = choose(fits, foundations, self.settings)
        specific = self._specific(chosen)
        carriers = [specific.id] if specific else topic.rests_on
        while True:
            citations = Citations(self.guide)
            points = points_of(chosen, memory.status, self.guide, citations)
            short_cites = [number for name in carriers for number in self._cites_of(topic, name, citations)]
            if len(citations.all) <= self.settings.citations or len(chosen) <= MIN_POINTS:
                break
            # More than a reader can check, and more than some clients show: the passage that fits least goes.
            chosen = [*chosen[:-2], chosen[-1]] if chosen[-1].passage.id in carriers else chosen[:-1]
        verdict = specific.verdict if specific and specific.verdict else topic.verdict
        status_known = any(point.status for point in points) and memory.status
        return Answer(
            outcome=outcome,
            topic=topic.topic,
            title=topic.title,
            verdict=verdict,
            verdict_label=self.wording.verdicts[verdict],
            short=specific.short if specific and specific.short else topic.short,
            short_cites=short_cites,
            points=points,
            citations=citations.all,
            follow_ups=self._follow_ups(topic, points),
            contacts=self._contacts(topic.contacts),
            addressed=self.wording.addressed.format(status=self.guide.status_label(memory.status))
            if status_known and memory.status
            else None,
            notice=self._notices(topic, chosen, points),
            why=self._why(topic),
        )

    def about_the_answer(self, intent: str) -> Answer:
        """Sources, reason, plain words or an example for the topic at hand."""
        topic = self._topic_at_hand()
        if topic is None:
            return self.choices([], self.wording.no_topic)
        if intent == "request_example" and not topic.examples:
            # A rule of the house has replaced what they were examples of.
            intent = "request_simpler"
        citations = Citations(self.guide)
        outcome: Outcome = "explained"
        points: list[Point] = []
        short_cites: list[int] = []
        if intent == "request_sources":
            outcome, short = "sources", self.wording.sources.format(title=topic.title)
            shown = [self.guide.passages[name] for name in self.question.memory.shown if name in self.guide.passages]
            fits = [Fit(passage, 0.0, False) for passage in shown if passage.topic == topic.topic]
            fits = fits or [Fit(self._passage(topic, name), 0.0, False) for name in topic.rests_on]
            points = points_of(fits, self.question.memory.status, self.guide, citations)
        elif intent == "request_reason":
            short = self.wording.reason.format(title=topic.title)
            passage = self._passage(topic, topic.rests_on[0])
            numbers = citations.add(passage.id, topic.why.cites, topic.why.text)
            points = [Point(text=topic.why.text, cites=numbers, language=passage.language)]
        elif intent == "request_simpler":
            short = topic.plain
            short_cites = [number for name in topic.rests_on for number in self._cites_of(topic, name, citations)]
        else:
            short = self.wording.example.format(title=topic.title)
            for example in self._examples(topic):
                passage = self._passage(topic, example.passage)
                numbers = citations.add(passage.id, passage.cites, passage.text)
                text = f"{example.text} ({self.wording.verdicts[example.verdict]})"
                points.append(Point(text=text, cites=numbers, level=passage.level, language=passage.language))
        return Answer(
            outcome=outcome,
            topic=topic.topic,
            title=topic.title,
            short=short,
            short_cites=short_cites,
            points=points,
            citations=citations.all,
            follow_ups=self._follow_ups(topic, [], leave_out=intent),
            why=self._why(topic),
        )

    def handed_over(self) -> Answer:
        """The offices to turn to."""
        topic = self._topic_at_hand()
        if topic is None:
            names = self.settings.general_contacts
            return Answer(
                outcome="handed_over",
                short=self.wording.handed_over_general,
                contacts=self._contacts(names),
                handover=self._handover(names, None),
            )
        return Answer(
            outcome="handed_over",
            topic=topic.topic,
            title=topic.title,
            short=self.wording.handed_over.format(title=topic.title),
            contacts=self._contacts(topic.contacts),
            handover=self._handover(topic.contacts, topic),
            follow_ups=self._follow_ups(topic, [], leave_out="request_person"),
        )

    # --- not answered -----------------------------------------------------------------------------------------------

    def unsure(self) -> Answer:
        """Up to three topics to choose from; the second time in a row with the offices to turn to."""
        ranking = [topic for topic, probability in self.topics() if probability >= self.settings.choice_at]
        if self.question.memory.unanswered >= 2 or (self.question.memory.unanswered and not ranking):
            return self.refused()
        text = self.wording.choices_again if self.question.memory.unanswered else self.wording.choices
        answer = self.choices(ranking or [topic for topic, _ in self.topics()], text)
        if self.question.memory.unanswered:
            return answer.copy(update={"contacts": self._contacts(self.settings.general_contacts)})
        return answer

    def choices(self, topics: Iterable[str], text: str) -> Answer:
        """Topics to pick from; the commonest ones where nothing better is known. Never a third time in a row."""
        if self.question.memory.unanswered >= 2:
            return self.refused()
        names = [name for name in dict.fromkeys(topics) if name in self.guide.topics] or self._starters()
        offers = [self._topic_offer(name) for name in names[: self.settings.choices]]
        return Answer(outcome="choices", short=text, follow_ups=offers, why=self._why(None))

    def ask_back(self) -> Answer:
        """A message that opens something without naming it: what may be meant, to pick from."""
        memory, topic = self.question.memory, self._topic_at_hand()
        related = topic.related if topic else []
        return self.choices([*memory.alternatives, *related, *memory.earlier_topics], self.wording.ask_back)

    def introduced(self) -> Answer:
        """The person has said who they are, but asked nothing yet."""
        if self.question.memory.status not in self.guide.facets["status"].values:
            return self.unsure()
        status = self.guide.status_label(self.question.memory.status)
        return self.choices([], self.wording.introduced.format(status=status))

    def refused(self) -> Answer:
        """Outside the guide: says so, says what it can do, never twice in a row with the same words."""
        turn = self.question.memory.unanswered
        texts = self.wording.refused
        contacts = self._contacts(self.settings.general_contacts) if turn else []
        starters = self._starters()
        first = (turn * self.settings.choices) % len(starters)
        offered = (starters + starters)[first : first + self.settings.choices]
        return Answer(
            outcome="refused",
            short=texts[turn % len(texts)],
            contacts=contacts,
            follow_ups=[self._topic_offer(name) for name in offered],
            why=self._why(None),
        )

    def foreign(self, language: str, sentence: str) -> Answer:
        """Written in a language the guide does not speak: says so in that language."""
        return Answer(outcome="refused", language=language, short=sentence)

    def switched(self) -> Answer:
        """The language has been changed: the last answer again, or a word that it worked."""
        at_hand = self.question.memory.at_hand
        if at_hand in self.guide.topics:
            return self.answer(at_hand, "refined")
        return Answer(outcome="smalltalk", short=self.wording.language_switched)

    def problem(self, kind: str) -> Answer:
        """A message that could not be read at all."""
        text = self.wording.problems[kind].format(limit=self.settings.max_characters)
        return Answer(outcome="error", short=text)

    # --- conversation -----------------------------------------------------------------------------------------------

    def smalltalk(self, intent: str) -> Answer:
        """A friendly word, and what one can ask."""
        text = self.wording.smalltalk.get(intent, self.wording.smalltalk["smalltalk"])
        offers = intent in ("greet", "capabilities", "bot_challenge", "smalltalk")
        follow_ups = [self._topic_offer(name) for name in self._starters()[: self.settings.choices]] if offers else []
        return Answer(outcome="smalltalk", short=text, follow_ups=follow_ups)

    def forgotten(self) -> Answer:
        """The conversation is erased."""
        return Answer(outcome="forgotten", short=self.wording.forgotten)

    def offer_to_forget(self) -> Answer:
        """Perhaps a wish to be forgotten: asks before anything is deleted."""
        labels = self.wording.labels
        offers = [FollowUp(label=labels["forget_me"], payload="/forget_me")]
        topic = self._topic_at_hand()
        return Answer(
            outcome="choices",
            short=self.wording.forget_or_not,
            follow_ups=offers + ([self._topic_offer(topic.topic)] if topic else []),
        )

    def check(self) -> Answer:
        """What to look at before posting, as topics to pick."""
        names = [name for name in self.settings.check_topics if name in self.guide.topics]
        return Answer(outcome="check", short=self.wording.check, follow_ups=[self._topic_offer(name) for name in names])

    def _starters(self) -> list[str]:
        """Topics to begin with; in a guide of its own an authority may have others."""
        return [name for name in self.settings.starters if name in self.guide.topics] or list(self.guide.topics)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _own_facets(self) -> dict[str, list[str]]:
        own = {facet: list(values) for facet, values in self.question.facets.items()}
        for facet in ("status", "platform"):
            if facet in self.question.memory.facets:
                own.setdefault(facet, self.question.memory.facets[facet])
        return own

    def _heard(self) -> frozenset[str]:
        """Circumstances the passage ranking has already counted: those of the message itself."""
        return frozenset(self.question.facets if self.question.passages else ())

    def _specific(self, chosen: list[Fit]) -> Passage | None:
        """The first passage, if it fits so well that its own verdict is the answer to this case."""
        if not chosen or chosen[0].passage.verdict is None:
            return None
        sure = chosen[0].score >= self.settings.specific_at or chosen[0].matched
        return chosen[0].passage if sure and not self.question.picked else None

    def _passage(self, topic: Topic, name: str) -> Passage:
        """A passage by id; where a house rule has replaced it, the rule."""
        if name in self.guide.passages:
            return self.guide.passages[name]
        return next(passage for passage in self.guide.of_topic[topic.topic] if passage.overrides == name)

    def _cites_of(self, topic: Topic, name: str, citations: Citations) -> list[int]:
        """The numbers of a passage's own citations, added if no point has brought them."""
        passage = self._passage(topic, name)
        shown = [item.n for item in citations.all if item.passage == passage.id and item.excerpt == passage.text]
        return shown or citations.add(passage.id, passage.cites, passage.text)

    def _examples(self, topic: Topic) -> list[Example]:
        shown = set(self.question.memory.shown)
        ordered = sorted(topic.examples, key=lambda example: example.passage not in shown)
        return list(ordered[:2])

    def _topic_at_hand(self) -> Topic | None:
        at_hand = self.question.memory.at_hand
        if at_hand is not None and at_hand in self.guide.topics:
            return self.guide.topics[at_hand]
        ranking = self.topics()
        if ranking and ranking[0][1] >= self.settings.answer_at:
            return self.guide.topics[ranking[0][0]]
        return None

    def _second_topic(self, topic: Topic) -> str | None:
        for name, probability in self.topics():
            if name != topic.topic:
                return name if probability >= self.settings.second_topic_at else None
        return None

    def _follow_ups(self, topic: Topic, points: list[Point], leave_out: str = "") -> list[FollowUp]:
        labels = self.wording.labels
        follow_ups: list[FollowUp] = []
        second = self._second_topic(topic) if points else None
        if second:
            follow_ups.append(self._topic_offer(second))
        if any(point.status for point in points) and not self.question.memory.status:
            for status in ("beamte", "tarif"):
                follow_ups.append(
                    FollowUp(label=labels[f"status_{status}"], payload=f'/refine{{"status": "{status}"}}')
                )
        for intent in ("request_simpler", "request_example", "request_person"):
            if intent != leave_out:
                follow_ups.append(FollowUp(label=labels[intent], payload=f"/{intent}"))
        related = [name for name in topic.related if name != second and name in self.guide.topics]
        return follow_ups + [self._topic_offer(name) for name in related[:2]]

    def _topic_offer(self, name: str) -> FollowUp:
        return FollowUp(label=self.guide.topics[name].title, payload=f"/{TOPIC_PREFIX}{name}")

    def _contacts(self, names: Iterable[str]) -> list[ContactLine]:
        contacts = [self.guide.contacts[name] for name in names if name in self.guide.contacts]
        return [
            ContactLine(label=item.label, purpose=item.purpose, email=item.email, phone=item.phone, url=item.url)
            for item in contacts
        ]

    def _handover(self, names: Iterable[str], topic: Topic | None) -> Handover:
        """The draft of a question to one of these offices."""
        memory, wording = self.question.memory, self.wording.handover
        # After a refusal or choices the topic at hand is not what was asked.
        known = topic is not None and not memory.unanswered
        subject = wording.subject.format(title=topic.title) if topic and known else wording.subject_general
        return hand_over(self.guide.contacts, names, "\n".join(memory.asked), subject)

    def _notices(self, topic: Topic, chosen: list[Fit], points: list[Point]) -> str | None:
        parts = []
        second = self._second_topic(topic)
        if second:
            parts.append(self.wording.also.format(title=self.guide.topics[second].title))
        if any(point.status for point in points) and not self.question.memory.status:
            parts.append(self.wording.ask_status)
        certainties = {fit.passage.certainty for fit in chosen}
        parts += [self.wording.certainty[name] for name in ("disputed", "uncertain") if name in certainties]
        if any(fit.passage.review_by < self.question.today for fit in chosen):
            parts.append(self.wording.overdue)
        return " ".join(parts) or None

    def _why(self, topic: Topic | None) -> Why:
        ranking = self.topics()
        others = [name for name, _ in ranking if topic is None or name != topic.topic][: self.settings.choices]
        probability = dict(ranking).get(topic.topic, 0.0) if topic else (ranking[0][1] if ranking else 0.0)
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
