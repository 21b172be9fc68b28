"""The guide in another language: translated texts replace the German ones; rules, citations and dates stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from pydantic import Field

from lotse.content.consistency import check_plain, check_sentences
from lotse.content.model import (
    TOPIC_PATTERN,
    Contact,
    Facet,
    Guide,
    Passage,
    Source,
    Status,
    Strict,
    Topic,
    one_sentence_a_line,
)
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _, day

ORIGINAL = "de"
Entry = TypeVar("Entry", Contact, Source)


class PassageTranslation(Strict):
    """The texts of one passage."""

    title: str = Field(..., min_length=3, max_length=70)
    text: str = Field(..., min_length=20, max_length=420)
    short: str | None = Field(None, max_length=240, description="exactly where the German passage has one")
    plain: str | None = Field(
        None, min_length=40, max_length=700, description="exactly where the German passage has one"
    )
    by_status: dict[Status, str] = Field(default_factory=dict, description="exactly the German passage's statuses")
    questions: list[str] = Field(..., min_items=2)
    phrasings: list[str] = Field(default_factory=list, description="as in the German passage; any number")
    follow_ups: list[str] = Field(default_factory=list, description="as in the German passage; any number")

    _lines = one_sentence_a_line()


class SampleTranslation(Strict):
    """The texts of words that a person can send or say."""

    occasion: str = Field(..., min_length=5, max_length=70)
    text: str = Field(..., min_length=20, max_length=280)


class TopicTranslation(Strict):
    """The texts of one topic; everything else is the German topic's."""

    topic: str = Field(..., regex=TOPIC_PATTERN)
    translated: date = Field(..., description="the day it was last compared with the German text")
    title: str = Field(..., min_length=10, max_length=90)
    label: str = Field(..., min_length=3, max_length=40)
    short: str = Field(..., min_length=20, max_length=300)
    brief: str | None = Field(None, min_length=5, max_length=140, description="exactly where the German topic has one")
    steps: list[str] = Field(default_factory=list, max_items=3, description="in the order of the German steps")
    steps_done: list[str] = Field(default_factory=list, max_items=3, description="in the order of the German ones")
    plain: str = Field(..., min_length=40, max_length=700)
    why: str = Field(..., min_length=20, max_length=420)
    examples: list[str] = Field(..., min_items=1, description="in the order of the German examples")
    samples: list[SampleTranslation] = Field(default_factory=list, description="in the order of the German samples")
    passages: dict[str, PassageTranslation] = Field(..., description="by passage id")

    _lines = one_sentence_a_line()


def translate(guide: Guide, translations: Mapping[str, TopicTranslation], language: str) -> Guide:
    """The guide with its texts in another language.

    A topic or passage without a translation stays German and is marked as German (`Passage.language`): a statement in
    the wrong language is better than none. House rules are applied afterwards, so that they apply in every language.

    Args:
        guide: the German guide.
        translations: by topic id.
        language: ISO 639-1 code.
    """
    topics = {
        name: _topic(topic, translations[name]) if name in translations else topic
        for name, topic in guide.topics.items()
    }
    of_topic = {
        name: tuple(_passage(passage, translations.get(name), language) for passage in passages)
        for name, passages in guide.of_topic.items()
    }
    return Guide(
        language=language,
        topics=topics,
        passages={passage.id: passage for passages in of_topic.values() for passage in passages},
        sources={name: _entry(source, language) for name, source in guide.sources.items()},
        norms=guide.norms,
        contacts={name: _entry(contact, language) for name, contact in guide.contacts.items()},
        facets={name: _facet(facet, language) for name, facet in guide.facets.items()},
        of_topic=of_topic,
    )


def check_translations(guide: Guide, files: Iterable[tuple[YamlFile, TopicTranslation]]) -> Iterator[Problem]:
    """Problems of translations: missing or superfluous parts, or a text older than the German one.

    Args:
        guide: the German guide, before house rules are applied.
        files: the translations of one language.
    """
    files, known = list(files), set()
    for file, translation in files:
        known.add(translation.topic)
        topic = guide.topics.get(translation.topic)
        if topic is None or file.path.stem != translation.topic:
            message = (
                _("There is no topic “{topic}” in German.").format(topic=translation.topic)
                if topic is None
                else _("The topic “{topic}” is in a file with another name.").format(topic=translation.topic)
            )
            yield file.problem(("topic",), message, _("give an existing topic and name the file after it"))
            continue
        yield from _check_topic(file, translation, topic)
    folder = next((file.path.parent for file, _own in files), None)
    for name in sorted(set(guide.topics) - known):
        if folder is not None:
            message = _("The topic “{name}” is not translated; the assistant answers in German here.").format(name=name)
            yield Problem("warning", folder, 1, "", message, _("add {name}.yml").format(name=name))


