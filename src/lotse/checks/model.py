"""The model of a guided check: its questions, findings and texts. The JSON Schema for editors is generated from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field, validator

from lotse.content.help import Kind
from lotse.content.model import LANGUAGE_PATTERN, TOPIC_PATTERN, Cite, Strict, Verdict
from lotse.operator_language import _

# The option “I don't know”, which every question has.
UNKNOWN = "unknown"
# The help that is shown if the file names no kind of need.
DEFAULT_DANGER: Kind = "violence"

Basis = Literal["checklist", "requirements", "ours"]
Audience = Literal["employees", "authorities"]
# What the pasted text of a post may show; the words are in data/word_lists/drafts.yml. “post” or “comment” says which
# of the two it is, “name” and “personal_data” that it tells who somebody is, the others that it has words of that kind.
Sign = Literal[
    "post",
    "comment",
    "name",
    "personal_data",
    "workplace",
    "insult",
    "disparaging",
    "citizens",
    "internal",
    "party",
    "election",
    "picture",
    "children",
    "advertising",
]
# A list of alternatives; each maps questions to options: all of its questions must have been answered so.
Condition = list[dict[str, list[str]]]


class Option(Strict):
    """One answer to a question.

    Attributes:
        value: the value of the question's facet that means this option.
        signs: what the pasted text of a post must show for this option to be proposed; one of them is enough.
    """

    id: str = Field(..., regex=TOPIC_PATTERN)
    label: str = Field(..., min_length=1, max_length=120)
    value: str | None = Field(None, description="the value of the question's facet that means this option")
    signs: list[Sign] = Field(default_factory=list, description="signs of a pasted text that propose this option")
    prevails: bool = Field(False, description="whether its signs propose it even if those of others are there, too")


class Question(Strict):
    """One question of a check. The program adds the option “I don't know” to every question."""

    id: str = Field(..., regex=TOPIC_PATTERN)
    text: str = Field(..., min_length=10, max_length=240)
    why: str = Field(..., min_length=10, max_length=300, description="why it is asked, in one sentence")
    basis: Basis | None = Field(None, description="checks for authorities: where the question comes from")
    cites: list[Cite] = Field(default_factory=list, description="with `checklist` or `requirements`: where it stands")
    facet: str | None = Field(None, description="the facet of data/vocabulary that answers it if it has been said")
    when: Condition = Field(default_factory=list, description="asked only then; names earlier questions only")
    last_counts: bool = Field(False, description="of several fitting options the last counts; the text says so")
    options: list[Option] = Field(..., min_items=2, max_items=7)

    @validator("options")
    def _own_ids(cls, options: list[Option]) -> list[Option]:
        ids = [option.id for option in options]
        if len(set(ids)) < len(ids):
            raise ValueError(_("The same option appears twice."))
        if UNKNOWN in ids:
            raise ValueError(_("The program adds the option `{id}` itself.").format(id=UNKNOWN))
        return options

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of all options, “I don't know” last."""
        return (*(option.id for option in self.options), UNKNOWN)

    def option(self, name: str) -> Option | None:
        """An option by its id; None for “I don't know” and for what is no option."""
        return next((option for option in self.options if option.id == name), None)


class Conclusion(Strict):
    """What follows from the answers, carried by passages of the guide."""

    verdict: Verdict
    reason: str = Field(..., min_length=20, max_length=600)
    passages: list[str] = Field(..., min_items=1, max_items=3)
    change: str | None = Field(None, min_length=10, max_length=400, description="what would change it")
    instead: str | None = Field(
        None, min_length=10, max_length=200, description="words of a post that would do instead, as an example"
    )
    open: str | None = Field(None, min_length=10, max_length=400, description="what is open, and who clears it up")
    steps: list[str] = Field(default_factory=list, max_items=10, description="what to do now, a sentence each")
    owner: str | None = Field(None, description="contact point of data/house that does the next step")


class Finding(Conclusion):
    """A conclusion that is part of the result if its condition holds."""

    id: str = Field(..., regex=TOPIC_PATTERN)
    when: Condition = Field(..., min_items=1)


class DocumentHeadings(Strict):
    """Headings of a draft for the file."""

    result: str = Field(..., min_length=3, max_length=80)
    open: str = Field(..., min_length=3, max_length=80)
    owner: str = Field(..., min_length=3, max_length=80)
    basis: str = Field(..., min_length=3, max_length=80)


class Document(Strict):
    """What the result of an authority's check is called as a draft for the file."""

    title: str = Field(..., min_length=3, max_length=160)
    heading: DocumentHeadings


