"""The payload of an answer: the same for every channel; channels render it and do not change it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from lotse.content.model import Level, PassageCertainty, Verdict

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
_PARAGRAPH = "\n\n"


class NormLink(BaseModel):
    """A norm as it is cited: “§ 33 Abs. 2 BeamtStG”."""

    label: str
    url: str | None = None
    as_of: str | None = None


class Citation(BaseModel):
    """The source of a statement, numbered within one answer.

    Attributes:
        n: number in the answer, from 1 in reading order: short answer, steps, points. What continues an answer or names
            its sources keeps its numbers.
        passage: id of the passage that the statement comes from.
        as_of: date of the source in ISO 8601, as precise as it is known.
        excerpt: text of the statement.
        remark: what readers should know of the source, such as whom it holds for; None if there is nothing.
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
    remark: str | None = None


class Point(BaseModel):
    """One statement of the answer with the numbers of its citations.

    Attributes:
        level: ``guide``, or ``house`` for a rule of the authority.
        language: ISO 639-1 code of the text.
        status: the only group it applies to, as it is addressed in the answer; None if it applies to everyone.
        title: heading of the passage.
        certainty: whether the statement is settled law, disputed or not settled.
    """

    text: str
    cites: list[int]
    level: Level = "guide"
    language: str = "de"
    status: str | None = None
    title: str | None = None
    certainty: PassageCertainty = "settled"


class Step(BaseModel):
    """Something to do next, with the numbers of the citations it rests on."""

    text: str
    cites: list[int] = Field(default_factory=list)


class ContactLine(BaseModel):
    """A contact point, as shown.

    Attributes:
        note: what to know before turning to it; None if there is nothing.
    """

    label: str
    purpose: str
    note: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None

    @property
    def can_be_reached(self) -> bool:
        """Whether the authority has said how: by phone, by mail or at an address."""
        return bool(self.phone or self.email or self.url)


class HelpLine(BaseModel):
    """Somebody who helps a person in need at once.

    Attributes:
        hours: when they can be reached.
        phone: as it is dialled.
        other_phones: further numbers of the same helpers.
    """

    label: str
    purpose: str
    phone: str | None = None
    other_phones: list[str] = Field(default_factory=list)
    url: str | None = None
    hours: str | None = None


class Help(BaseModel):
    """What a person in need is told before anything else.

    Attributes:
        kind: of need, as in `data/help`.
        text: a few warm sentences.
        lines: who helps now, the most urgent first.
        offices: contact points in the person's own authority.
    """

    kind: str
    text: str
    lines: list[HelpLine] = Field(default_factory=list)
    offices: list[ContactLine] = Field(default_factory=list)


class FollowUp(BaseModel):
    """A choice: its label, and the payload that picking it sends, such as ``/ask_blocking``."""

    label: str
    payload: str


class DocumentLink(BaseModel):
    """A document to save.

    Attributes:
        url: its address; relative to that of the web chat if the authority has not said where that is.
    """

    label: str
    url: str


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
        verdict: of an answer from the guide; ``info`` is information and no traffic light, as for everyone who does not
            ask whether they may do something. None for every other reply.
        verdict_label: how the verdict is named; None for ``info``, which is shown without a label.
        short: the short answer, complete by itself.
        short_cites: numbers of the citations that support the short answer.
        help: for a person in need, met before anything else; None for everyone else.
        assumed: what the answer took for granted because the message left it open, with a way to correct it; None if
            the message was understood with certainty.
        steps: what to do next.
        points_at_once: how many points a channel shows at once that cannot fold the others away; the others follow on
            request (`request_more`). None: all of them.
        question: what is asked back below the answer, with `follow_ups` as its answers: the open question of a guided
            check under its reasons so far. None if `short` asks it, or nothing is asked.
        documents: the answer as documents to save.
        addressed: the status the answer was written for, in a sentence; None if none is known.
        notice: remarks such as that this is not legal advice, in paragraphs separated by an empty line.
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
    help: Help | None = None
    assumed: str | None = None
    short: str
    short_cites: list[int] = Field(default_factory=list)
    question: str | None = None
    steps: list[Step] = Field(default_factory=list)
    points: list[Point] = Field(default_factory=list)
    points_at_once: int | None = None
    citations: list[Citation] = Field(default_factory=list)
    follow_ups: list[FollowUp] = Field(default_factory=list)
    contacts: list[ContactLine] = Field(default_factory=list)
    handover: Handover | None = None
    documents: list[DocumentLink] = Field(default_factory=list)
    addressed: str | None = None
    notice: str | None = None
    retry: bool = False
    why: Why = Field(default_factory=Why)

    @property
    def notices(self) -> list[str]:
        """The paragraphs of `notice`, the most urgent first."""
        return self.notice.split(_PARAGRAPH) if self.notice else []

    def with_notice(self, first: str) -> Answer:
        """The answer with one more paragraph before its other notices."""
        return self.copy(update={"notice": _PARAGRAPH.join([first, *self.notices])})

    @property
    def contacts_named(self) -> list[ContactLine]:
        """The contact points below an answer of which only the name is told: nobody has said how to reach them.

        Whoever asked for contact points reads what each is there for.
        """
        briefly = self.outcome in ("answered", "refined")
        return [contact for contact in self.contacts if briefly and not contact.can_be_reached]

    @property
    def contacts_described(self) -> list[ContactLine]:
        """The other contact points: each with its purpose and how to reach it."""
        return [contact for contact in self.contacts if contact not in self.contacts_named]

    @property
    def points_shown(self) -> list[Point]:
        """The points that a channel shows at once that cannot fold the others away."""
        return self.points[: self.points_at_once]

    @property
    def citations_shown(self) -> list[Citation]:
        """The citations without those of points that follow on request only."""
        if self.points_at_once is None:
            return self.citations
        parts = [self.short_cites, *(step.cites for step in self.steps), *(point.cites for point in self.points_shown)]
        numbers = {number for cites in parts for number in cites}
        return [citation for citation in self.citations if citation.n in numbers]

    def payload(self) -> dict[str, Any]:
        """The answer as a dictionary that `json.dumps` takes; the keys are the attributes above."""
        return self.dict()
