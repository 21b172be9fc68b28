"""The payload of an answer: the same for every channel; channels render it and do not change it."""

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
    """The source of a statement, numbered within one answer.

    Attributes:
        n: number in the answer, from 1.
        passage: id of the passage that the statement comes from.
        as_of: date of the source in ISO 8601, as precise as it is known.
        excerpt: text of the statement.
    """

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
    """One statement of the answer with the numbers of its citations.

    Attributes:
        level: ``guide``, or ``house`` for a rule of the authority.
        language: ISO 639-1 code of the text.
        status: the only group it applies to, as it is addressed in the answer; None if it applies to everyone.
        title: heading of the passage.
    """

    text: str
    cites: list[int]
    level: Level = "guide"
    language: str = "de"
    status: str | None = None
    title: str | None = None


class FollowUp(BaseModel):
    """A choice: its label, and the payload that picking it sends, such as ``/ask_blocking``."""

    label: str
    payload: str


class ContactLine(BaseModel):
    """A contact point, as shown."""

    label: str
    purpose: str
    email: str | None = None
    phone: str | None = None
    url: str | None = None


class Why(BaseModel):
    """How the message was understood.

    Attributes:
        recognised: label of the topic; None if there is none.
        probability: of that topic, 0 to 1.
        alternatives: labels of other topics it may have been, the most likely first.
    """

    recognised: str | None = None
    certainty: Certainty = "low"
    probability: float = 0.0
    alternatives: list[str] = Field(default_factory=list)


class HandoverOffice(BaseModel):
    """A contact point that a question can be handed over to.

    Attributes:
        deliverable: whether the assistant itself can deliver it; otherwise the person copies or mails the text.
        mailto: a link that opens a mail program with the draft in it.
    """

    id: str
    label: str
    email: str | None = None
    deliverable: bool = False
    mailto: str


class Handover(BaseModel):
    """A draft of the person's question to a contact point. It is sent only after they have seen it and agreed.

    Attributes:
        question: what they last asked the guide, personal data masked; empty if nothing was asked.
        offices: the contact points to choose from, the most suitable first.
    """

    question: str
    subject: str
    offices: list[HandoverOffice] = Field(default_factory=list)


class Answer(BaseModel):
    """The answer of one turn; docs/developers.md explains its outcomes.

    Attributes:
        outcome: how the turn ended.
        language: ISO 639-1 code of the texts.
        short: the short answer, complete by itself.
        short_cites: numbers of the citations that support the short answer.
        addressed: the status the answer was written for, in a sentence; None if none is known.
        notice: remarks such as that this is not legal advice.
        retry: whether the turn failed and the message may be sent again; never if the message itself was the problem.
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
        """The answer as a dictionary that `json.dumps` takes; the keys are the attributes above."""
        return self.dict()
