"""Output shared by all commands: messages on standard error, and problems of content."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from lotse.content.problems import Problem
from lotse.errors import OperationError
from lotse.operator_language import _, ngettext
from lotse.paths import data, home

# Messages go to stderr, results to stdout, so that `./lotse ask --json … | jq` works.
messages = Console(stderr=True)


def say(text: str, style: str | None = None) -> None:
    """Print a message as it is, without reading markup into file names or brackets."""
    messages.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def content_problems() -> list[Problem]:
    """Every problem of guide, checks, wording and settings; files as they open from the current folder."""
    from lotse.answering import load_settings
    from lotse.checks.loading import examine_checks
    from lotse.content import ContentError, languages, load_need_examples
    from lotse.content.deed_words import load_deed_words
    from lotse.content.loading import examine_guide
    from lotse.content.question_words import load_question_words
    from lotse.content.word_lists import load_holder_words
    from lotse.content.wording import load_wording
    from lotse.operations.settings_files import examine_settings
    from lotse.rasa_adapter.class_paths import outdated_class_paths

    # A class that has moved is said once, with where to.
    problems = outdated_class_paths(home())
    moved = {(problem.file, problem.line) for problem in problems}
    problems += [problem for problem in examine_settings(home()) if (problem.file, problem.line) not in moved]
    readers: list[Callable[[], object]] = [
        partial(load_settings, data()),
        partial(load_question_words, data()),
        partial(load_deed_words, data()),
        partial(load_holder_words, data()),
        partial(load_need_examples, data()),
    ]
    for language in languages(data()):
        guide, found = examine_guide(data(), language)
        if guide is not None:
            found += examine_checks(data(), guide)[1]
        problems += [problem for problem in found if problem not in problems]
        readers.append(partial(load_wording, data(), language))
    for read in readers:
        try:
            read()
        except ContentError as error:
            problems += error.problems
    return [dataclasses.replace(problem, file=from_here(problem.file)) for problem in problems]


def require_good_content() -> None:
    """Check that the content has no errors; warnings are allowed.

    Raises:
        OperationError: it has; the text lists them.
    """
    problems = content_problems()
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        listing = "\n".join(str(problem) for problem in errors)
        raise OperationError(
            _("{listing}\n\nThe content has {count}. After correcting it, run ./lotse check.").format(
                listing=listing, count=count(errors)
            )
        )
    if problems:
        say(_("Content: {count} (./lotse check shows them).").format(count=count(problems)))


def count(problems: Sequence[Problem]) -> str:
    """The number of errors and warnings in the operator's language: ``2 errors and 1 warning``."""
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    first = ngettext("{count} error", "{count} errors", errors).format(count=errors)
    second = ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings)
    if errors and warnings:
        return _("{first} and {second}").format(first=first, second=second)
    return first if errors else second if warnings else _("no errors")


def columns(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Indented lines of names and values in two columns; an empty name continues the value above."""
    width = max(len(name) for name, _value in facts) + 1
    return [f"  {f'{name}:' if name else '':{width}} {value}" for name, value in facts]


def fresh_model(force: bool = False) -> Path:
    """A model that is up to date; checks the content first and trains if necessary."""
    from lotse.operations.model_freshness import examine
    from lotse.paths import models

    freshness = examine(home(), models())
    if freshness.model is not None and freshness.fits and not force:
        return freshness.model
    from lotse.operations.training import ensure_model

    require_good_content()
    return ensure_model(messages, force)


def fail(text: str) -> typer.Exit:
    """Print an error message; the caller raises the returned exit with code 1."""
    say(text, style="red")
    return typer.Exit(1)


def from_here(path: Path) -> Path:
    """The path as it opens from the current folder, if it is below it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve())
    except ValueError:
        return path