def _check_topic(file: YamlFile, translation: TopicTranslation, topic: Topic) -> Iterator[Problem]:
    if len(translation.examples) != len(topic.examples):
        message = _("Number of examples: {here} here, {original} in German.").format(
            here=len(translation.examples), original=len(topic.examples)
        )
        yield file.problem(("examples",), message, _("translate every example, in the same order"))
    if len(translation.samples) != len(topic.samples):
        message = _("Number of samples: {here} here, {original} in German.").format(
            here=len(translation.samples), original=len(topic.samples)
        )
        yield file.problem(("samples",), message, _("translate every sample, in the same order"))
    for name in ("steps", "steps_done"):
        own_steps, german_steps = getattr(translation, name), getattr(topic, name)
        if len(own_steps) != len(german_steps):
            message = _("Number of steps: {here} here, {original} in German.").format(
                here=len(own_steps), original=len(german_steps)
            )
            yield file.problem((name,), message, _("translate every step, in the same order"))
    if (translation.brief is None) != (topic.brief is None):
        yield file.problem(("brief",), _("`brief` is in one of the two languages only."), _("give both or none"))
    german = {passage.id: passage for passage in topic.passages}
    for name in sorted(set(german) - set(translation.passages)):
        yield file.problem(
            ("passages",), _("The passage “{name}” is not translated.").format(name=name), _("add the translation")
        )
    for name, own in translation.passages.items():
        at: FieldPath = ("passages", name)
        if name not in german:
            yield file.problem(
                at, _("There is no passage “{name}” in German.").format(name=name), _("check or remove the id")
            )
            continue
        passage = german[name]
        if own.short is None and passage.short is not None:
            yield file.problem((*at, "short"), _("`short` is missing; the German passage has it."), _("add the field"))
        if own.short is not None and passage.short is None:
            yield file.problem(
                (*at, "short"), _("`short` is superfluous; the German passage has none."), _("remove the field")
            )
        if (own.plain is None) != (passage.plain is None):
            message = _("`plain` is in one of the two languages only.")
            yield file.problem((*at, "plain"), message, _("give both or none"))
        if own.plain is not None:
            yield from check_plain(file, own.plain, (*at, "plain"))
        if set(own.by_status) != set(passage.by_status):
            named = ", ".join(sorted(passage.by_status))
            remedy = _("give exactly these: {known}").format(known=named) if named else _("leave out `by_status`")
            yield file.problem((*at, "by_status"), _("The additions by status are not the same as in German."), remedy)
        if translation.translated < passage.reviewed:
            message = _("The German passage “{name}” was reviewed later, on {day}.").format(
                name=name, day=day(passage.reviewed)
            )
            remedy = _("compare it with the German text, then update `translated`")
            yield file.problem(("translated",), message, remedy, warning=True)
        yield from check_sentences(file, own.text, (*at, "text"))
    yield from check_plain(file, translation.plain, ("plain",))


def _topic(topic: Topic, own: TopicTranslation) -> Topic:
    why = topic.why.copy(update={"text": own.why})
    examples = [
        example.copy(update={"text": text}) for example, text in zip(topic.examples, own.examples, strict=False)
    ]
    steps = {
        name: [
            step.copy(update={"text": text})
            for step, text in zip(getattr(topic, name), getattr(own, name), strict=False)
        ]
        for name in ("steps", "steps_done")
    }
    samples = [
        sample.copy(update={"occasion": words.occasion, "text": words.text})
        for sample, words in zip(topic.samples, own.samples, strict=False)
    ]
    texts = {"title": own.title, "label": own.label, "short": own.short, "brief": own.brief, "plain": own.plain}
    return topic.copy(update={**texts, **steps, "why": why, "examples": examples, "samples": samples})


def _passage(passage: Passage, topic: TopicTranslation | None, language: str) -> Passage:
    own = topic.passages.get(passage.id) if topic else None
    if own is None:
        return passage
    variants = {
        status: variant.copy(update={"text": own.by_status.get(status, variant.text)})
        for status, variant in passage.by_status.items()
    }
    texts = {"title": own.title, "text": own.text, "short": own.short, "plain": own.plain}
    asked = {"questions": own.questions, "phrasings": own.phrasings, "follow_ups": own.follow_ups}
    return passage.copy(update={**texts, **asked, "by_status": variants, "language": language})


def _entry(entry: Entry, language: str) -> Entry:
    own = entry.translations.get(language)
    return entry.copy(update=own.dict(exclude_none=True)) if own else entry


def _facet(facet: Facet, language: str) -> Facet:
    values = {
        name: value.copy(update={"label": value.translations.get(language, value.label)})
        for name, value in facet.values.items()
    }
    assumed = facet.assumed
    if assumed is not None:
        assumed = assumed.copy(update={"text": assumed.translations.get(language, assumed.text)})
    return facet.copy(update={"values": values, "assumed": assumed})
