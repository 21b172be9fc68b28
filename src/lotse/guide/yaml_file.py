"""YAML that remembers the line of every value, so that a problem can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer

from lotse.guide.problems import ContentError, Problem, Severity

FieldPath = tuple[str | int, ...]

# Far beyond any content: the largest file has 23 KB and 600 fields. An alias can stand for a list of aliases, so that a
# few lines describe more fields than fit into the memory.
MAX_BYTES = 1_000_000
MAX_FIELDS = 100_000

_CHECK_QUOTES = r"schließendes Anführungszeichen prüfen; einen Backslash im Text als \\ schreiben"
_CHECK_CHARACTERS = "unsichtbare Steuerzeichen entfernen, zum Beispiel die Stelle neu tippen"
_CHECK_FORM = "dort und davor Einrückung prüfen (keine Tabs); Text mit Zeichen wie : # @ * in Anführungszeichen setzen"
_CHECK_VALUE = "Datum prüfen (2026-11-23); ist es als Text gemeint, in Anführungszeichen setzen"
_CHECK_FILE = "prüfen, ob es die richtige Datei ist"
_CHECK_ACCESS = "Leserechte prüfen; es muss eine Datei sein, kein Ordner"
_CHECK_ALIASES = "Anker und Verweise (& und *) durch den Text selbst ersetzen"


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
    """A parsed file: its value and the line of every field in it."""

    path: Path
    data: Any
    lines: dict[FieldPath, int] = field(repr=False)

    def line(self, path: FieldPath) -> int:
        """Line of a field, or of the nearest thing around it that exists."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def problem(self, path: FieldPath, message: str, mend: str = "", *, warning: bool = False) -> Problem:
        """A problem at a field of this file."""
        severity: Severity = "warning" if warning else "error"
        dotted = ".".join(str(part) for part in path)
        return Problem(severity, self.path, self.line(path), dotted, message, mend)


def read_yaml(path: Path) -> YamlFile:
    """Read one content file.

    Raises:
        ContentError: with what `read_text` and `parse_yaml` name.
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
        raise ContentError([Problem("error", path, 1, "", "Die Datei fehlt.")]) from None
    except OSError as error:
        message = f"Die Datei lässt sich nicht öffnen (Meldung: {error.strerror})."
        raise ContentError([Problem("error", path, 1, "", message, _CHECK_ACCESS)]) from None
    if len(content) > MAX_BYTES:
        message = f"Die Datei ist größer als {MAX_BYTES // 1000} KB."
        raise ContentError([Problem("error", path, 1, "", message, _CHECK_FILE)])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"Die Datei ist nicht als UTF-8 gespeichert (Byte {error.start})."
        raise ContentError([Problem("error", path, 1, "", message, "als UTF-8 speichern")]) from None


def parse_yaml(path: Path, text: str) -> YamlFile:
    """The value of a YAML text, with the line of every field.

    Args:
        path: the file, for problems.
        text: what stands in it.

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
        message = f"Die Datei beschreibt mehr als {MAX_FIELDS} Felder."
        raise ContentError([Problem("error", path, 1, "", message, _CHECK_ALIASES)]) from None
    except RecursionError:
        message = "Die Datei verweist auf sich selbst oder ist zu tief verschachtelt."
        raise ContentError([Problem("error", path, 1, "", message)]) from None
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: an impossible date such as 2026-02-31
        if node is not None and (place := _unreadable(loader, node)) is not None:
            line = place.start_mark.line + 1
            shown = place.value if len(place.value) <= 60 else f"{place.value[:60]}…"
            message = f"„{shown}“ in Zeile {line} lässt sich nicht lesen (Meldung: {error})."
            raise ContentError([Problem("error", path, line, "", message, _CHECK_VALUE)]) from None
        message = f"Die Datei lässt sich nicht als YAML lesen (Meldung: {' '.join(str(error).split())})."
        raise ContentError([Problem("error", path, 1, "", message, _CHECK_CHARACTERS)]) from None
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
                message = f"`{key}` steht hier zum zweiten Mal."
                duplicates.append(Problem("error", file, line, dotted, message, "eines von beiden entfernen"))
            seen.add(key)
            _walk(value_node, (*at, key), lines, file, duplicates)
            lines[(*at, key)] = key_node.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*at, index), lines, file, duplicates)


def _explain_syntax(error: yaml.MarkedYAMLError, line: int) -> tuple[str, str]:
    """What is wrong and what to do; a quotation mark that is never closed is noticed far behind it."""
    said = f"(Meldung: {error.problem})"
    if error.context_mark and "quoted scalar" in (error.context or ""):
        begun = error.context_mark.line + 1
        return f"Der Text in Anführungszeichen ab Zeile {begun} lässt sich nicht lesen {said}.", _CHECK_QUOTES
    return f"Ab Zeile {line} lässt sich die Datei nicht als YAML lesen {said}.", _CHECK_FORM


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
