"""Loads a guide from its files: every file parsed, every reference resolved, house rules applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lotse.content.consistency import check_guide, check_house_rules
from lotse.content.house_rules import lay_over
from lotse.content.model import Contact, Facet, Guide, HouseRules, Norm, Registry, Source, Topic
from lotse.content.problems import ContentError, Problem
from lotse.content.translation import ORIGINAL, TopicTranslation, check_translations, translate
from lotse.content.validation_messages import SEE_DOCS, explain
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
    facets: dict[str, Facet] = {}
    for path in sorted((data / "vocabulary").glob("*.yml")):
        try:
            facet = parse(path, Facet)[1]
            facets[facet.facet] = facet
        except ContentError as error:
            problems += error.problems
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
    if problems:
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
    if language != ORIGINAL:
        problems += check_translations(guide, translations)
        guide = translate(guide, {own.topic: own for _file, own in translations}, language)
    guide = lay_over(guide, [rules for _file, rules in house])
    problems += check_house_rules(guide, house, [item.topic for item in parsed], day)
    return guide, problems


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
