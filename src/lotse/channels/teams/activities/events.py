"""What can happen in Teams, as plain data: `incoming.read` makes it of an activity, the channel reacts to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Envelope:
    """Where an activity comes from and how to answer it. Missing parts are empty.

    Attributes:
        activity_id: the same when the Connector repeats an activity.
        conversation_id: in a channel with the thread, ``19:…@thread.tacv2;messageid=…``.
        conversation_type: ``personal``, ``groupChat`` or ``channel``.
        user_id: the directory's id of the person, or the channel's own where there is none.
        locale: what the client is set to, such as ``en-US``; says little about the language of a message.
        is_invoke: the client waits for the body of our response.
    """

    activity_id: str = ""
    service_url: str = ""
    conversation_id: str = ""
    conversation_type: str = ""
    tenant_id: str = ""
    user_id: str = ""
    bot_id: str = ""
    locale: str = ""
    is_invoke: bool = False

    @property
    def personal(self) -> bool:
        """Whether only this person and the bot read along."""
        return self.conversation_type == "personal"


@dataclass(frozen=True)
class Said:
    """Somebody wrote something; empty if there was only a picture or a sticker."""

    envelope: Envelope
    text: str


@dataclass(frozen=True)
class Picked:
    """Somebody pressed a button of a card. Only offered payloads may be carried out: any client can send any."""

    envelope: Envelope
    payload: str


@dataclass(frozen=True)
class Rated:
    """Thumbs up or down.

    Attributes:
        answer_activity_id: the rated message; None where the client does not say, then it is the last one.
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
    """The help command, or a bare mention of the bot.

    Attributes:
        language: of the command's word; None if it had none.
    """

    envelope: Envelope
    language: str | None = None


@dataclass(frozen=True)
class HandedIn:
    """The form for asking an office, sent off.

    Attributes:
        name: only if the person chose to give one.
        consent: whether the box was ticked; without it nothing may be passed on.
        form: the message with the form, the same when its button is pressed twice; empty where the client does not say.
    """

    envelope: Envelope
    office: str
    question: str
    name: str | None
    consent: bool
    form: str = ""


@dataclass(frozen=True)
class Ignored:
    """Nothing to react to.

    Attributes:
        reason: for the log; holds nothing of what a person wrote and no id.
    """

    envelope: Envelope
    reason: str


Incoming = Said | Picked | Rated | Joined | HelpWanted | HandedIn | Ignored
