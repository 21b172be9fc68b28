"""The events of Teams that the assistant reacts to, as plain data, and pseudonyms for whom they are about.

`parse_activity.read` makes them of activities. Pseudonyms are keyed hashes that reveal neither person nor place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from lotse.secret_key import keyed_hash


@dataclass(frozen=True)
class Envelope:
    """Sender and return address of an activity. Missing parts are empty.

    Attributes:
        activity_id: the same if the Connector repeats an activity.
        conversation_id: in a channel with the thread, ``19:…@thread.tacv2;messageid=…``.
        conversation_type: ``personal``, ``groupChat`` or ``channel``.
        user_id: the directory's id of the person, or Teams' id of them if there is none.
        member_id: Teams' id of the person, under which a message is sent to them alone.
        locale: the client's setting, such as ``en-US``; says little about the language of a message.
        is_invoke: the client waits for the body of our response.
    """

    activity_id: str = ""
    service_url: str = ""
    conversation_id: str = ""
    conversation_type: str = ""
    tenant_id: str = ""
    user_id: str = ""
    member_id: str = ""
    bot_id: str = ""
    locale: str = ""
    is_invoke: bool = False

    @property
    def personal(self) -> bool:
        """Whether only this person and the bot are in the conversation."""
        return self.conversation_type == "personal"


@dataclass(frozen=True)
class Said:
    """A person wrote a message.

    Attributes:
        text: empty if there was only a picture, a voice message or the like.
        file: whether it brought one of these.
        nothing: whether it brought nothing at all: some clients lose what a pressed button should send.
    """

    envelope: Envelope
    text: str
    file: bool = False
    nothing: bool = False


@dataclass(frozen=True)
class Picked:
    """A person pressed a button of a card. The payload is not trusted: a client can send any.

    Attributes:
        card: id of the message with the card if it asks a question of a guided check; else, and if the client does not
            name it, empty.
    """

    envelope: Envelope
    payload: str
    card: str = ""


@dataclass(frozen=True)
class Rated:
    """A person rated an answer.

    Attributes:
        answer_activity_id: the rated message; None if the client does not name it, then the last answer is meant.
    """

    envelope: Envelope
    answer_activity_id: str | None
    up: bool
    comment: str | None


@dataclass(frozen=True)
class Joined:
    """The bot has been added to a conversation."""

    envelope: Envelope
    personal: bool


@dataclass(frozen=True)
class HelpWanted:
    """A person used the help command, or mentioned the bot without further text.

    Attributes:
        language: of the command's word; None if it had none.
    """

    envelope: Envelope
    language: str | None = None


@dataclass(frozen=True)
class HandedIn:
    """A person submitted the form for asking a contact point.

    Attributes:
        name: only if the person chose to give one.
        consent: whether the box was ticked; without it nothing may be passed on.
        form: id of the message with the form, the same if its button is pressed twice; empty if the client does not
            name it.
    """

    envelope: Envelope
    office: str
    question: str
    name: str | None
    consent: bool
    form: str = ""


@dataclass(frozen=True)
class Ignored:
    """An activity that needs no reaction.

    Attributes:
        reason: for the log; contains no text of a person and no id.
    """

    envelope: Envelope
    reason: str


Incoming = Said | Picked | Rated | Joined | HelpWanted | HandedIn | Ignored


PREFIX = "teams-"


def person_id(key: bytes, envelope: Envelope) -> str:
    """The pseudonym of a person across all conversations: for rate limits only, never for stored conversations.

    Args:
        key: as for `sender_id`.
        envelope: of the activity.
    """
    return keyed_hash(key, "teams person", json.dumps([envelope.tenant_id, envelope.user_id]))


def sender_id(key: bytes, envelope: Envelope) -> str:
    """The sender id of a conversation, one for each person, place and tenant.

    A question asked in a private chat is not known in a channel where the same person writes, and two people in one
    thread do not share their circumstances.

    Args:
        key: secret; without it nobody can try a list of employees against the store (HMAC-SHA256, RFC 2104).
        envelope: of the activity.
    """
    # As JSON, so that different parts never give the same text.
    who_and_where = json.dumps([envelope.tenant_id, envelope.user_id, envelope.conversation_id])
    return PREFIX + keyed_hash(key, "teams sender", who_and_where)
