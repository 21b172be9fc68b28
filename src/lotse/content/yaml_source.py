"""Reads YAML and keeps the line of every value, so that a problem can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer

from lotse.content.problems import ContentError, Problem, Severity
from lotse.operator_language import N_, _

FieldPath = tuple[str | int, ...]

# Far beyond any content: the largest file has 23 KB and 600 fields. An alias can stand for a list of aliases, so that a
# few lines describe more fields than fit into the memory.
MAX_BYTES = 1_000_000
MAX_FIELDS = 100_000

_CHECK_QUOTES = N_("check the closing quotation mark; write a backslash in the text as \\\\")
_CHECK_CHARACTERS = N_("remove invisible control characters, for example by retyping that place")
_CHECK_FORM = N_(
    "check the indentation there and before (no tabs); put text with characters such as : # @ * in quotation marks"
)
_CHECK_VALUE = N_("check the date (2026-11-23); if it is meant as text, put it in quotation marks")
_CHECK_FILE = N_("check whether it is the right file")
_CHECK_ACCESS = N_("check the permission to read it; it must be a file, not a folder")
_CHECK_ALIASES = N_("write the text itself instead of anchors and aliases (& and *)")


class _Loader(Composer, yaml.CSafeLoader):
    """libyaml's parser with PyYAML's own composer, which raises RecursionError.

    The composer of `CSafeLoader` has no limit of depth: some thousand opening brackets crash the process.
    """

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)


class _TooManyFields(Exception):
    """The file describes more than `MAX_FIELDS`."""


@dataclass(frozen=True)
class YamlFile:
    """A parsed file: its value and the line of every field."""

    path: Path
    data: Any
    lines: dict[FieldPath, int] = field(repr=False)

    def line(self, path: FieldPath) -> int:
        """Line of a field, counted from 1; of the nearest enclosing value if the field does not exist."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def problem(self, path: FieldPath, message: str, remedy: str = "", *, warning: bool = False) -> Problem:
        """A problem at a field of this file; an error unless `warning` is set."""
        severity: Severity = "warning" if warning else "error"
        dotted = ".".join(str(part) for part in path)
        return Problem(severity, self.path, self.line(path), dotted, message, remedy)


def read_yaml(path: Path) -> YamlFile:
    """Read and parse one content file.

    Raises:
        ContentError: as for `read_text` and `parse_yaml`.
    """
    return parse_yaml(path, read_text(path))


def read_text(path: Path) -> str:
    """The text of one content file.

    Raises:
        ContentError: the file is missing, cannot be opened, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ContentError([Problem("error", path, 1, "", _("The file is missing."))]) from None
    except OSError as error:
        message = _("The file cannot be opened (message: {error}).").format(error=error.strerror)
        raise ContentError([Problem("error", path, 1, "", message, _(_CHECK_ACCESS))]) from None
    if len(content) > MAX_BYTES:
        message = _("The file is larger than {size} KB.").format(size=MAX_BYTES // 1000)
        raise ContentError([Problem("error", path, 1, "", message, _(_CHECK_FILE))])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        message = _("The file is not saved as UTF-8 (byte {byte}).").format(byte=error.start)
        raise ContentError([Problem("error", path, 1, "", message, _("save it as UTF-8"))]) from None


def parse_yaml(path: Path, text: str) -> YamlFile:
    """The value of a YAML text, with the line of every field.

    Args:
        path: the file, to be named in problems.
        text: its content.

    Raises:
        ContentError: the text is not YAML, names a key twice, or is too deep or too large with its aliases.
    """
    node: yaml.Node | None = None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[FieldPath, int] = {}
        duplicates: list[Problem] = []
        if node is not None:
            _walk(node, (), lines, path, duplicates)
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError([Problem("error", path, line, "", *_explain_syntax(error, line))]) from None
    except _TooManyFields:
        message = _("The file describes more than {count} fields.").format(count=MAX_FIELDS)
        raise ContentError([Problem("error", path, 1, "", message, _(_CHECK_ALIASES))]) from None
    except RecursionError:
        message = _("The file refers to itself or is nested too deeply.")
        raise ContentError([Problem("error", path, 1, "", message)]) from None
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: an impossible date such as 2026-02-31
        if node is not None and (place := _unreadable(loader, node)) is not None:
            line = place.start_mark.line + 1
            shown = place.value if len(place.value) <= 60 else f"{place.value[:60]}…"
            message = _("“{value}” in line {line} cannot be read (message: {error}).").format(
                value=shown, line=line, error=error
            )
            raise ContentError([Problem("error", path, line, "", message, _(_CHECK_VALUE))]) from None
        message = _("The file cannot be read as YAML (message: {error}).").format(error=" ".join(str(error).split()))
        raise ContentError([Problem("error", path, 1, "", message, _(_CHECK_CHARACTERS))]) from None
    finally:
        loader.dispose()
    if duplicates:
        raise ContentError(duplicates)
    return YamlFile(path, data, lines)


def _walk(node: yaml.Node, at: FieldPath, lines: dict[FieldPath, int], file: Path, duplicates: list[Problem]) -> None:
    lines[at] = node.start_mark.line + 1
    if len(lines) + len(duplicates) > MAX_FIELDS:
        raise _TooManyFields
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in seen:
                dotted = ".".join(str(part) for part in (*at, key))
                line = key_node.start_mark.line + 1
                message = _("`{key}` appears here for the second time.").format(key=key)
                duplicates.append(Problem("error", file, line, dotted, message, _("remove one of the two")))
            seen.add(key)
            _walk(value_node, (*at, key), lines, file, duplicates)
            lines[(*at, key)] = key_node.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*at, index), lines, file, duplicates)


def _explain_syntax(error: yaml.MarkedYAMLError, line: int) -> tuple[str, str]:
    """The message and the remedy for a syntax error.

    An unclosed quotation mark is reported at the line where it begins; the parser notices it much later.
    """
    said = _("(message: {problem})").format(problem=error.problem)
    if error.context_mark and "quoted scalar" in (error.context or ""):
        begun = error.context_mark.line + 1
        return _("The text in quotation marks that begins in line {line} cannot be read {said}.").format(
            line=begun, said=said
        ), _(_CHECK_QUOTES)
    return _("From line {line} on, the file cannot be read as YAML {said}.").format(line=line, said=said), _(
        _CHECK_FORM
    )


def _unreadable(loader: _Loader, node: yaml.Node) -> yaml.ScalarNode | None:
    """The first scalar under a node that cannot be made into a value."""
    if isinstance(node, yaml.ScalarNode):
        try:
            loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node
        return None
    children = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    return next((found for child in children if (found := _unreadable(loader, child)) is not None), None)
