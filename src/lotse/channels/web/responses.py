"""What the web chat sends. The models describe it in the OpenAPI document; the widget's types are made from that."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field

from lotse.answering.answer import Answer
from lotse.channels.web.api_errors import STATUS
from lotse.channels.web.http_messages import iso
from lotse.channels.web.request_models import Identity
from lotse.conversation import transcript


class Sent(BaseModel):
    """The body of a response: every field is always there, null if it holds nothing."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class AssistantItem(Sent):
    """Something the assistant said.

    Attributes:
        text: the answer as plain text.
        guidance: the same answer in its parts.
    """

    id: str
    from_: Literal["assistant"] = Field(..., alias="from")
    at: datetime
    text: str
    guidance: Answer


class UserItem(Sent):
    """Something the person said; a picked choice as its label."""

    id: str
    from_: Literal["user"] = Field(..., alias="from")
    at: datetime
    text: str


def item_data(item: transcript.TranscriptItem) -> dict[str, Any]:
    """An item of a conversation as `AssistantItem` or `UserItem` describes it, JSON-ready."""
    if isinstance(item, transcript.AssistantItem):
        said = {"from": "assistant", "at": iso(item.at), "text": item.text}
        return {"id": item.id, **said, "guidance": item.answer.payload()}
    return {"id": item.id, "from": "user", "at": iso(item.at), "text": item.text}


class Limits(Sent):
    """What a message may hold."""

    max_characters: int


class Session(Sent):
    """A conversation that has begun, with its greeting."""

    token: str
    expires_at: datetime
    language: str
    messages: list[AssistantItem] = Field(..., min_items=1)
    limits: Limits


class Answered(Sent):
    """The answers to the message with this id."""

    id: Identity
    messages: list[AssistantItem] = Field(..., min_items=1)


class History(Sent):
    """Everything said, oldest first."""

    messages: list[AssistantItem | UserItem]


class Health(Sent):
    """Whether messages can be answered."""

    ready: bool


class Labels(BaseModel):
    """The widget's own words, by the names its script uses."""

    __root__: dict[str, str]


class TopicTitle(Sent):
    """A topic: its short name, and the question it answers."""

    label: str
    question: str


class TopicGroup(Sent):
    """Topics for one kind of readers."""

    title: str
    topics: list[TopicTitle]


class Questions(Sent):
    """What can be asked and is always understood: topics in groups, and one question for each topic and passage."""

    groups: list[TopicGroup]
    questions: list[str]


class ErrorDetail(Sent):
    """What is wrong, for a program and for a person."""

    code: str = Field(..., enum=sorted(STATUS))
    message: str


class Error(Sent):
    """A request that was not carried out."""

    error: ErrorDetail
