"""Loads a guide from its files: every file parsed, every reference resolved, house rules applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lotse.content.consistency import check_forms, check_guide, check_house_rules
from lotse.content.help import (
    Examples,
    HelpFile,
    HelpTranslation,
    NeedExamples,
    check_examples,
    check_help,
    check_help_translation,
    examples_of,
    help_of,
)
from lotse.content.house_rules import lay_over
from lotse.content.model import Contact, Facet, Guide, HouseChat, HouseRules, Norm, Registry, Source, Topic
from lotse.content.official_checklist import OfficialChecklist, check_checklist
from lotse.content.problems import ContentError, Problem
from lotse.content.terms import TermList, check_terms
from lotse.content.translation import ORIGINAL, TopicTranslation, check_translations, translate
from lotse.content.validation_messages import SEE_DOCS, explain
from lotse.content.watch_list import WatchList, check_watch_list
from lotse.content.yaml_source import YamlFile, parse_yaml, read_text
from lotse.operator_language import _

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Parsed:
    """A content file with the model parsed from it."""

    file: YamlFile
    topic: Topic


def languages(data: Path) -> list[str]:
    """ISO 639-1 codes of the guide's languages, German first."""
    folders = [path.name for path in (data / "guide").iterdir() if re.fullmatch("[a-z]{2}", path.name)]
    return sorted(folders, key=lambda name: (name != ORIGINAL, name))


def load_guide(data: Path, language: str = ORIGINAL, today: date | None = None) -> Guide:
    """Load the guide of one language.

    Args:
        data: the project's ``data`` folder.
        language: ISO 639-1 code; another than German reads the texts of ``guide/<language>`` over ``guide/de``.
        today: the day review dates are compared with; the current day if not given.

    Raises:
        ContentError: with every error found, in all files. Warnings do not raise.
    """
    guide, problems = examine_guide(data, language, today)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or guide is None:
        raise ContentError(errors)
    return guide


def examine_guide(
    data: Path, language: str = ORIGINAL, today: date | None = None
) -> tuple[Guide | None, list[Problem]]:
    """Load the guide and report all errors and warnings.

    Args:
        data: the project's ``data`` folder.
        language: as for `load_guide`.
        today: as for `load_guide`.

    Returns:
        The guide, or None if a file could not be parsed, and the problems.
    """
    problems: list[Problem] = []
    registries: dict[str, tuple[YamlFile, Registry]] = {}
    for kind, path in _registry_files(data):
        try:
            registries[kind] = parse(path, Registry)
        except ContentError as error:
            problems += error.problems
    vocabulary: list[tuple[YamlFile, Facet]] = []
    for path in sorted((data / "vocabulary").glob("*.yml")):
        try:
            vocabulary.append(parse(path, Facet))
        except ContentError as error:
            problems += error.problems
    problems += check_forms(vocabulary)
    facets = {facet.facet: facet for _file, facet in vocabulary}
    parsed: list[Parsed] = []
    folder = data / "guide" / ORIGINAL
    for path in sorted(folder.glob("*.yml")):
        try:
            parsed.append(Parsed(*parse(path, Topic)))
        except ContentError as error:
            problems += error.problems
    if not parsed and not problems:
        problems.append(
            Problem(
                "error",
                folder,
                1,
                "",
                _("There is no topic in this folder."),
                _("add a topic; docs/editors.md shows how"),
            )
        )
    house: list[tuple[YamlFile, HouseRules]] = []
    for path in sorted((data / "house" / "rules").glob("*.yml")):
        try:
            house.append(parse(path, HouseRules))
        except ContentError as error:
            problems += error.problems
    translations: list[tuple[YamlFile, TopicTranslation]] = []
    for path in sorted((data / "guide" / language).glob("*.yml")) if language != ORIGINAL else ():
        try:
            translations.append(parse(path, TopicTranslation))
        except ContentError as error:
            problems += error.problems
    checklist, found = _read_optional(data / "guide" / "tiktok_checklist.yml", OfficialChecklist)
    problems += found
    watch_list, found = _read_optional(data / "guide" / "watch.yml", WatchList)
    problems += found
    term_list, found = _read_optional(data / "guide" / "terms.yml", TermList)
    problems += found
    chat, found = _read_optional(data / "house" / "chat.yml", HouseChat)
    problems += found
    helps, found = _read_help(data, language)
    problems += found
    if problems or helps is None:
        return None, problems

    sources: dict[str, Source] = {}
    norms: dict[str, Norm] = {}
    contacts: dict[str, Contact] = {}
    for _file, registry in registries.values():
        sources |= registry.sources
        norms |= registry.norms
        contacts |= registry.contacts
    guide = _assemble([item.topic for item in parsed], sources, norms, contacts, facets)
    day = today or date.today()
    problems += check_guide(guide, [(item.file, item.topic) for item in parsed], day)
    if checklist:
        problems += check_checklist(*checklist, sources)
    if watch_list:
        problems += check_watch_list(*watch_list, guide, day)
    if term_list:
        own_texts = [item.file for item in parsed] if language == ORIGINAL else [file for file, _own in translations]
        problems += [problem for file in own_texts for problem in check_terms(file, language, term_list[1].terms)]
    if language != ORIGINAL:
        problems += check_translations(guide, translations)
        guide = translate(guide, {own.topic: own for _file, own in translations}, language)
    guide = lay_over(guide, [rules for _file, rules in house])
    if chat and chat[1].address:
        guide = replace(guide, chat_address=f"{chat[1].address.rstrip('/')}/")
    problems += check_house_rules(guide, house, [item.topic for item in parsed], day)
    guide, found = helps.added_to(guide, day)
    return guide, problems + found


