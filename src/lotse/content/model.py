"""The content model: topics, passages, sources, norms. The JSON Schemas for editors are generated from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, Extra, Field, root_validator, validator

from lotse.content.sentences import one_a_line
from lotse.operator_language import _

if TYPE_CHECKING:
    from lotse.content.help import NeedHelp

Verdict = Literal["allowed", "depends", "not_allowed", "info"]
Status = Literal["beamte", "tarif", "azubi", "soldaten"]
Level = Literal["guide", "house"]
PassageCertainty = Literal["settled", "disputed", "uncertain"]
FacetValues = str | list[str]

TOPIC_PATTERN = r"^[a-z][a-z0-9_]*$"
TEAMS_CHANNEL = re.compile(r"19:[A-Za-z0-9_-]+@thread\.(?:tacv2|skype)")
PASSAGE_PATTERN = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
LANGUAGE_PATTERN = r"^[a-z]{2}$"
URL_PATTERN = r"^https?://\S+$"
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
# A form of a facet may stand beside values of another facet: “unser* <platform=facebook|tiktok>”.
BESIDE = re.compile(r"<(?P<facet>[a-z_]+)=(?P<values>[a-z_|]+)>")
# A number as people read it: groups of digits, with “+” and the country before it if it is for calls from abroad.
PHONE_PATTERN = r"^\+?[0-9]+( [0-9]+)*$"


class Strict(BaseModel):
    """Base of all content models: an unknown field is an error, so that a misspelt one is not lost silently."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False
        anystr_strip_whitespace = True


class Cite(Strict):
    """A citation: a source (with its section) or a norm (with paragraph and sentence)."""

    source: str | None = Field(None, description="id in sources.yml")
    section: str | None = Field(None, description="section id of that source, if it has sections")
    norm: str | None = Field(None, description="id in norms.yml")
    at: str | None = Field(None, max_length=40, description="paragraph and sentence: Abs. 1 S. 2")

    @root_validator
    def _one_of_both(cls, values: dict[str, str | None]) -> dict[str, str | None]:
        if bool(values.get("source")) == bool(values.get("norm")):
            raise ValueError(_("Either `source` or `norm` belongs here: exactly one of them."))
        if values.get("section") and not values.get("source"):
            raise ValueError(_("`section` belongs to a source (`source`); for a norm the field is called `at`."))
        return values


def one_sentence_a_line() -> classmethod[Any, Any, Any]:
    """A validator of the field `plain`: each sentence becomes a line of its own, however it was written."""

    def lines(text: str | None) -> str | None:
        return None if text is None else one_a_line(text)

    return validator("plain", allow_reuse=True)(lines)


class CitedText(Strict):
    """A statement with its citations."""

    text: str = Field(..., min_length=20, max_length=420)
    cites: list[Cite] = Field(..., min_items=1)


class Example(Strict):
    """A concrete case with its verdict, supported by one passage."""

    text: str = Field(..., min_length=20, max_length=360)
    verdict: Verdict
    passage: str = Field(..., regex=PASSAGE_PATTERN)


class Sample(Strict):
    """Words that a person can send or say, supported by one passage."""

    occasion: str = Field(..., min_length=5, max_length=70, description="what they are for; no full stop")
    text: str = Field(..., min_length=20, max_length=280, description="placeholders in square brackets")
    passage: str = Field(..., regex=PASSAGE_PATTERN)


def values_of(facets: Mapping[str, FacetValues], facet: str) -> frozenset[str]:
    """The values given for a facet; empty if there are none."""
    values = facets.get(facet, [])
    return frozenset([values] if isinstance(values, str) else values)


class Step(Strict):
    """Something to do next, supported by one passage."""

    text: str = Field(..., min_length=10, max_length=160)
    passage: str = Field(..., regex=PASSAGE_PATTERN)


