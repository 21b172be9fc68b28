"""What a person in need is told first: sentences, who helps at once, and offices of the authority, by kind of need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, product
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, root_validator, validator

from lotse.content.model import PHONE_PATTERN, TOPIC_PATTERN, URL_PATTERN, Strict
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _, day

Kind = Literal["crisis", "violence", "harassment", "intimate_images", "bullying", "panic"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NO_NEED = "none"

# Examples of one author, or of several by their names.
Authored = list[str] | dict[str, list[str]]

MIN_EXAMPLES = 60
MAX_LINES = 4


class Line(Strict):
    """Somebody outside the authority who helps at once.

    Attributes:
        basis: whether the number was read on the pages of those it belongs to, or somewhere else.
    """

    label: str = Field(..., min_length=3, max_length=60)
    purpose: str = Field(..., alias="for", min_length=10, max_length=160)
    phone: str | None = Field(None, regex=PHONE_PATTERN, description="as it is dialled")
    other_phones: list[str] = Field(default_factory=list, max_items=2, description="of the same helpers")
    url: str | None = Field(None, regex=URL_PATTERN, description="for those who would rather write")
    hours: str | None = Field(None, max_length=80, description="when they can be reached")
    source: str = Field(..., regex=URL_PATTERN, description="the page where the number was read")
    basis: Literal["own", "secondary"] = Field(..., description="own: a page of theirs; secondary: somebody else's")
    checked: date = Field(..., description="the day the number was compared with the source")
    review_by: date

    @validator("other_phones", each_item=True)
    def _dialled(cls, phone: str) -> str:
        if not re.fullmatch(PHONE_PATTERN, phone):
            raise ValueError(_("This is not a telephone number: digits and spaces only."))
        return phone

    @root_validator(skip_on_failure=True)
    def _agree(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("phone") is None and values.get("url") is None:
            raise ValueError(_("A line needs a `phone` or a `url`."))
        if values.get("phone") is None and values.get("other_phones"):
            raise ValueError(_("`other_phones` belong to a line with a `phone`."))
        checked, review_by = values["checked"], values["review_by"]
        if isinstance(checked, date) and isinstance(review_by, date) and review_by <= checked:
            raise ValueError(_("`review_by` must be later than `checked`."))
        return values


class NeedText(Strict):
    """What is said for one kind of need.

    Attributes:
        text: to the person in need.
        for_others: to somebody who writes because another person is in need: how to help.
        never: offices that are not proposed to this person any more, because they may be the reason.
        topics: what may follow below the help if it is certain that the person is in need; None allows every topic. An
            answer that only shares a word with the message would hurt.
        topic: what follows if the message is about no topic.
        told_anew: said to somebody who tells of it anew, such as of a new threat, with the first of the lines.
        afterwards: stands above the later answers of the conversation if the need was certain, with the first of the
            lines.
    """

    text: str = Field(..., min_length=40, max_length=420)
    for_others: str = Field(..., min_length=40, max_length=420, description="if somebody else is in need: how to help")
    lines: list[str] = Field(..., min_items=1, max_items=MAX_LINES)
    offices: list[str] = Field(..., min_items=1, max_items=MAX_LINES)
    never: list[str] = Field(default_factory=list)
    topics: list[str] | None = Field(None, description="left out: every topic may follow")
    topic: str | None = Field(None, regex=TOPIC_PATTERN)
    told_anew: str | None = Field(None, min_length=40, max_length=420, description="to somebody who tells of it anew")
    afterwards: str | None = Field(None, min_length=40, max_length=420, description="above the answers that follow")


class NeedTexts(Strict):
    """All kinds of need: none may be missing."""

    crisis: NeedText
    violence: NeedText
    harassment: NeedText
    intimate_images: NeedText
    bullying: NeedText
    panic: NeedText


class HelpFile(Strict):
    """The file ``data/help/de.yml``.

    Attributes:
        doubtful: said instead of a kind's own text if it is not certain that anybody is in need. It must fit every
            kind, and a person who is in none.
        doubtful_lines: who is named with it; also for every kind.
    """

    lines: dict[str, Line]
    doubtful: str = Field(..., min_length=40, max_length=420)
    doubtful_lines: list[str] = Field(..., min_items=1, max_items=2)
    kinds: NeedTexts


class LineTranslation(Strict):
    """The texts of a line in another language."""

    label: str = Field(..., min_length=3, max_length=60)
    purpose: str = Field(..., alias="for", min_length=10, max_length=160)
    hours: str | None = Field(None, max_length=80, description="exactly where the German line has them")


class NeedTextTranslation(Strict):
    """The sentences for one kind of need in another language."""

    text: str = Field(..., min_length=40, max_length=420)
    for_others: str = Field(..., min_length=40, max_length=420)
    told_anew: str | None = Field(
        None, min_length=40, max_length=420, description="exactly where the German kind has it"
    )
    afterwards: str | None = Field(
        None, min_length=40, max_length=420, description="exactly where the German kind has it"
    )


class NeedTextTranslations(Strict):
    """The sentences for all kinds of need in another language."""

    crisis: NeedTextTranslation
    violence: NeedTextTranslation
    harassment: NeedTextTranslation
    intimate_images: NeedTextTranslation
    bullying: NeedTextTranslation
    panic: NeedTextTranslation


class HelpTranslation(Strict):
    """The texts of help in another language; numbers, dates and offices are the German file's."""

    lines: dict[str, LineTranslation]
    doubtful: str = Field(..., min_length=40, max_length=420)
    kinds: NeedTextTranslations


