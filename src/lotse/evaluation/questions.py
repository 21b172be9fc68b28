"""Reads the files of an evaluation: one JSON object per line, and folders of conversations to replay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError, root_validator

from lotse.content.validation_messages import explain
from lotse.errors import OperationError
from lotse.operator_language import _

OUT_OF_SCOPE = "out_of_scope"
CHITCHAT = "chitchat"
NO_NEED = "none"

Kind = Literal[
    "answer", "refined", "sources", "explain", "contact", "clarify", "refuse", "smalltalk", "check", "forget", "switch"
]

# Traffic light of an answer; "none" if it has no verdict at all.
Light = Literal["allowed", "depends", "not_allowed", "info", "none"]


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
    """The expected reply to one turn.

    Attributes:
        passages: of which one must be among the first two points; empty if the file names none.
    """

    kind: Kind
    topic: str | None = None
    also: list[str] = []
    passages: list[str] = []
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


class VerdictQuestion(_Line):
    """A question with the lights a lawyer would accept.

    Attributes:
        ok: the lights that are right.
        never: lights that would be dangerous or absurd. One that is in neither list is not good, but does no harm.
        why: the legal reason.
    """

    text: str = Field(..., min_length=1)
    ok: list[Light] = Field(..., min_items=1)
    never: list[Light] = []
    why: str = ""
    lang: str = "de"

    @root_validator(skip_on_failure=True)
    def _agree(cls, values: dict[str, Any]) -> dict[str, Any]:
        if set(values["ok"]) & set(values["never"]):
            raise ValueError(_("The same light is in `ok` and in `never`."))
        return values


class NeedMessage(_Line):
    """A message of a person in need, or one that only sounds like it.

    Attributes:
        need: kind of need; ``none`` for a harmless message.
        also: further kinds that fit.
        author: who wrote it, if not the author of most, so that authors can be told apart.
    """

    text: str = Field(..., min_length=1)
    need: str = Field(..., min_length=1)
    also: list[str] = []
    lang: str = "de"
    author: str = ""


@dataclass(frozen=True)
class Conversation:
    """What a person says in one conversation, turn by turn, without any expectation."""

    name: str
    turns: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """What all files and folders hold, by kind."""

    questions: tuple[LabelledQuestion, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()
    verdicts: tuple[VerdictQuestion, ...] = ()
    needs: tuple[NeedMessage, ...] = ()
    conversations: tuple[Conversation, ...] = ()

    @property
    def conversations_to_hold(self) -> int:
        """How many conversations with the assistant it takes to ask all of it."""
        return sum(
            map(len, (self.questions, self.dialogues, self.verdicts, self.needs, self.conversations)),
        )


AnyLine = LabelledQuestion | Dialogue | VerdictQuestion | NeedMessage


class QuestionFileError(OperationError):
    """Lines of a file are not valid; the text names each as ``file:line``."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_material(paths: Iterable[Path]) -> Material:
    """Read files and folders. What a line is, its fields say; a folder holds conversations, see `read_conversations`.

    Raises:
        QuestionFileError: something cannot be read or does not fit the format; all such places at once.
    """
    lines: list[AnyLine] = []
    conversations: list[Conversation] = []
    problems: list[str] = []
    for path in paths:
        try:
            if path.is_dir():
                conversations += read_conversations(path)
            else:
                lines += _read_lines(path)
        except QuestionFileError as error:
            problems += error.problems
    names = Counter(conversation.name for conversation in conversations)
    problems += [
        _("{name}: two folders hold a conversation of this name").format(name=name)
        for name, count in names.items()
        if count > 1
    ]
    if problems:
        raise QuestionFileError(problems)
    return Material(
        questions=tuple(line for line in lines if isinstance(line, LabelledQuestion)),
        dialogues=tuple(line for line in lines if isinstance(line, Dialogue)),
        verdicts=tuple(line for line in lines if isinstance(line, VerdictQuestion)),
        needs=tuple(line for line in lines if isinstance(line, NeedMessage)),
        conversations=tuple(conversations),
    )


def read_conversations(folder: Path) -> list[Conversation]:
    """The conversations of a folder: one ``.txt`` each, one line for each turn of the person; empty lines are skipped.

    Raises:
        QuestionFileError: there is none, or one cannot be read or is empty.
    """
    found, problems = [], []
    for file in sorted(folder.glob("*.txt")):
        try:
            turns = tuple(line.strip() for line in _text(file).splitlines() if line.strip())
        except QuestionFileError as error:
            problems += error.problems
            continue
        if turns:
            found.append(Conversation(file.stem, turns))
        else:
            problems.append(_("{file}: holds no turn").format(file=file))
    if not found and not problems:
        problems.append(_("{folder}: holds no conversation (*.txt)").format(folder=folder))
    if problems:
        raise QuestionFileError(problems)
    return found


def _read_lines(file: Path) -> list[AnyLine]:
    items, problems = [], []
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            items.append(parse_line(line))
        except ValueError as error:
            problems.append(f"{file}:{number}: {error}")
    if problems:
        raise QuestionFileError(problems)
    return items


def _text(file: Path) -> str:
    try:
        # An editor on Windows may have put a byte order mark before the first line.
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError([_("{file}: not readable ({error})").format(file=file, error=error)]) from error


def parse_line(line: str) -> AnyLine:
    """One line of a file: a dialogue if it has ``turns``, a verdict question if it has ``ok``, a message of a person in
    need if it has ``need``, else a question with its topic.

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
        return _kind_of(item)(**item)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(_("field `{field}`: {message}").format(field=field, message=explain(first)[0])) from error


def _kind_of(item: dict[str, Any]) -> type[AnyLine]:
    if "turns" in item:
        return Dialogue
    if "ok" in item or "never" in item:
        return VerdictQuestion
    return NeedMessage if "need" in item else LabelledQuestion