class Passage(Strict):
    """The smallest citable statement: one rule with its conditions, sources and norms."""

    id: str = Field(..., regex=PASSAGE_PATTERN)
    title: str = Field(..., min_length=3, max_length=70)
    text: str = Field(..., min_length=20, max_length=420)
    questions: list[str] = Field(..., min_items=3)
    phrasings: list[str] = Field(
        default_factory=list, description="further messages that this passage answers; they only help to find it"
    )
    follow_ups: list[str] = Field(
        default_factory=list,
        description="what people who have read an answer of the topic ask on with, in fragments; to find it, too",
    )
    facets: dict[str, FacetValues] = Field(default_factory=dict)
    verdict: Verdict | None = Field(None, description="only where the answer differs from the topic's")
    verdict_requires: dict[str, FacetValues] = Field(
        default_factory=dict, description="circumstances beside `facets` that must have been said for `verdict` to hold"
    )
    verdict_unless: dict[str, FacetValues] = Field(
        default_factory=dict, description="circumstances under which `verdict` does not hold; then it depends"
    )
    only_for: dict[str, FacetValues] = Field(
        default_factory=dict, description="shown only to somebody who has said one of these circumstances"
    )
    short: str | None = Field(None, max_length=240, description="the answer to exactly this case, in a sentence or two")
    plain: str | None = Field(
        None, min_length=40, max_length=700, description="the text in plain language, one sentence a line"
    )
    by_status: dict[Status, CitedText] = Field(default_factory=dict)
    certainty: PassageCertainty = "settled"
    cites: list[Cite] = Field(..., min_items=1)
    reviewed: date
    review_by: date
    overrides: str | None = Field(None, regex=PASSAGE_PATTERN, description="house rules only: the passage replaced")
    level: Level = "guide"
    language: str = Field("de", regex=LANGUAGE_PATTERN, description="of its texts; house rules may be in another")

    @root_validator(skip_on_failure=True)
    def _agree(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("verdict") is not None and values.get("short") is None:
            raise ValueError(_("A passage with a `verdict` needs a `short` that gives the answer to its case."))
        if values.get("verdict_requires") and values.get("verdict") is None:
            raise ValueError(_("`verdict_requires` belongs to a passage with a `verdict`."))
        if values.get("verdict_unless") and values.get("verdict") is None:
            raise ValueError(_("`verdict_unless` belongs to a passage with a `verdict`."))
        reviewed, review_by = values["reviewed"], values["review_by"]
        if isinstance(reviewed, date) and isinstance(review_by, date) and review_by <= reviewed:
            raise ValueError(_("`review_by` must be later than `reviewed`."))
        return values

    _lines = one_sentence_a_line()

    @validator("questions", "phrasings", "follow_ups")
    def _distinct(cls, questions: list[str]) -> list[str]:
        if len({question.casefold() for question in questions}) < len(questions):
            raise ValueError(_("The same question appears twice."))
        return questions

    @property
    def topic(self) -> str:
        """The topic this passage belongs to, the first half of its id."""
        return self.id.split(".", 1)[0]

    def facet_values(self, facet: str) -> frozenset[str]:
        """The values of a facet that this passage is about; empty if it is about all of them."""
        return values_of(self.facets, facet)


class Topic(Strict):
    """One question of the guide with its guidance."""

    topic: str = Field(..., regex=TOPIC_PATTERN)
    title: str = Field(..., min_length=10, max_length=90)
    label: str = Field(..., min_length=3, max_length=40)
    verdict: Verdict
    verdict_unless: dict[str, FacetValues] = Field(
        default_factory=dict, description="circumstances under which `verdict` does not hold; then it depends"
    )
    short: str = Field(..., min_length=20, max_length=300)
    brief: str | None = Field(None, min_length=5, max_length=140, description="the answer to “in short: yes or no?”")
    steps: list[Step] = Field(default_factory=list, max_items=3, description="what to do next, at most three")
    steps_done: list[Step] = Field(
        default_factory=list, max_items=3, description="in place of `steps` for who has done it already, at most three"
    )
    rests_on: list[str] = Field(..., min_items=1, max_items=3)
    plain: str = Field(..., min_length=40, max_length=700)
    why: CitedText
    examples: list[Example] = Field(..., min_items=1)
    samples: list[Sample] = Field(default_factory=list, max_items=16, description="what one can write, at most sixteen")
    passages: list[Passage] = Field(..., min_items=5, max_items=28)
    related: list[str] = Field(..., min_items=1, max_items=4)
    contacts: list[str] = Field(..., min_items=1, max_items=3)

    _lines = one_sentence_a_line()


class HouseRules(Strict):
    """Rules of one authority that add to a topic's guidance or replace passages of it."""

    topic: str = Field(..., regex=TOPIC_PATTERN)
    passages: list[Passage] = Field(..., min_items=1)


class Section(Strict):
    """A part of a source that has an address of its own."""

    title: str = Field(..., max_length=120)
    url: str | None = Field(None, regex=URL_PATTERN)


class SourceTranslation(Strict):
    """The texts of a source's entry in another language. The title stays as it was published."""

    remark: str | None = Field(None, max_length=160)


class Source(Strict):
    """A document that passages cite."""

    title: str = Field(..., max_length=160)
    publisher: str = Field(..., max_length=120)
    url: str | None = Field(None, regex=URL_PATTERN)
    as_of: date
    as_of_precision: Literal["day", "month", "year"] = "day"
    kind: Literal["guide", "authority", "court", "literature", "press", "house"]
    review_by: date | None = Field(None, description="if the page changes often: the day by which to look at it again")
    note: str | None = Field(None, max_length=300, description="for editors; never shown")
    remark: str | None = Field(None, max_length=160, description="for readers, such as whom it holds for")
    sections: dict[str, Section] = Field(default_factory=dict)
    translations: dict[str, SourceTranslation] = Field(default_factory=dict, description="by language: en")

    @root_validator(skip_on_failure=True)
    def _findable(cls, values: dict[str, object]) -> dict[str, object]:
        # A court decision can be found by court, date and file number; anything else needs an address.
        if values.get("url") is None and values.get("kind") not in ("court", "house"):
            raise ValueError(
                _(
                    "`url` is missing; only court decisions (`court`) and documents of the organisation "
                    "(`house`) are found without it."
                )
            )
        return values


class Norm(Strict):
    """A paragraph of law or of a collective agreement."""

    label: str = Field(..., max_length=60)
    law: str = Field(..., max_length=120)
    url: str | None = Field(None, regex=URL_PATTERN)
    says: str = Field(..., max_length=400)
    as_of: date
    basis: Literal["text", "secondary", "general"] = Field(
        ..., description="text: read in the law; secondary: in a report of it; general: common knowledge, to be checked"
    )


class ContactTranslation(Strict):
    """The texts of a contact point in another language."""

    label: str = Field(..., max_length=60)
    purpose: str = Field(..., alias="for", max_length=200)
    note: str | None = Field(None, max_length=300)


class Contact(Strict):
    """A contact point that can help. An authority fills in its own addresses."""

    label: str = Field(..., max_length=60)
    purpose: str = Field(..., alias="for", max_length=200)
    note: str | None = Field(None, max_length=300)
    email: str | None = Field(None, regex=EMAIL_PATTERN)
    phone: str | None = Field(None, max_length=40)
    url: str | None = Field(None, regex=URL_PATTERN)
    teams_channel: str | None = Field(
        None, description="channel in Microsoft Teams that takes questions handed over: its link, or its id 19:…"
    )
    translations: dict[str, ContactTranslation] = Field(default_factory=dict, description="by language: en")

    @validator("teams_channel")
    def _channel(cls, given: str | None) -> str | None:
        """The id of the channel, also out of its link: https://teams.microsoft.com/l/channel/19%3A…%40thread.tacv2/…"""
        if given is None:
            return None
        found = TEAMS_CHANNEL.search(unquote(given) if given.startswith("https://") else given)
        whole = found is not None and (given.startswith("https://") or found[0] == given)
        if found is None or not whole:
            raise ValueError(
                _(
                    "This is not a channel in Microsoft Teams. In Teams, choose “Get link to channel” at the "
                    "channel and enter the whole link."
                )
            )
        return found[0]


class FacetValue(Strict):
    """One value of a facet and the words people use for it."""

    label: str = Field(..., max_length=60)
    translations: dict[str, str] = Field(default_factory=dict, description="the label by language: en")
    settles: list[str] = Field(default_factory=list, description="facets that need not be asked for any more")
    forms: list[str] = Field(..., min_items=1)


class AssumedValue(Strict):
    """The value of a facet that is taken for granted as long as nobody says another."""

    value: str
    text: str = Field(..., max_length=60, description="completes “The answer is about …”")
    translations: dict[str, str] = Field(default_factory=dict, description="the text by language: en")


class Facet(Strict):
    """A circumstance that changes the answer."""

    facet: str = Field(..., regex=TOPIC_PATTERN)
    overlapping: bool = Field(False, description="its words are also found within those of other facets")
    values: dict[str, FacetValue]
    assumed: AssumedValue | None = Field(None, description="what is taken for granted if nothing is said")

    @root_validator(skip_on_failure=True)
    def _assumes_one_of_its_values(cls, values: dict[str, object]) -> dict[str, object]:
        assumed, known = values.get("assumed"), values["values"]
        if isinstance(assumed, AssumedValue) and isinstance(known, dict) and assumed.value not in known:
            raise ValueError(_("`assumed` must be one of the values."))
        return values


class Registry(Strict):
    """The shape of the files that hold one kind of entry under one key."""

    sources: dict[str, Source] = Field(default_factory=dict)
    norms: dict[str, Norm] = Field(default_factory=dict)
    contacts: dict[str, Contact] = Field(default_factory=dict)


class HouseChat(Strict):
    """What an authority says of its web chat in `data/house/chat.yml`."""

    address: str | None = Field(None, regex=URL_PATTERN, description="of the chat: https://lotse.example.org/chat/")


@dataclass(frozen=True)
class Guide:
    """All guidance of one language, checked as a whole.

    Attributes:
        language: ISO 639-1 code of the texts.
        topics: by topic id, in the order of the files' names.
        passages: by passage id, house rules included, overridden ones left out.
        help: what a person in need is told first, by kind of need.
        chat_address: where people reach the web chat, with a slash at the end; None if the authority has not said so.
    """

    language: str
    topics: Mapping[str, Topic]
    passages: Mapping[str, Passage]
    sources: Mapping[str, Source]
    norms: Mapping[str, Norm]
    contacts: Mapping[str, Contact]
    facets: Mapping[str, Facet]
    of_topic: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)
    help: Mapping[str, NeedHelp] = field(default_factory=dict)
    chat_address: str | None = None

    def status_label(self, status: str) -> str:
        """How people of this status are addressed in a sentence: “für Beamtinnen und Beamte”."""
        return self.facets["status"].values[status].label

    def settles_status(self, occupations: Iterable[str]) -> bool:
        """Whether one of these occupations makes it needless to ask for the status."""
        known = self.facets["occupation"].values if "occupation" in self.facets else {}
        return any("status" in known[name].settles for name in occupations if name in known)