class Check(Strict):
    """A guided check of one concrete case.

    Attributes:
        otherwise: the result if no finding holds.
        summary: the first line of the result, by verdict.
        danger: `question.option` after which help is shown at once, with the kind of need.
        language: of the texts.
    """

    check: str = Field(..., regex=TOPIC_PATTERN)
    title: str = Field(..., min_length=5, max_length=80)
    label: str = Field(..., min_length=3, max_length=40)
    audience: Audience
    topics: list[str] = Field(..., min_items=1)
    intro: str = Field(..., min_length=20, max_length=600)
    phrases: list[str] = Field(..., min_items=3, description="how people ask for this check")
    questions: list[Question] = Field(..., min_items=1, max_items=60)
    findings: list[Finding] = Field(..., min_items=1)
    otherwise: Conclusion
    summary: dict[Verdict, str] = Field(..., description="the first line of the result, by verdict")
    limits: str = Field(..., min_length=20, max_length=500)
    danger: list[str] | dict[str, Kind] = Field(
        default_factory=list, description="`question.option` after which help is shown at once; with the kind of need"
    )
    draft: bool = Field(False, description="whether the text of a post may be pasted, which then proposes answers")
    document: Document | None = Field(None, description="texts of the draft for the file; checks for authorities only")
    language: str = Field("de", regex=LANGUAGE_PATTERN, description="of its texts; set by the program")

    @property
    def dangers(self) -> dict[str, Kind]:
        """The kind of need by `question.option`."""
        named = self.danger
        return dict(named) if isinstance(named, dict) else dict.fromkeys(named, DEFAULT_DANGER)

    @property
    def conclusions(self) -> dict[str, Conclusion]:
        """Every conclusion by the id of its finding; `otherwise` under its own name."""
        return {**{finding.id: finding for finding in self.findings}, "otherwise": self.otherwise}

    def question(self, name: str) -> Question | None:
        """A question by its id; None if there is none."""
        return next((question for question in self.questions if question.id == name), None)


class QuestionTranslation(Strict):
    """The texts of one question."""

    id: str | None = Field(None, description="as in German")
    text: str = Field(..., min_length=10, max_length=240)
    why: str = Field(..., min_length=10, max_length=300)
    options: dict[str, str] = Field(..., description="the label by id of the option")

    @validator("options", pre=True)
    def _by_id(cls, value: object) -> object:
        return _labels(value)


class ConclusionTranslation(Strict):
    """The texts of one conclusion."""

    id: str | None = Field(None, description="as in German")
    reason: str = Field(..., min_length=20, max_length=600)
    change: str | None = Field(None, min_length=10, max_length=400)
    instead: str | None = Field(None, min_length=10, max_length=200, description="exactly where the German one has it")
    open: str | None = Field(None, min_length=10, max_length=400)
    steps: list[str] = Field(default_factory=list, max_items=10)


class CheckTranslation(Strict):
    """The texts of a check in another language; everything else is the German check's.

    Questions, findings and options are written as in German, as lists of entries with their `id`; a mapping by id will
    do as well.
    """

    check: str = Field(..., regex=TOPIC_PATTERN)
    title: str = Field(..., min_length=5, max_length=80)
    label: str = Field(..., min_length=3, max_length=40)
    intro: str = Field(..., min_length=20, max_length=600)
    phrases: list[str] = Field(..., min_items=3)
    questions: list[QuestionTranslation]
    findings: list[ConclusionTranslation]
    otherwise: ConclusionTranslation
    summary: dict[Verdict, str]
    limits: str = Field(..., min_length=20, max_length=500)
    document: Document | None = None

    @validator("questions", "findings", pre=True)
    def _listed(cls, value: object) -> object:
        """A mapping by id as a list of entries."""
        if not isinstance(value, Mapping):
            return value
        return [{"id": name, **entry} if isinstance(entry, Mapping) else entry for name, entry in value.items()]


def _labels(value: object) -> object:
    """A list of options with id and label as a mapping; anything else as it is, for the model to report."""
    if not isinstance(value, list):
        return value
    labels: dict[Any, Any] = {}
    for entry in value:
        if not isinstance(entry, Mapping) or set(entry) != {"id", "label"} or str(entry["id"]) in labels:
            raise ValueError(_("Each option needs an `id` of its own and a `label`, and nothing else."))
        labels[str(entry["id"])] = entry["label"]
    return labels


SCHEMAS: dict[str, type[BaseModel]] = {"check": Check, "check_translation": CheckTranslation}
