"""The one answer payload that every channel renders and none changes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from lotse.content.model import Level, Verdict

Outcome = Literal[
    "answered",
    "refined",
    "sources",
    "explained",
    "choices",
    "refused",
    "handed_over",
    "check",
    "smalltalk",
    "forgotten",
    "error",
]
Certainty = Literal["high", "medium", "low"]


class NormLink(BaseModel):
    """A norm as it is cited: “§ 33 Abs. 2 BeamtStG”."""

    label: str
    url: str | None = None
    as_of: str | None = None


class Citation(BaseModel):
    """What carries a point, numbered within one answer."""

    n: int
    passage: str
    title: str
    section: str | None = None
    publisher: str | None = None
    url: str | None = None
    as_of: str
    excerpt: str
    norms: list[NormLink] = Field(default_factory=list)
    note: str | None = None


class Point(BaseModel):
    """One statement of the answer with the numbers of its citations."""

    text: str
    cites: list[int]
    level: Level = "guide"
    language: str = "de"
    status: str | None = None
    title: str | None = None


class FollowUp(BaseModel):
    """A choice: what it says and what it sends."""

    label: str
    payload: str


class ContactLine(BaseModel):
    """An office to turn to, as shown."""

    label: str
    purpose: str
    email: str | None = None
    phone: str | None = None
    url: str | None = None


class Why(BaseModel):
    """How the message was understood."""

    recognised: str | None = None
    certainty: Certainty = "low"
    probability: float = 0.0
    alternatives: list[str] = Field(default_factory=list)


class HandoverOffice(BaseModel):
    """An office a question can be handed over to.

    Attributes:
        deliverable: whether the assistant itself can deliver it; else the person copies or mails the text.
        mailto: a link that opens a mail program with the draft in it.
    """

    id: str
    label: str
    email: str | None = None
    deliverable: bool = False
    mailto: str


class Handover(BaseModel):
    """A draft of the person's question to an office. Nothing goes out before they have seen, edited and agreed.

    Attributes:
        question: what they last asked the guide, personal data masked; empty if nothing was asked.
        offices: to choose from, the most helpful first.
    """

    question: str
    subject: str
    offices: list[HandoverOffice] = Field(default_factory=list)


class Answer(BaseModel):
    """One turn's answer. See DESIGN, "The answer payload".

    Attributes:
        retry: whether the turn failed and the message may be sent again; never where the message was at fault.
    """

    type: Literal["guidance"] = "guidance"
    answer_id: str = ""
    outcome: Outcome
    language: str = "de"
    topic: str | None = None
    title: str | None = None
    verdict: Verdict | None = None
    verdict_label: str | None = None
    short: str
    short_cites: list[int] = Field(default_factory=list)
    points: list[Point] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    follow_ups: list[FollowUp] = Field(default_factory=list)
    contacts: list[ContactLine] = Field(default_factory=list)
    handover: Handover | None = None
    addressed: str | None = None
    notice: str | None = None
    retry: bool = False
    why: Why = Field(default_factory=Why)

    def payload(self) -> dict[str, Any]:
        """The answer as JSON-ready data."""
        return self.dict()
