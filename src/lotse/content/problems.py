"""Problems of content files, with file, line and remedy for editors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lotse.operator_language import N_, _

Severity = Literal["error", "warning"]

_WORDS: dict[Severity, str] = {"error": N_("Error"), "warning": N_("Warning")}


@dataclass(frozen=True)
class Problem:
    """One error or warning in a content file.

    Attributes:
        severity: an error keeps the guide from loading, a warning does not.
        file: the file as the editor opens it.
        line: line in that file, counted from 1.
        field: where in the file, dotted: ``passages.2.cites.0.norm``.
        message: what is wrong, in a sentence of the editor's language.
        remedy: how to fix it, in a few words of the editor's language; empty if there is nothing to say.
    """

    severity: Severity
    file: Path
    line: int
    field: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        field = f" [{self.field}]" if self.field else ""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{_(_WORDS[self.severity])}: {where}{field} {self.message}{remedy}"


class ContentError(Exception):
    """Content that must not reach a user. Its text lists every problem, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