class NeedExamples(Strict):
    """How people in one kind of need write, or people who only sound like it (`none`).

    Attributes:
        examples: of the first author.
        by_author: of further authors, so that one author's can be left out to measure with them.
        about_others: by author, those in which somebody else is in need, not the writer.
        in_conversation: typed after an answer. They count for such messages only: among first messages, they would hide
            need that is told in few words.
    """

    kind: Literal["crisis", "violence", "harassment", "intimate_images", "bullying", "panic", "none"]
    examples: list[str] = Field(..., min_items=MIN_EXAMPLES)
    by_author: dict[str, list[str]] = Field(default_factory=dict, description="further examples by their author")
    about_others: dict[str, list[str]] = Field(default_factory=dict, description="by author: somebody else is in need")
    in_conversation: list[str] = Field(default_factory=list, description="further examples, typed after an answer")

    @property
    def all(self) -> list[str]:
        """The examples of every author, without those typed after an answer."""
        return [text for place, text in self.placed() if place[0] != "in_conversation"]

    def placed(self) -> Iterator[tuple[FieldPath, str]]:
        """Every example with the place it stands at in the file."""
        for field in ("examples", "in_conversation"):
            yield from (((field, index), text) for index, text in enumerate(getattr(self, field)))
        for name, authors in (("by_author", self.by_author), ("about_others", self.about_others)):
            for author, texts in authors.items():
                yield from (((name, author, index), text) for index, text in enumerate(texts))

    @validator("examples", "by_author", "about_others", "in_conversation", always=True)
    def _distinct(cls, value: Authored, values: dict[str, Authored]) -> Authored:
        checked = [values[name] for name in ("examples", "by_author", "about_others") if name in values]
        texts = [text.casefold() for authored in (*checked, value) for text in _flat(authored)]
        twice = [text for text, count in Counter(texts).items() if count > 1]
        if twice:
            raise ValueError(_("The example “{text}” appears twice.").format(text=twice[0]))
        return value


def _flat(authored: Authored) -> list[str]:
    return authored if isinstance(authored, list) else list(chain.from_iterable(authored.values()))


@dataclass(frozen=True)
class NeedHelp:
    """The help for one kind of need, in one language; see `NeedText` and `HelpFile`.

    Attributes:
        lines: who helps at once, the most helpful first.
        doubtful_lines: who is named if it is not certain that anybody is in need.
        offices, never: ids of contact points.
    """

    kind: str
    text: str
    for_others: str
    doubtful: str
    lines: tuple[Line, ...]
    doubtful_lines: tuple[Line, ...]
    offices: tuple[str, ...]
    never: frozenset[str]
    topics: tuple[str, ...] | None
    topic: str | None
    told_anew: str | None
    afterwards: str | None


def help_of(file: HelpFile, translation: HelpTranslation | None = None) -> dict[str, NeedHelp]:
    """The help by kind of need.

    Args:
        file: the checked German file.
        translation: the checked texts of another language; None gives the German ones.
    """
    lines = {
        name: line.copy(update=translation.lines[name].dict()) if translation else line
        for name, line in file.lines.items()
    }
    result: dict[str, NeedHelp] = {}
    for kind in KINDS:
        own: NeedText = getattr(file.kinds, kind)
        said: NeedText | NeedTextTranslation = getattr(translation.kinds, kind) if translation else own
        result[kind] = NeedHelp(
            kind=kind,
            text=said.text,
            for_others=said.for_others,
            doubtful=(translation or file).doubtful,
            lines=tuple(lines[name] for name in own.lines),
            doubtful_lines=tuple(lines[name] for name in file.doubtful_lines),
            offices=tuple(own.offices),
            never=frozenset(own.never),
            topics=None if own.topics is None else tuple(own.topics),
            topic=own.topic,
            told_anew=said.told_anew,
            afterwards=said.afterwards,
        )
    return result


