"""What must hold between the parts of a guide, beyond the form of each file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from lotse.guide.model import Cite, Guide, HouseRules, Passage, Topic
from lotse.guide.problems import Problem
from lotse.guide.yaml_file import FieldPath, YamlFile

MAX_SENTENCES = 3
MAX_PLAIN_WORDS = 12
# “Tarifbeschäftigte” is the longest word that plain texts here cannot do without.
MAX_PLAIN_LETTERS = 17
REVIEW_NOTICE = timedelta(days=60)

# A full stop ends a sentence only before a space and a capital; “Abs. 1”, “z. B. Fotos” and “2 AZR” do not end one.
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÄÖÜ„“»])")
_ABBREVIATIONS = re.compile(
    r"\b(?:z|u|d|i|o|bzw|Abs|Art|Nr|Az|Satz|lit|vgl|ggf|usw|etc|Dr|Prof|ca|evtl|S|B|a|h|V|m|v|St)\.$"
)


def check_guide(guide: Guide, files: Iterable[tuple[YamlFile, Topic]], today: date) -> list[Problem]:
    """Everything that is wrong or due in the topics of a guide."""
    problems: list[Problem] = []
    seen: dict[str, YamlFile] = {}
    for file, topic in files:
        problems += _check_topic(guide, file, topic)
        for index, passage in enumerate(topic.passages):
            at: FieldPath = ("passages", index)
            if passage.id in seen:
                message = f"passage id “{passage.id}” is used twice, also in {seen[passage.id].path.name}"
                problems.append(file.problem((*at, "id"), message, "give each passage its own id"))
            seen[passage.id] = file
            if passage.topic != topic.topic:
                message = f"passage id “{passage.id}” does not begin with the topic"
                problems.append(file.problem((*at, "id"), message, f"begin it with “{topic.topic}.”"))
            if passage.level != "guide":
                message = "only a rule in data/house/rules speaks for the house"
                problems.append(file.problem((*at, "level"), message, "leave `level` out"))
            if passage.overrides:
                message = "only a house rule overrides a passage"
                problems.append(file.problem((*at, "overrides"), message, "move it to data/house/rules"))
            problems += check_passage(guide, file, passage, at, today)
    return problems


def check_house_rules(
    guide: Guide, files: Iterable[tuple[YamlFile, HouseRules]], topics: Collection[Topic], today: date
) -> list[Problem]:
    """Everything that is wrong in an authority's own rules.

    Args:
        guide: the guide with the rules already laid over.
        files: the house rule files.
        topics: the guide's own topics, before anything was overridden.
        today: the day reviews are measured against.
    """
    problems: list[Problem] = []
    files = list(files)
    foundations = {topic.topic: topic.rests_on for topic in topics}
    passages = {passage.id for topic in topics for passage in topic.passages}
    everything = [passage for _, rules in files for passage in rules.passages]
    counts = Counter(passage.id for passage in everything)
    overrides = Counter(passage.overrides for passage in everything if passage.overrides)
    for file, rules in files:
        if rules.topic not in guide.topics:
            problems.append(file.problem(("topic",), f"there is no topic “{rules.topic}”"))
        for index, passage in enumerate(rules.passages):
            at: FieldPath = ("passages", index)
            if passage.overrides and passage.overrides not in passages:
                message = f"overrides “{passage.overrides}”, which does not exist"
                problems.append(file.problem((*at, "overrides"), message, "name an existing passage, or leave it out"))
            if passage.overrides in foundations.get(rules.topic, ()) and passage.short is None:
                message = f"takes the place of “{passage.overrides}”, on which the topic's short answer rests"
                problems.append(file.problem((*at, "overrides"), message, "give it `verdict` and `short` of its own"))
            if passage.overrides and overrides[passage.overrides] > 1:
                message = f"“{passage.overrides}” is overridden by more than one rule"
                problems.append(file.problem((*at, "overrides"), message, "keep one of them"))
            if passage.overrides and passage.overrides.split(".", 1)[0] != rules.topic:
                message = f"overrides “{passage.overrides}” of another topic"
                problems.append(file.problem((*at, "overrides"), message, "put it into that topic's file"))
            if counts[passage.id] > 1 or (passage.id in passages and passage.id != passage.overrides):
                problems.append(file.problem((*at, "id"), f"passage id “{passage.id}” is already taken"))
            if passage.topic != rules.topic:
                problems.append(file.problem((*at, "id"), f"passage id must begin with “{rules.topic}.”"))
            problems += check_passage(guide, file, passage, at, today)
    return problems


def check_passage(guide: Guide, file: YamlFile, passage: Passage, at: FieldPath, today: date) -> Iterator[Problem]:
    """What is wrong or due in one passage."""
    yield from _check_cites(guide, file, passage.cites, (*at, "cites"))
    yield from check_sentences(file, passage.text, (*at, "text"))
    for status, variant in passage.by_status.items():
        yield from _check_cites(guide, file, variant.cites, (*at, "by_status", status, "cites"))
        yield from check_sentences(file, variant.text, (*at, "by_status", status, "text"))
    for facet in passage.facets:
        if facet not in guide.facets:
            known = ", ".join(sorted(guide.facets))
            yield file.problem((*at, "facets", facet), f"unknown facet “{facet}”", f"use one of: {known}")
            continue
        for value in sorted(passage.facet_values(facet) - set(guide.facets[facet].values)):
            message = f"unknown value “{value}” of facet “{facet}”"
            yield file.problem((*at, "facets", facet), message, f"add it to data/vocabulary/{facet}.yml")
    if passage.review_by < today:
        message = f"its review was due on {passage.review_by}"
        yield file.problem((*at, "review_by"), message, "read it again and set both dates", warning=True)
    elif passage.review_by < today + REVIEW_NOTICE:
        message = f"its review is due on {passage.review_by}"
        yield file.problem((*at, "review_by"), message, "plan the review", warning=True)
    if passage.reviewed > today:
        yield file.problem((*at, "reviewed"), f"lies in the future: {passage.reviewed}", "use the day it was read")


def _check_topic(guide: Guide, file: YamlFile, topic: Topic) -> Iterator[Problem]:
    if file.path.stem != topic.topic:
        message = f"topic “{topic.topic}” is in a file of another name"
        yield file.problem(("topic",), message, f"rename the file to {topic.topic}.yml")
    own = {passage.id for passage in topic.passages}
    for index, reference in enumerate(topic.rests_on):
        if reference not in own:
            yield file.problem(("rests_on", index), f"there is no passage “{reference}” in this file")
    for index, example in enumerate(topic.examples):
        if example.passage not in own:
            yield file.problem(("examples", index, "passage"), f"there is no passage “{example.passage}” in this file")
    for index, other in enumerate(topic.related):
        if other not in guide.topics or other == topic.topic:
            yield file.problem(("related", index), f"“{other}” is not another topic")
    for index, contact in enumerate(topic.contacts):
        if contact not in guide.contacts:
            message = f"there is no contact “{contact}”"
            yield file.problem(("contacts", index), message, "add it to data/house/contacts.yml")
    yield from _check_cites(guide, file, topic.why.cites, ("why", "cites"))
    yield from check_plain(file, topic.plain)


def check_plain(file: YamlFile, text: str) -> Iterator[Problem]:
    """Sentences of the plain text that are too long to be easy, and words that are."""
    for word in re.findall(r"\w+", text):
        if len(word) > MAX_PLAIN_LETTERS:
            message = f"“{word}” has {len(word)} letters, at most {MAX_PLAIN_LETTERS} are easy"
            yield file.problem(("plain",), message, "use a shorter word, or part it with a hyphen", warning=True)
    for sentence in sentences(text):
        words = len(sentence.split())
        if words > MAX_PLAIN_WORDS:
            message = f"a plain sentence has {words} words, at most {MAX_PLAIN_WORDS} are easy: “{sentence}”"
            yield file.problem(("plain",), message, "make two sentences of it", warning=True)


def _check_cites(guide: Guide, file: YamlFile, cites: list[Cite], at: FieldPath) -> Iterator[Problem]:
    for index, cite in enumerate(cites):
        if cite.norm is not None:
            if cite.norm not in guide.norms:
                mend = "add it to data/guide/norms.yml"
                yield file.problem((*at, index, "norm"), f"there is no norm “{cite.norm}”", mend)
            continue
        source = guide.sources.get(cite.source or "")
        if source is None:
            mend = "add it to data/guide/sources.yml"
            yield file.problem((*at, index, "source"), f"there is no source “{cite.source}”", mend)
        elif source.sections and cite.section not in source.sections:
            known = ", ".join(source.sections)
            message = f"“{cite.section}” is no section of “{cite.source}”"
            yield file.problem((*at, index, "section"), message, f"use one of: {known}")
        elif cite.section and not source.sections:
            yield file.problem((*at, index, "section"), f"“{cite.source}” has no sections", "leave `section` out")


def check_sentences(file: YamlFile, text: str, at: FieldPath) -> Iterator[Problem]:
    """A text of more sentences than one rule has."""
    count = len(sentences(text))
    if count > MAX_SENTENCES:
        message = f"has {count} sentences, at most {MAX_SENTENCES} make one rule"
        yield file.problem(at, message, "split the passage", warning=True)


def sentences(text: str) -> list[str]:
    """Split German text into sentences, leaving legal abbreviations whole."""
    result: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if result and _ABBREVIATIONS.search(result[-1]):
            result[-1] += " " + part
        elif part:
            result.append(part)
    return result
