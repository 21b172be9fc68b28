"""Reads the files of an evaluation: single questions and dialogues, one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError

from lotse.content.validation_messages import explain
from lotse.errors import OperationError
from lotse.operator_language import _

OUT_OF_SCOPE = "out_of_scope"
CHITCHAT = "chitchat"

Kind = Literal[
    "answer", "refined", "sources", "explain", "contact", "clarify", "refuse", "smalltalk", "check", "forget", "switch"
]


class _Line(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class LabelledQuestion(_Line):
    """A question with the topics, and optionally the passages, of a right answer."""

    text: str = Field(..., min_length=1)
    topic: str = Field(..., min_length=1)
    also: list[str] = []
    passage: str | None = None
    also_passages: list[str] = []
    lang: str = "de"
    persona: str = ""

    @property
    def accepted(self) -> frozenset[str]:
        """Every topic that is a right answer."""
        return frozenset([self.topic, *self.also])

    @property
    def accepted_passages(self) -> frozenset[str]:
        """Every passage that answers it; empty if the file names none."""
        return frozenset([self.passage, *self.also_passages]) if self.passage else frozenset()


class Expectation(_Line):
    """The expected reply to one turn."""

    kind: Kind
    topic: str | None = None
    also: list[str] = []
    status: str | None = None
    platform: str | None = None

    @property
    def accepted(self) -> frozenset[str]:
        """Every topic the reply may have; empty if any is right."""
        return frozenset([self.topic, *self.also]) if self.topic else frozenset()


class DialogueTurn(_Line):
    """One message of a dialogue."""

    text: str = Field(..., min_length=1)
    expect: Expectation


class Dialogue(_Line):
    """A conversation with the expected reply to each turn."""

    persona: str = ""
    lang: str = "de"
    turns: list[DialogueTurn] = Field(..., min_items=1)


@dataclass(frozen=True)
class Material:
    """The questions and dialogues of all files."""

    questions: tuple[LabelledQuestion, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()


class QuestionFileError(OperationError):
    """Lines of a file are not valid; the text names each as ``file:line``."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_material(files: Iterable[Path]) -> Material:
    """Read questions and dialogues; a line with ``turns`` is a dialogue.

    Raises:
        QuestionFileError: a file cannot be read or a line does not fit the format; all such places at once.
    """
    questions: list[LabelledQuestion] = []
    dialogues: list[Dialogue] = []
    problems: list[str] = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_("{file}: not readable ({error})").format(file=file, error=error))
            continue
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = parse_line(line)
            except ValueError as error:
                problems.append(f"{file}:{number}: {error}")
                continue
            if isinstance(item, Dialogue):
                dialogues.append(item)
            else:
                questions.append(item)
    if problems:
        raise QuestionFileError(problems)
    return Material(tuple(questions), tuple(dialogues))


def parse_line(line: str) -> LabelledQuestion | Dialogue:
    """One line of a file.

    Raises:
        ValueError: it is not JSON, or a field is missing or wrong; the text says which.
    """
    try:
        item: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(
            _("not valid JSON ({message}, column {column})").format(message=error.msg, column=error.colno)
        ) from error
    if not isinstance(item, dict):
        raise ValueError(_("not a JSON object; every line is a question or a dialogue in curly brackets"))
    try:
        return Dialogue(**item) if "turns" in item else LabelledQuestion(**item)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(_("field `{field}`: {message}").format(field=field, message=explain(first)[0])) from error
