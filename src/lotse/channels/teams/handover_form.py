"""A question that a person hands over to an office: whether it may go, where it goes, and what is said about it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from math import ceil
from typing import Literal

from lotse.channels.teams.activities.events import HandedIn, person_id
from lotse.channels.teams.delivery.connector import Connector
from lotse.channels.teams.rendering.cards import plain_handover, render_handover_card
from lotse.content.wording import HandoverWording, Wording
from lotse.conversation import handover
from lotse.conversation.handover import Delivered, Failed, Handovers, NotConfigured, OfficeQuestion, TooMany, Unusable
from lotse.conversation.service import ConversationService
from lotse.secret_key import keyed_hash

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OfficePoster:
    """Posts questions into the channels of offices, for every channel of this server.

    Attributes:
        connector: sends.
        wording: of the card, in the language of the offices.
    """

    connector: Connector
    wording: HandoverWording

    async def post_question(self, channel_id: str, question: OfficeQuestion) -> None:
        """Begin a thread in an office's channel; raises `Undelivered` if that fails."""
        shown = (question.office, question.question, question.name, self.wording)
        await self.connector.post_to_channel(channel_id, render_handover_card(*shown), plain_handover(*shown))


Outcome = handover.Outcome | Literal["no_consent", "unknown_office"]


async def hand_over(
    sender: str, said: HandedIn, service: ConversationService, handovers: Handovers, key: bytes
) -> tuple[Outcome, str]:
    """Deliver a question, or say why not; and the name of its office.

    Args:
        sender: name of the conversation.
        said: the form, as it was filled in.
        service: knows which offices a conversation has offered.
        handovers: delivers.
        key: hashes ids.
    """
    if not said.consent:
        return "no_consent", ""
    try:
        office = await service.in_thread(service.office, sender, said.office) if service.ready() else None
    except Exception:
        logger.exception("Teams: the conversations cannot be read. The person is told that nothing was handed over.")
        return Failed(), ""
    if office is None:
        return "unknown_office", ""
    # Counted by person: who opens another chat or thread is still the same.
    person = keyed_hash(key, "handover", person_id(key, said.envelope))
    outcome = await handovers.deliver(
        said.office, said.question, said.name, conversation=person, id=_request_id(said, key)
    )
    return outcome, office


def _request_id(said: HandedIn, key: bytes) -> str:
    """The same for the same form with the same content: a button that is pressed twice sends two activities."""
    form = said.form or said.envelope.activity_id
    parts = [said.envelope.conversation_id, form, said.office, said.question, said.name]
    return keyed_hash(key, "teams-handover", json.dumps(parts))


def sentence(outcome: Outcome, office: str, question: str, wording: Wording) -> str:
    """One sentence about what became of it.

    Args:
        outcome: of the delivery, or why there was none.
        office: its name.
        question: as the person wrote it; only whether it is empty matters.
        wording: in the language of the conversation.
    """
    words = wording.handover
    match outcome:
        case "no_consent":
            return words.no_consent
        case "unknown_office":
            return words.unknown_office
        case NotConfigured():
            return words.not_deliverable
        case Delivered():
            return words.delivered.format(office=office)
        case TooMany(seconds):
            return words.too_many.format(minutes=ceil(seconds / 60))
        case Unusable(limit):
            return wording.problems["too_long" if question.strip() else "empty"].format(limit=limit)
        case _:
            return words.failed
