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

_NAME_A_TOPIC = "ein vorhandenes Thema angeben"

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
                message = f"Die Kennung „{passage.id}“ ist schon vergeben, in {seen[passage.id].path.name}."
                problems.append(file.problem((*at, "id"), message, "jeder Passage eine eigene Kennung geben"))
            seen[passage.id] = file
            problems += _check_prefix(file, passage, topic.topic, at)
            if passage.level != "guide":
                message = "Für das Haus spricht nur eine Regel in data/house/rules."
                problems.append(file.problem((*at, "level"), message, "`level` weglassen"))
            if passage.overrides:
                message = "Nur eine Hausregel kann eine andere Passage ersetzen."
                mend = "die Passage nach data/house/rules verschieben oder `overrides` weglassen"
                problems.append(file.problem((*at, "overrides"), message, mend))
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
            problems.append(file.problem(("topic",), f"Das Thema „{rules.topic}“ gibt es nicht.", _NAME_A_TOPIC))
        for index, passage in enumerate(rules.passages):
            at: FieldPath = ("passages", index)
            if passage.overrides and passage.overrides not in passages:
                message = f"Die Passage „{passage.overrides}“, die ersetzt werden soll, gibt es nicht."
                mend = "eine vorhandene Passage angeben oder `overrides` weglassen"
                problems.append(file.problem((*at, "overrides"), message, mend))
            if passage.overrides in foundations.get(rules.topic, ()) and passage.short is None:
                message = f"Die Regel ersetzt „{passage.overrides}“; darauf beruht die kurze Antwort des Themas."
                problems.append(file.problem((*at, "overrides"), message, "`verdict` und `short` ergänzen"))
            if passage.overrides and overrides[passage.overrides] > 1:
                message = f"Mehrere Regeln ersetzen „{passage.overrides}“."
                problems.append(file.problem((*at, "overrides"), message, "nur eine davon behalten"))
            if passage.overrides and (other := passage.overrides.split(".", 1)[0]) != rules.topic:
                message = f"„{passage.overrides}“ gehört zu einem anderen Thema."
                mend = f"die Regel in eine Datei mit `topic: {other}` verschieben"
                problems.append(file.problem((*at, "overrides"), message, mend))
            if counts[passage.id] > 1 or (passage.id in passages and passage.id != passage.overrides):
                message = f"Die Kennung „{passage.id}“ ist schon vergeben."
                problems.append(file.problem((*at, "id"), message, "eine andere Kennung wählen"))
            problems += _check_prefix(file, passage, rules.topic, at)
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
            mend = f"möglich sind: {', '.join(sorted(guide.facets))}"
            yield file.problem((*at, "facets", facet), f"Die Facette „{facet}“ gibt es nicht.", mend)
            continue
        for value in sorted(passage.facet_values(facet) - set(guide.facets[facet].values)):
            message = f"Die Facette „{facet}“ kennt den Wert „{value}“ nicht."
            yield file.problem((*at, "facets", facet), message, _spell_or_add(f"data/vocabulary/{facet}.yml"))
    if passage.review_by < today:
        message = f"Die Prüfung war am {passage.review_by:%d.%m.%Y} fällig."
        mend = "neu prüfen, dann `reviewed` und `review_by` setzen"
        yield file.problem((*at, "review_by"), message, mend, warning=True)
    elif passage.review_by < today + REVIEW_NOTICE:
        message = f"Die Prüfung ist am {passage.review_by:%d.%m.%Y} fällig."
        yield file.problem((*at, "review_by"), message, "die Prüfung einplanen", warning=True)
    if passage.reviewed > today:
        message = f"Der Tag der letzten Prüfung liegt in der Zukunft: {passage.reviewed:%d.%m.%Y}."
        yield file.problem((*at, "reviewed"), message, "den Tag eintragen, an dem geprüft wurde")


def _check_prefix(file: YamlFile, passage: Passage, topic: str, at: FieldPath) -> Iterator[Problem]:
    if passage.topic != topic:
        message = f"Die Kennung „{passage.id}“ beginnt nicht mit dem Thema."
        yield file.problem((*at, "id"), message, f"mit „{topic}.“ beginnen")


def _no_passage(file: YamlFile, at: FieldPath, passage: str) -> Problem:
    message = f"Die Passage „{passage}“ gibt es in dieser Datei nicht."
    return file.problem(at, message, "die Kennung einer Passage aus dieser Datei angeben")