def check_help(
    file: YamlFile, content: HelpFile, contacts: Collection[str], topics: Collection[str], today: date
) -> Iterator[Problem]:
    """Errors and warnings of the German file: references and dates.

    Args:
        file, content: the file and what is in it.
        contacts: ids of the contact points.
        topics: ids of the guide's topics.
        today: the day review dates are compared with.
    """
    for name, line in content.lines.items():
        at: FieldPath = ("lines", name)
        if line.checked > today:
            message = _("The day of the last check is in the future: {day}.").format(day=day(line.checked))
            yield file.problem((*at, "checked"), message, _("enter the day on which it was checked"))
        if line.review_by < today:
            message = _("The number was to be checked again by {day}.").format(day=day(line.review_by))
            remedy = _("compare it with the source, then set `checked` and `review_by`")
            yield file.problem((*at, "review_by"), message, remedy, warning=True)
    used = {name for kind in KINDS for name in getattr(content.kinds, kind).lines}
    for name in sorted(set(content.lines) - used):
        message = _("No kind of need names the line “{name}”.").format(name=name)
        yield file.problem(("lines", name), message, _("name it or remove it"), warning=True)
    yield from _check_lines(file, content, ("doubtful_lines",), content.doubtful_lines)
    for kind in KINDS:
        need: NeedText = getattr(content.kinds, kind)
        at = ("kinds", kind)
        yield from _check_lines(file, content, (*at, "lines"), need.lines)
        # Contact points are the authority's own file, which an update does not touch: one that is missing there must
        # not keep the assistant from starting.
        for field, names in (("offices", need.offices), ("never", need.never)):
            for index, name in enumerate(names):
                if name not in contacts:
                    message = _("There is no contact point “{contact}”.").format(contact=name)
                    remedy = _("check the spelling or add it to {file}").format(file="data/house/contacts.yml")
                    yield file.problem((*at, field, index), message, remedy, warning=True)
        named: list[tuple[FieldPath, str]] = [((*at, "topics", n), name) for n, name in enumerate(need.topics or ())]
        named += [((*at, "topic"), need.topic)] if need.topic else []
        for where, name in named:
            if name not in topics:
                message = _("There is no topic “{topic}”.").format(topic=name)
                yield file.problem(where, message, _("give an existing topic"))


def _check_lines(file: YamlFile, content: HelpFile, at: FieldPath, names: Iterable[str]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in content.lines:
            message = _("There is no line “{name}”.").format(name=name)
            known = ", ".join(content.lines)
            yield file.problem((*at, index), message, _("possible values: {known}").format(known=known))


def check_help_translation(file: YamlFile, translation: HelpTranslation, german: HelpFile) -> Iterator[Problem]:
    """Errors of a translation: lines that are missing, superfluous, or have hours in one language only."""
    for name in sorted(set(german.lines) - set(translation.lines)):
        message = _("The line “{name}” is not translated.").format(name=name)
        yield file.problem(("lines",), message, _("add the translation"))
    for name, own in translation.lines.items():
        at: FieldPath = ("lines", name)
        if name not in german.lines:
            message = _("There is no line “{name}” in German.").format(name=name)
            yield file.problem(at, message, _("check or remove the id"))
        elif (own.hours is None) != (german.lines[name].hours is None):
            message = _("`{field}` is in one of the two languages only.").format(field="hours")
            yield file.problem((*at, "hours"), message, _("give both or none"))
    for kind, name in product(KINDS, ("told_anew", "afterwards")):
        texts = [getattr(one.kinds, kind) for one in (translation, german)]
        if len({getattr(text, name) is None for text in texts}) > 1:
            message = _("`{field}` is in one of the two languages only.").format(field=name)
            yield file.problem(("kinds", kind, name), message, _("give both or none"))


def check_examples(files: Iterable[tuple[YamlFile, NeedExamples]], folder: Path) -> Iterator[Problem]:
    """Errors of the examples: a kind without a file or with another name, the same text in two files."""
    seen: dict[str, str] = {}
    found: set[str] = set()
    for file, content in files:
        found.add(content.kind)
        if file.path.stem != content.kind:
            message = _("The examples of “{kind}” are in a file with another name.").format(kind=content.kind)
            yield file.problem(("kind",), message, _("rename the file to {kind}.yml").format(kind=content.kind))
        for place, text in content.placed():
            other = seen.setdefault(text.casefold(), file.path.name)
            if other != file.path.name:
                message = _("This example is in {file}, too.").format(file=other)
                yield file.problem(place, message, _("keep it in one of the two files"))
    for kind in (*KINDS, NO_NEED):
        if kind not in found:
            message = _("There are no examples of “{kind}”.").format(kind=kind)
            yield Problem("error", folder, 1, "", message, _("add {name}.yml").format(name=kind))


@dataclass(frozen=True)
class Examples:
    """The examples of all files.

    Attributes:
        by_kind: of need; `NO_NEED` for those that only sound like it.
        about_others: those among them in which somebody else is in need, not the writer.
        in_conversation: by kind, further ones that were typed after an answer.
    """

    by_kind: Mapping[str, list[str]]
    about_others: frozenset[str]
    in_conversation: Mapping[str, list[str]]


def examples_of(files: Iterable[NeedExamples]) -> Examples:
    """The examples of checked files."""
    contents = list(files)
    others = [texts for content in contents for texts in content.about_others.values()]
    return Examples(
        {content.kind: content.all for content in contents},
        frozenset(chain.from_iterable(others)),
        {content.kind: content.in_conversation for content in contents},
    )
