"""Answers to who wants words: sample sentences of the guide for a message or a talk; posts are not written here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lotse.answering.answer import Answer, Point
from lotse.answering.answer_builder import MORE, cites_of, follow_ups, guidance, passage_of
from lotse.answering.offices import TELLING_LETTERS, names_office
from lotse.answering.passages import Citations
from lotse.answering.phrases import Words, holds, words_beside, words_of
from lotse.answering.picks import same_but_inflected
from lotse.answering.probabilities import topic_of
from lotse.answering.refusals import topic_choices
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Guide, Sample, Topic

# A shorter word begins too many others.
_COMPOUND = 5
QUOTATION_MARKS = {"de": ("„", "“"), "en": ("“", "”")}


@dataclass(frozen=True)
class Suited:
    """A sample and how well it suits a wish for words.

    Attributes:
        topic: id of its topic.
        named: how tellingly the wish names what the sample is for; 0 if not at all.
        score: with the passage it rests on and the conversation taken into account.
    """

    sample: Sample
    topic: str
    named: float
    score: float


def no_text(context: TurnContext) -> Answer:
    """What can be had instead of a text of its own: sample sentences, or what to mind in such a text."""
    wording, memory = context.wording, context.question.memory
    suited = suited_samples(context)
    topic = context.guide.topics.get(memory.at_hand or "")
    contacts = context.contacts(context.settings.writing_contacts)
    said, writing = words_of(context.question.text), context.settings.words.writing
    for_the_public = holds(said, writing.posts) and not holds(said, writing.below)
    # In conversation, “ein paar Sätze, die ich ihr schicken kann” names no other topic, whatever it sounds like.
    if not for_the_public and suited and (memory.at_hand or suited[0].named >= context.settings.sample_named_at):
        return _samples(context, suited).copy(update={"contacts": contacts})
    named = context.clear_topic
    if named is not None:
        topics = {name: value for name, value in context.without_context.items() if topic_of(name)}
        return guidance(context.about_only(topics), named, "answered").copy(update={"assumed": wording.writing_matter})
    if topic is None or memory.choosing:
        offers = topic_choices(context, context.settings.check_topics)
        return Answer(outcome="check", short=wording.writing, contacts=contacts, follow_ups=offers)
    if topic.samples:
        return _samples(context, suited).copy(update={"contacts": contacts})
    citations = Citations(context.guide)
    cites = [number for name in topic.rests_on for number in cites_of(context.guide, name, citations)]
    others = [name for name in context.settings.check_topics if name != topic.topic and name in context.guide.topics]
    return Answer(
        outcome="explained",
        topic=topic.topic,
        title=topic.title,
        short=f"{wording.writing} {wording.writing_at_hand.format(short=topic.short)}",
        short_cites=cites,
        citations=citations.all,
        contacts=contacts,
        follow_ups=[
            context.move(MORE, topic),
            context.move("request_person", topic),
            *(context.topic_choice(name) for name in others[: context.settings.choices - 1]),
        ],
    )


def words_to_send(context: TurnContext) -> Answer | None:
    """What the person can write or say, in words of the guide; None if nothing suits the wish."""
    suited = suited_samples(context)
    return _samples(context, suited) if suited else None


def names_a_sample(context: TurnContext) -> bool:
    """Whether a wish for words names what a sample is for."""
    suited = suited_samples(context)
    return bool(suited) and suited[0].named >= context.settings.sample_named_at


def suits_well(context: TurnContext) -> bool:
    """Whether a question for words is none that a topic answers: it names what a sample is for, or no other topic."""
    suited = suited_samples(context)
    if not suited:
        return False
    named = suited[0].named >= context.settings.sample_named_at
    clear, at_hand = context.clear_topic, context.question.memory.at_hand
    if clear is None or clear == at_hand:
        return named or at_hand is not None
    return named and suited[0].topic == clear


def suited_samples(context: TurnContext) -> list[Suited]:
    """The samples that suit what the message names and what the conversation is about, the best first.

    If the message names what they are for, they are few; otherwise those of the topic at hand.
    """
    memory, guide, settings = context.question.memory, context.guide, context.settings
    named, weights = _named_in(context), _telling(guide)
    found = [
        _suited(context, sample, topic, named, weights) for topic in guide.topics.values() for sample in topic.samples
    ]
    at_hand = [one for one in found if one.topic == memory.at_hand]
    telling = [one for one in found if one.named >= settings.sample_named_at]
    if not telling:
        return sorted(at_hand, key=lambda one: -one.score)[: settings.points]
    best = max(telling, key=lambda one: one.score)
    near = [one for one in telling if one.score >= best.score - settings.sample_distance]
    return sorted(near, key=lambda one: -one.score)[: settings.samples]


def _suited(
    context: TurnContext, sample: Sample, topic: Topic, named: frozenset[str], weights: dict[str, float]
) -> Suited:
    memory, settings = context.question.memory, context.settings
    occasion = _telling_words(sample.occasion, context.guide.language, context.settings.sample_word_letters)
    goes_on = memory.at_hand is None or topic.topic in (memory.at_hand, *_before(context))
    telling = _tells(occasion, named if goes_on else _matters(context, named), weights)
    passage = context.question.passages_of_both.get(sample.passage, 0.0)
    score = telling + settings.sample_passage_weight * passage
    score += settings.sample_asked_weight * _tells(occasion, _asked_before(context), weights)
    if topic.topic in (memory.at_hand, context.clear_topic):
        score += settings.sample_at_hand
    elif topic.topic in _before(context):
        score += settings.sample_of_before
    if sample.passage in memory.shown:
        score += settings.sample_at_hand / (1 + memory.shown.index(sample.passage))
    elif sample.passage in memory.seen:
        score += settings.sample_seen
    return Suited(sample, topic.topic, telling, score)


def _tells(occasion: Words, named: Iterable[str], weights: dict[str, float]) -> float:
    """How tellingly words name an occasion: “Eltern” is in “Elterngruppe” as well."""
    return sum(max((weights[part] for part in occasion if _is_in(word, part)), default=0.0) for word in named)


def _is_in(word: str, part: str) -> bool:
    return same_but_inflected(word, part) or (len(word) >= _COMPOUND and part.startswith(word))


def _matters(context: TurnContext, named: Iterable[str]) -> frozenset[str]:
    """What a wish names but the way and the recipient: “eine Nachricht für die WhatsApp-Gruppe wegen der Fotos”."""
    writing = context.settings.words.writing
    offices = {word for contact in context.guide.contacts.values() for word in words_of(contact.label)}
    told = [*writing.media, *writing.recipients]
    return frozenset(word for word in named if word not in offices and not holds((word,), told))


def _asked_before(context: TurnContext) -> frozenset[str]:
    """The words of the last question and of what was added to it."""
    return frozenset(word for text in context.question.memory.asked for word in words_of(text))


def _before(context: TurnContext) -> Iterable[str]:
    """Ids of the topics that the conversation was about before, and those that concern a need that was told."""
    memory = context.question.memory
    helps = context.guide.help.get(memory.need or "")
    return [*(helps.topics or () if helps else ()), *memory.earlier_topics]


@cache
def _telling_words(occasion: str, language: str, letters: int) -> Words:
    """The words of an occasion that say what it is about: its longer words, in German its nouns as well.

    “Firma absagen, weil ich die Werbung nicht machen darf” is about “Firma”, “absagen” and “Werbung”.
    """
    nouns = language == "de"
    return tuple(
        word
        for written in occasion.split()
        for word in words_of(written)
        if len(word) >= letters or (nouns and written.lstrip("„“(")[:1].isupper())
    )


def _telling(guide: Guide) -> dict[str, float]:
    """How telling each word of the occasions is: the fewer have it, the more."""
    occasions = [frozenset(words_of(sample.occasion)) for topic in guide.topics.values() for sample in topic.samples]
    counted: dict[str, int] = {}
    for words in occasions:
        for word in words:
            counted[word] = counted.get(word, 0) + 1
    return {word: math.log(1 + len(occasions) / count) for word, count in counted.items()}


def _named_in(context: TurnContext) -> frozenset[str]:
    """What a wish for words names: its long words but those of the wish itself, and offices by their labels."""
    said, words = words_of(context.question.text), context.settings.words
    wish = [*words.writing.verbs, *words.writing.commands, *words.what_to_write.around]
    wish += [*words.wording.around, *words.points.lists]
    offices = [name for name in context.guide.contacts if names_office(context, name, said)]
    labels = [word for name in offices for word in words_of(context.guide.contacts[name].label)]
    return frozenset(
        [
            *words_beside(said, wish),
            *(word for word in labels if len(word) >= TELLING_LETTERS),
        ]
    )


def _samples(context: TurnContext, suited: list[Suited]) -> Answer:
    topic = context.guide.topics[suited[0].topic]
    opening, closing = QUOTATION_MARKS.get(context.guide.language, QUOTATION_MARKS["en"])
    citations = Citations(context.guide)
    points = [
        Point(
            title=one.sample.occasion,
            text=f"{opening}{one.sample.text}{closing}",
            cites=cites_of(context.guide, one.sample.passage, citations),
            language=passage_of(context.guide, one.sample.passage).language,
        )
        for one in suited
    ]
    return Answer(
        outcome="explained",
        topic=topic.topic,
        title=topic.title,
        short=context.wording.samples,
        points=points,
        citations=citations.all,
        follow_ups=follow_ups(context, topic, []),
        why=context.why(topic),
    )