def load_need_examples(data: Path) -> Examples:
    """How people in need write, and those who only sound like it.

    Args:
        data: the project's ``data`` folder.

    Raises:
        ContentError: with every error found, in all files.
    """
    folder = data / "help" / "examples"
    files: list[tuple[YamlFile, NeedExamples]] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            files.append(parse(path, NeedExamples))
        except ContentError as error:
            problems += error.problems
    # A file that cannot be read is named once, not also as missing.
    problems = problems or list(check_examples(files, folder))
    if problems:
        raise ContentError(problems)
    return examples_of([content for _file, content in files])


def parse(path: Path, model: type[Model]) -> tuple[YamlFile, Model]:
    """Read a file as one model. A path with the same text is parsed once per process.

    Args:
        path: the file.
        model: the pydantic model of its content.

    Raises:
        ContentError: one problem for each wrong field, with its line.
    """
    file, parsed = _parse(path, read_text(path), model)
    assert isinstance(parsed, model)
    return file, parsed


# By the text and not by the time of the file: an edit within the clock's resolution that keeps the size is seen, too.
# Reading all texts takes 2 ms, parsing them 150. Content has about 50 files in two languages.
@lru_cache(maxsize=256)
def _parse(path: Path, text: str, model: type[BaseModel]) -> tuple[YamlFile, BaseModel]:
    file = parse_yaml(path, text)
    if not isinstance(file.data, dict):
        raise ContentError([file.problem((), _("The file does not consist of fields (`name: value`)."), _(SEE_DOCS))])
    odd = [key for key in file.data if not isinstance(key, str)]
    if odd:
        raise ContentError(
            [file.problem((str(key),), _("“{key}” is not the name of a field.").format(key=key)) for key in odd]
        )
    try:
        return file, model.parse_obj(file.data)
    except ValidationError as error:
        raise ContentError(
            [
                file.problem(tuple(part for part in item["loc"] if part != "__root__"), *explain(item))
                for item in error.errors()
            ]
        ) from None


@dataclass(frozen=True)
class _Helps:
    """The parsed files of ``data/help``."""

    german: tuple[YamlFile, HelpFile]
    translation: tuple[YamlFile, HelpTranslation] | None

    def added_to(self, guide: Guide, today: date) -> tuple[Guide, list[Problem]]:
        """The guide with the help, if that has no errors, and its problems."""
        problems = list(check_help(*self.german, guide.contacts, guide.topics, today))
        if self.translation:
            problems += check_help_translation(*self.translation, self.german[1])
        if any(problem.severity == "error" for problem in problems):
            return guide, problems
        own = self.translation[1] if self.translation else None
        return replace(guide, help=help_of(self.german[1], own)), problems


def _read_help(data: Path, language: str) -> tuple[_Helps | None, list[Problem]]:
    """The help in a language; a language without a translation gets the German texts."""
    german = translation = None
    problems: list[Problem] = []
    try:
        german = parse(data / "help" / f"{ORIGINAL}.yml", HelpFile)
    except ContentError as error:
        problems += error.problems
    own = data / "help" / f"{language}.yml"
    if language != ORIGINAL and own.exists():
        try:
            translation = parse(own, HelpTranslation)
        except ContentError as error:
            problems += error.problems
    return _Helps(german, translation) if german and not problems else None, problems


def _read_optional(path: Path, model: type[Model]) -> tuple[tuple[YamlFile, Model] | None, list[Problem]]:
    """A file that may be missing, and its problems."""
    if not path.exists():
        return None, []
    try:
        return parse(path, model), []
    except ContentError as error:
        return None, error.problems


def _registry_files(data: Path) -> Iterator[tuple[str, Path]]:
    yield "sources", data / "guide" / "sources.yml"
    yield "norms", data / "guide" / "norms.yml"
    yield "contacts", data / "house" / "contacts.yml"


def _assemble(
    topics: Iterable[Topic],
    sources: dict[str, Source],
    norms: dict[str, Norm],
    contacts: dict[str, Contact],
    facets: dict[str, Facet],
) -> Guide:
    by_id = {topic.topic: topic for topic in topics}
    return Guide(
        language=ORIGINAL,
        topics=by_id,
        passages={passage.id: passage for topic in by_id.values() for passage in topic.passages},
        sources=sources,
        norms=norms,
        contacts=contacts,
        facets=facets,
        of_topic={name: tuple(topic.passages) for name, topic in by_id.items()},
    )
