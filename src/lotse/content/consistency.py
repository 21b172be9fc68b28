"""Checks between the parts of a guide: references, dates, lengths and plain language, beyond the form of each file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta

from lotse.content.model import BESIDE, Cite, Facet, FacetValues, Guide, HouseRules, Passage, Topic, values_of
from lotse.content.problems import Problem
from lotse.content.sentences import sentences
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import N_, _, day

MAX_SENTENCES = 3
MAX_PLAIN_WORDS = 12
# “Tarifbeschäftigte” is the longest word that plain texts here cannot do without.
MAX_PLAIN_LETTERS = 17
REVIEW_NOTICE = timedelta(days=60)

_NAME_A_TOPIC = N_("give an existing topic")


def check_guide(guide: Guide, files: Iterable[tuple[YamlFile, Topic]], today: date) -> list[Problem]:
    """All errors and warnings in the topics of a guide.

    Args:
        guide: the loaded guide.
        files: each file with its topic.
        today: the day review dates are compared with.
    """
    problems: list[Problem] = []
    seen: dict[str, YamlFile] = {}
    for file, topic in files:
        problems += _check_topic(guide, file, topic)
        for index, passage in enumerate(topic.passages):
            at: FieldPath = ("passages", index)
            if passage.id in seen:
                message = _("The id “{id}” is already taken, in {file}.").format(
                    id=passage.id, file=seen[passage.id].path.name
                )
                problems.append(file.problem((*at, "id"), message, _("give every passage an id of its own")))
            seen[passage.id] = file
            problems += _check_prefix(file, passage, topic.topic, at)
            if passage.level != "guide":
                message = _("Only a rule in data/house/rules speaks for the organisation.")
                problems.append(file.problem((*at, "level"), message, _("leave out `level`")))
            if passage.overrides:
                message = _("Only a house rule can replace another passage.")
                remedy = _("move the passage to data/house/rules or leave out `overrides`")
                problems.append(file.problem((*at, "overrides"), message, remedy))
            problems += check_passage(guide, file, passage, at, today)
    return problems


def check_house_rules(
    guide: Guide, files: Iterable[tuple[YamlFile, HouseRules]], topics: Collection[Topic], today: date
) -> list[Problem]:
    """All errors and warnings in an authority's own rules.

    Args:
        guide: the guide with the rules applied.
        files: the house rule files.
        topics: the guide's own topics, before anything was overridden.
        today: the day review dates are compared with.
    """
    problems: list[Problem] = []
    files = list(files)
    supporting = {topic.topic: topic.rests_on for topic in topics}
    passages = {passage.id for topic in topics for passage in topic.passages}
    everything = [passage for _file, rules in files for passage in rules.passages]
    counts = Counter(passage.id for passage in everything)
    overrides = Counter(passage.overrides for passage in everything if passage.overrides)
    for file, rules in files:
        if rules.topic not in guide.topics:
            problems.append(
                file.problem(("topic",), _("There is no topic “{topic}”.").format(topic=rules.topic), _(_NAME_A_TOPIC))
            )
        for index, passage in enumerate(rules.passages):
            at: FieldPath = ("passages", index)
            if passage.overrides and passage.overrides not in passages:
                message = _("The passage “{passage}” to be replaced does not exist.").format(passage=passage.overrides)
                remedy = _("give an existing passage or leave out `overrides`")
                problems.append(file.problem((*at, "overrides"), message, remedy))
            if passage.overrides in supporting.get(rules.topic, ()) and passage.short is None:
                message = _("The rule replaces “{passage}”, which the topic's short answer rests on.").format(
                    passage=passage.overrides
                )
                problems.append(file.problem((*at, "overrides"), message, _("add `verdict` and `short`")))
            if passage.overrides and overrides[passage.overrides] > 1:
                message = _("Several rules replace “{passage}”.").format(passage=passage.overrides)
                problems.append(file.problem((*at, "overrides"), message, _("keep only one of them")))
            if passage.overrides and (other := passage.overrides.split(".", 1)[0]) != rules.topic:
                message = _("“{passage}” belongs to another topic.").format(passage=passage.overrides)
                remedy = _("move the rule to a file with `topic: {topic}`").format(topic=other)
                problems.append(file.problem((*at, "overrides"), message, remedy))
            if counts[passage.id] > 1 or (passage.id in passages and passage.id != passage.overrides):
                message = _("The id “{id}” is already taken.").format(id=passage.id)
                problems.append(file.problem((*at, "id"), message, _("choose another id")))
            problems += _check_prefix(file, passage, rules.topic, at)
            problems += check_passage(guide, file, passage, at, today)
    return problems


def check_passage(guide: Guide, file: YamlFile, passage: Passage, at: FieldPath, today: date) -> Iterator[Problem]:
    """Errors and warnings of one passage: facets, citations, sentences, a review that is due.

    Args:
        guide: the guide it belongs to.
        file: the file it is in.
        passage: the passage.
        at: where it is in the file.
        today: the day review dates are compared with.
    """
    yield from check_cites(guide, file, passage.cites, (*at, "cites"))
    yield from check_sentences(file, passage.text, (*at, "text"))
    if passage.plain is not None:
        yield from check_plain(file, passage.plain, (*at, "plain"))
    for status, variant in passage.by_status.items():
        yield from check_cites(guide, file, variant.cites, (*at, "by_status", status, "cites"))
        yield from check_sentences(file, variant.text, (*at, "by_status", status, "text"))
    yield from _check_facets(guide, file, passage.facets, (*at, "facets"))
    yield from _check_facets(guide, file, passage.verdict_requires, (*at, "verdict_requires"))
    yield from _check_facets(guide, file, passage.verdict_unless, (*at, "verdict_unless"))
    yield from _check_facets(guide, file, passage.only_for, (*at, "only_for"))
    if passage.review_by < today:
        message = _("The review was due on {day}.").format(day=day(passage.review_by))
        remedy = _("review it again, then set `reviewed` and `review_by`")
        yield file.problem((*at, "review_by"), message, remedy, warning=True)
    elif passage.review_by < today + REVIEW_NOTICE:
        message = _("The review is due on {day}.").format(day=day(passage.review_by))
        yield file.problem((*at, "review_by"), message, _("plan the review"), warning=True)
    if passage.reviewed > today:
        message = _("The day of the last review is in the future: {day}.").format(day=day(passage.reviewed))
        yield file.problem((*at, "reviewed"), message, _("enter the day on which it was reviewed"))


def check_forms(files: Iterable[tuple[YamlFile, Facet]]) -> Iterator[Problem]:
    """Errors in forms that stand beside another facet: a facet or a value that does not exist.

    Args:
        files: the files of `vocabulary`, each with its facet.
    """
    files = list(files)
    known = {facet.facet: facet.values for _file, facet in files}
    for file, facet in files:
        for name, value in facet.values.items():
            for index, form in enumerate(value.forms):
                for beside in BESIDE.finditer(form):
                    other = known.get(beside["facet"], {})
                    for missing in [one for one in beside["values"].split("|") if one not in other]:
                        message = _("The facet “{facet}” has no value “{value}”.").format(
                            facet=beside["facet"], value=missing
                        )
                        remedy = _("possible values: {known}").format(known=", ".join(sorted(other or known)))
                        yield file.problem(("values", name, "forms", index), message, remedy)


def _check_facets(guide: Guide, file: YamlFile, facets: Mapping[str, FacetValues], at: FieldPath) -> Iterator[Problem]:
    for facet in facets:
        if facet not in guide.facets:
            remedy = _("possible values: {known}").format(known=", ".join(sorted(guide.facets)))
            yield file.problem((*at, facet), _("There is no facet “{facet}”.").format(facet=facet), remedy)
            continue
        for value in sorted(values_of(facets, facet) - set(guide.facets[facet].values)):
            message = _("The facet “{facet}” has no value “{value}”.").format(facet=facet, value=value)
            yield file.problem((*at, facet), message, _spell_or_add(f"data/vocabulary/{facet}.yml"))


def _check_prefix(file: YamlFile, passage: Passage, topic: str, at: FieldPath) -> Iterator[Problem]:
    if passage.topic != topic:
        message = _("The id “{id}” does not begin with the topic.").format(id=passage.id)
        yield file.problem((*at, "id"), message, _("begin with “{topic}.”").format(topic=topic))


def _no_passage(file: YamlFile, at: FieldPath, passage: str) -> Problem:
    message = _("There is no passage “{passage}” in this file.").format(passage=passage)
    return file.problem(at, message, _("give the id of a passage in this file"))


def _spell_or_add(file: str) -> str:
    return _("check the spelling or add it to {file}").format(file=file)


def _check_topic(guide: Guide, file: YamlFile, topic: Topic) -> Iterator[Problem]:
    if file.path.stem != topic.topic:
        message = _("The topic “{topic}” is in a file with another name.").format(topic=topic.topic)
        yield file.problem(
            ("topic",), message, _("rename the file to {topic}.yml or change `topic`").format(topic=topic.topic)
        )
    own = {passage.id for passage in topic.passages}
    not_for_all = {passage.id for passage in topic.passages if passage.only_for}
    for index, reference in enumerate(topic.rests_on):
        if reference not in own:
            yield _no_passage(file, ("rests_on", index), reference)
        elif reference in not_for_all:
            message = _("The short answer rests on “{passage}”, which not everybody sees.").format(passage=reference)
            remedy = _("give a passage without `only_for`")
            yield file.problem(("rests_on", index), message, remedy)
    for index, example in enumerate(topic.examples):
        if example.passage not in own:
            yield _no_passage(file, ("examples", index, "passage"), example.passage)
    for index, sample in enumerate(topic.samples):
        if sample.passage not in own:
            yield _no_passage(file, ("samples", index, "passage"), sample.passage)
    for index, step in enumerate(topic.steps):
        if step.passage not in own:
            yield _no_passage(file, ("steps", index, "passage"), step.passage)
    for index, step in enumerate(topic.steps_done):
        # What to do after a mistake stands in a topic of its own.
        if step.passage not in guide.passages:
            message = _("There is no passage “{passage}”.").format(passage=step.passage)
            yield file.problem(("steps_done", index, "passage"), message, _("give the id of a passage of the guide"))
    yield from _check_facets(guide, file, topic.verdict_unless, ("verdict_unless",))
    for index, other in enumerate(topic.related):
        if other == topic.topic:
            yield file.problem(("related", index), _("The topic refers to itself."), _("give another topic"))
        elif other not in guide.topics:
            yield file.problem(
                ("related", index), _("There is no topic “{topic}”.").format(topic=other), _(_NAME_A_TOPIC)
            )
    for index, contact in enumerate(topic.contacts):
        if contact not in guide.contacts:
            message = _("There is no contact point “{contact}”.").format(contact=contact)
            yield file.problem(("contacts", index), message, _spell_or_add("data/house/contacts.yml"))
    yield from check_cites(guide, file, topic.why.cites, ("why", "cites"))
    yield from check_plain(file, topic.plain, ("plain",))


def check_plain(file: YamlFile, text: str, at: FieldPath) -> Iterator[Problem]:
    """Warnings for sentences and words of a plain-language text that are too long."""
    for word in re.findall(r"\w+", text):
        if len(word) > MAX_PLAIN_LETTERS:
            message = _("“{word}” has {count} letters; words of at most {most} are easy to read.").format(
                word=word, count=len(word), most=MAX_PLAIN_LETTERS
            )
            remedy = _("use a shorter word or divide it with a hyphen")
            yield file.problem(at, message, remedy, warning=True)
    for sentence in sentences(text):
        words = len(sentence.split())
        if words > MAX_PLAIN_WORDS:
            message = _(
                "This sentence has {count} words; sentences of at most {most} are easy to read: “{sentence}”"
            ).format(count=words, most=MAX_PLAIN_WORDS, sentence=sentence)
            yield file.problem(at, message, _("make two sentences of it"), warning=True)


def check_cites(guide: Guide, file: YamlFile, cites: list[Cite], at: FieldPath) -> Iterator[Problem]:
    """Errors of citations: sources, sections and norms that do not exist."""
    for index, cite in enumerate(cites):
        if cite.norm is not None:
            if cite.norm not in guide.norms:
                message = _("There is no norm “{norm}”.").format(norm=cite.norm)
                yield file.problem((*at, index, "norm"), message, _spell_or_add("data/guide/norms.yml"))
            continue
        source = guide.sources.get(cite.source or "")
        if source is None:
            message = _("There is no source “{source}”.").format(source=cite.source)
            yield file.problem((*at, index, "source"), message, _spell_or_add("data/guide/sources.yml"))
        elif source.sections and cite.section not in source.sections:
            known = ", ".join(source.sections)
            message = (
                _("The source “{source}” has no section “{section}”.").format(source=cite.source, section=cite.section)
                if cite.section
                else _("For the source “{source}” the section (`section`) is missing.").format(source=cite.source)
            )
            yield file.problem((*at, index, "section"), message, _("possible values: {known}").format(known=known))
        elif cite.section and not source.sections:
            message = _("The source “{source}” has no sections.").format(source=cite.source)
            yield file.problem((*at, index, "section"), message, _("leave out `section`"))


def check_sentences(file: YamlFile, text: str, at: FieldPath) -> Iterator[Problem]:
    """A warning if a text has more sentences than one rule may have."""
    count = len(sentences(text))
    if count > MAX_SENTENCES:
        message = _("The text has {count} sentences; at most {most} are enough for a rule.").format(
            count=count, most=MAX_SENTENCES
        )
        yield file.problem(at, message, _("split the passage"), warning=True)
