"""Loads the checks from their files: every file parsed, every reference resolved, every path proven."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lotse.checks.consistency import check_paths
from lotse.checks.model import Check, CheckTranslation
from lotse.checks.references import check_references
from lotse.checks.translation import check_translation, translate
from lotse.content.loading import parse
from lotse.content.model import Guide
from lotse.content.problems import ContentError, Problem
from lotse.content.translation import ORIGINAL
from lotse.content.yaml_source import YamlFile
from lotse.operator_language import _

FOLDER = "checks"


def load_checks(data: Path, guide: Guide) -> dict[str, Check]:
    """The checks in the language of a guide, by their id, in the order of the files' names.

    A check without a translation stays German.

    Args:
        data: the project's ``data`` folder.
        guide: whose topics and passages they name.

    Raises:
        ContentError: with every error found, in all files. Warnings do not raise.
    """
    checks, problems = examine_checks(data, guide)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ContentError(errors)
    return checks


def examine_checks(data: Path, guide: Guide) -> tuple[dict[str, Check], list[Problem]]:
    """Load the checks and report all errors and warnings.

    Args:
        data, guide: as for `load_checks`.

    Returns:
        The checks without errors, by id, and the problems.
    """
    checks: dict[str, Check] = {}
    german: dict[str, Check] = {}
    problems: list[Problem] = []
    for path in sorted((data / FOLDER).glob("*.yml")):
        try:
            file, check = parse(path, Check)
        except ContentError as error:
            problems += error.problems
            continue
        german[check.check] = check
        found = list(check_references(file, check, guide))
        if not _has_errors(found):
            # Only a check that names nothing unknown can be walked.
            found += check_paths(file, check)
        problems += found
        if not _has_errors(found):
            checks[check.check] = check
    if guide.language != ORIGINAL:
        translated, found = _translated(data, checks, german, guide.language)
        checks |= translated
        problems += found
    return checks, problems


def _translated(
    data: Path, checks: Mapping[str, Check], german: Mapping[str, Check], language: str
) -> tuple[dict[str, Check], list[Problem]]:
    problems: list[Problem] = []
    result: dict[str, Check] = {}
    known: set[str] = set()
    folder = data / FOLDER / language
    for path in sorted(folder.glob("*.yml")):
        known.add(path.stem)
        try:
            file, own = parse(path, CheckTranslation)
        except ContentError as error:
            problems += error.problems
            continue
        # A German check that could not be read is reported there.
        if own.check not in german and (data / FOLDER / f"{own.check}.yml").exists():
            continue
        found = list(check_translation(file, own, german.get(own.check)))
        problems += found
        if own.check in checks and not _has_errors(found):
            result[own.check] = translate(checks[own.check], own, language)
    for name in sorted(set(german) - known):
        message = _("The check “{check}” is not translated; it is asked in German here.").format(check=name)
        problems.append(Problem("warning", folder, 1, "", message, _("add {name}.yml").format(name=name)))
    return result, problems


def check_names(data: Path) -> list[str]:
    """The names of the German checks' files, in their order."""
    return sorted(path.stem for path in (data / FOLDER).glob("*.yml"))


def check_file(data: Path, name: str) -> tuple[YamlFile, Check]:
    """One German check with its file.

    Raises:
        ContentError: there is no such check, or it cannot be read.
    """
    return parse(data / FOLDER / f"{name}.yml", Check)


def _has_errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)