def _spell_or_add(file: str) -> str:
    return f"Schreibweise prüfen oder in {file} ergänzen"


def _check_topic(guide: Guide, file: YamlFile, topic: Topic) -> Iterator[Problem]:
    if file.path.stem != topic.topic:
        message = f"Das Thema „{topic.topic}“ steht in einer Datei mit anderem Namen."
        yield file.problem(("topic",), message, f"die Datei in {topic.topic}.yml umbenennen oder `topic` ändern")
    own = {passage.id for passage in topic.passages}
    for index, reference in enumerate(topic.rests_on):
        if reference not in own:
            yield _no_passage(file, ("rests_on", index), reference)
    for index, example in enumerate(topic.examples):
        if example.passage not in own:
            yield _no_passage(file, ("examples", index, "passage"), example.passage)
    for index, other in enumerate(topic.related):
        if other == topic.topic:
            yield file.problem(("related", index), "Das Thema nennt sich selbst.", "ein anderes Thema angeben")
        elif other not in guide.topics:
            yield file.problem(("related", index), f"Das Thema „{other}“ gibt es nicht.", _NAME_A_TOPIC)
    for index, contact in enumerate(topic.contacts):
        if contact not in guide.contacts:
            message = f"Die Stelle „{contact}“ gibt es nicht."
            yield file.problem(("contacts", index), message, _spell_or_add("data/house/contacts.yml"))
    yield from _check_cites(guide, file, topic.why.cites, ("why", "cites"))
    yield from check_plain(file, topic.plain)


def check_plain(file: YamlFile, text: str) -> Iterator[Problem]:
    """Sentences of the plain text that are too long to be easy, and words that are."""
    for word in re.findall(r"\w+", text):
        if len(word) > MAX_PLAIN_LETTERS:
            message = f"„{word}“ hat {len(word)} Buchstaben; leicht zu lesen sind höchstens {MAX_PLAIN_LETTERS}."
            mend = "ein kürzeres Wort nehmen oder mit Bindestrich teilen"
            yield file.problem(("plain",), message, mend, warning=True)
    for sentence in sentences(text):
        words = len(sentence.split())
        if words > MAX_PLAIN_WORDS:
            message = f"Dieser Satz hat {words} Wörter; leicht zu lesen sind höchstens {MAX_PLAIN_WORDS}: „{sentence}“"
            yield file.problem(("plain",), message, "zwei Sätze daraus machen", warning=True)


def _check_cites(guide: Guide, file: YamlFile, cites: list[Cite], at: FieldPath) -> Iterator[Problem]:
    for index, cite in enumerate(cites):
        if cite.norm is not None:
            if cite.norm not in guide.norms:
                message = f"Die Norm „{cite.norm}“ gibt es nicht."
                yield file.problem((*at, index, "norm"), message, _spell_or_add("data/guide/norms.yml"))
            continue
        source = guide.sources.get(cite.source or "")
        if source is None:
            message = f"Die Quelle „{cite.source}“ gibt es nicht."
            yield file.problem((*at, index, "source"), message, _spell_or_add("data/guide/sources.yml"))
        elif source.sections and cite.section not in source.sections:
            known = ", ".join(source.sections)
            message = (
                f"Die Quelle „{cite.source}“ hat keinen Abschnitt „{cite.section}“."
                if cite.section
                else f"Bei der Quelle „{cite.source}“ fehlt der Abschnitt (`section`)."
            )
            yield file.problem((*at, index, "section"), message, f"möglich sind: {known}")
        elif cite.section and not source.sections:
            message = f"Die Quelle „{cite.source}“ hat keine Abschnitte."
            yield file.problem((*at, index, "section"), message, "`section` weglassen")


def check_sentences(file: YamlFile, text: str, at: FieldPath) -> Iterator[Problem]:
    """A text of more sentences than one rule has."""
    count = len(sentences(text))
    if count > MAX_SENTENCES:
        message = f"Der Text hat {count} Sätze; für eine Regel reichen höchstens {MAX_SENTENCES}."
        yield file.problem(at, message, "die Passage aufteilen", warning=True)


def sentences(text: str) -> list[str]:
    """Split German text into sentences, leaving legal abbreviations whole."""
    result: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if result and _ABBREVIATIONS.search(result[-1]):
            result[-1] += " " + part
        elif part:
            result.append(part)
    return result
