"""What follows from an activity: an answer, a welcome, a kept rating, a question handed over.

Everything here happens after the Connector has its answer, one activity of a conversation after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from uuid import uuid4

from lotse.answering import Answer, Memory, failure_answer, spoken_or_original
from lotse.answering.question import OFFER
from lotse.channels.teams import handover_form
from lotse.channels.teams.activities import parse_activity
from lotse.channels.teams.activities.events import person_id, sender_id
from lotse.channels.teams.activities.parse_activity import Envelope, Incoming
from lotse.channels.teams.activities.suggested_questions import (
    open_to_everybody,
    picked_question,
    suggested_questions,
)
from lotse.channels.teams.delivery.connector import Connector
from lotse.channels.teams.delivery.connector_api import Reference
from lotse.channels.teams.delivery.sent_answers import SentAnswers
from lotse.channels.teams.rendering import answer_message
from lotse.channels.teams.rendering.answer_message import Outgoing
from lotse.channels.teams.rendering.cards import render_handover_card
from lotse.content import ORIGINAL
from lotse.conversation.assistant import Assistant
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.conversation.handover import Delivered, Handovers, Undelivered
from lotse.conversation.message import Message
from lotse.conversation.rate_limits import Limiter
from lotse.conversation.service import ConversationService
from lotse.conversation.turn_queue import DeclinedError
from lotse.rasa_adapter.store_threads import in_one_turn
from lotse.secret_key import keyed_hash

logger = logging.getLogger(__name__)

NAME = "teams"
# The intent of a choice that says something about the person.
REFINE = "refine"
LIMIT = "messages_per_person"
# Turns at once. More would only wait for each other at the action server, until its time is up.
TURNS_AT_ONCE = 8
TYPING_AGAIN_SECONDS = 5.0
_TYPING_PATIENCE_SECONDS = 2.0


@dataclass
class TeamsBot:
    """Carries out what people in Teams want.

    Attributes:
        assistant: the content, for what is said beside the answers.
        service: the conversations in Rasa.
        connector: sends.
        feedback: keeps ratings.
        sent: knows which message was which answer.
        handovers: delivers questions to the offices.
        limiter: counts what somebody asks.
        key: hashes ids.
    """

    assistant: Assistant
    service: ConversationService
    connector: Connector
    feedback: FeedbackStore
    sent: SentAnswers
    handovers: Handovers
    limiter: Limiter
    key: bytes
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TURNS_AT_ONCE))

    def __post_init__(self) -> None:
        self._suggested = suggested_questions(self.assistant.guides)
        self._topics = {item.payload: item.title for item in self._suggested.values() if item.language == ORIGINAL}
        self._in_groups = {**self._topics, **open_to_everybody(self.assistant.guide, self.assistant.wording)}

    async def handle(self, said: Incoming) -> None:
        """Carry out one activity. What cannot be delivered is logged and counted by the connector already."""
        sender = sender_id(self.key, said.envelope)
        try:
            if isinstance(said, parse_activity.Said):
                await self._say_or_ask(sender, said)
            elif isinstance(said, parse_activity.Picked):
                await self._ask(sender, said.envelope, payload=said.payload, card=said.card)
            elif isinstance(said, parse_activity.Rated):
                await self._rate(sender, said)
            elif isinstance(said, parse_activity.Joined):
                await self._welcome(sender, said)
            elif isinstance(said, parse_activity.HelpWanted):
                await self._help(sender, said)
            elif isinstance(said, parse_activity.HandedIn):
                await self._hand_over(sender, said)
        except Undelivered:
            logger.warning("Teams: %s of %s stays without an answer.", type(said).__name__, sender)

    # --- questions --------------------------------------------------------------------------------------------------

    async def _say_or_ask(self, sender: str, said: parse_activity.Said) -> None:
        """Answer a text; say of a picture or a lost press of a button what can be done instead."""
        problem = "file" if said.file else "lost_press" if said.nothing else None
        if problem and not said.text:
            await self._send(sender, said.envelope, await self._excuse(sender, problem))
        else:
            await self._ask(sender, said.envelope, text=said.text, problem=problem)

    async def _ask(
        self,
        sender: str,
        envelope: Envelope,
        text: str | None = None,
        payload: str | None = None,
        problem: str | None = None,
        card: str = "",
    ) -> None:
        """Answer a message.

        Args:
            sender: name of the conversation.
            envelope: of the message.
            text: what was written.
            payload: of the button that was pressed.
            problem: with a part of the message; told beside the answer.
            card: id of the message with the question of a guided check that was answered; the next takes its place.
        """
        seconds = self.limiter.count(LIMIT, person_id(self.key, envelope))
        if seconds is None:
            with in_one_turn():
                answers = await self._answers(sender, envelope, text, payload)
        else:
            answers = [await self._excuse(sender, "too_many_requests", seconds=seconds)]
        if problem and answers:
            wording = self.assistant.wordings.get(answers[0].language, self.assistant.wording)
            notices = filter(None, [wording.problems[problem], answers[0].notice])
            answers = [answers[0].copy(update={"notice": "\n\n".join(notices)}), *answers[1:]]
        for answer in answers:
            shown = answer if envelope.personal else for_everybody(answer)
            if card and await self._asked_in_place(envelope, card, shown):
                continue
            await self._send(sender, envelope, shown)
            if card and shown.outcome != "error" and not answer_message.asks_in_a_check(shown):
                await self._leave_check(envelope, card, shown)

    async def _answers(self, sender: str, envelope: Envelope, text: str | None, payload: str | None) -> list[Answer]:
        suggestion = picked_question(text, self._suggested)
        # What is about nobody's conversation, colleagues in a group may press, too.
        language, offered = None, self._topics if envelope.personal else self._in_groups
        if suggestion is not None:
            text, payload = None, suggestion.payload
            language, offered = suggestion.language, {suggestion.payload: suggestion.title}
        message = Message(self.message_id(envelope), text, payload)
        try:
            async with self._slots, self._typing(reference_of(envelope)), self.service.locked(sender):
                language = language or await self._first_language(sender, envelope)
                result = await self.service.answer(sender, message, language, offered)
        except DeclinedError as declined:
            if declined.reason == "id_reused":
                logger.warning("Teams: an activity's id came again with another content; the second is left alone.")
                return []
            excuse = await self._excuse(sender, declined.reason)
            if declined.reason == "unknown_payload" and not envelope.personal:
                # Nobody else is told that a colleague pressed a button that was not for them.
                await self._send_privately(envelope, self._text_of(excuse), instead=False)
                return []
            return [excuse]
        except Exception:
            logger.exception("Teams: a turn failed. The person is told so.")
            return [(await self.service.failed(sender, message, language)).answer]
        if result.repeated:
            logger.info("Teams: a message came again after it was answered; nothing is sent.")
            return []
        return result.answers

    async def _send(self, sender: str, envelope: Envelope, answer: Answer) -> None:
        if answer.outcome == "error" and not envelope.personal:
            await self._send_privately(envelope, self._text_of(answer))
            return
        reference = reference_of(envelope)
        wording = self.assistant.wordings.get(answer.language, self.assistant.wording)
        text, *cards = answer_message.render_messages(answer, wording)
        message_id = await self.connector.send(reference, text.activity, text.simple)
        # Who has just been forgotten leaves nothing that could be rated; a question of a guided check says nothing.
        rated = answer.outcome != "forgotten" and not answer_message.asks_in_a_check(answer)
        if message_id and answer.answer_id and rated:
            noted = (sender, reference.conversation_id, message_id, answer.payload())
            try:
                await self.service.in_thread(self.sent.note, *noted)
            except Exception:
                logger.exception("Teams: an answer was sent, but a rating of it will not be kept.")
        for card in cards:
            try:
                await self.connector.send(reference, card.activity, card.simple)
            except Undelivered:
                logger.warning("Teams: an answer was sent, but not one of its cards.")

    async def _asked_in_place(self, envelope: Envelope, card: str, answer: Answer) -> bool:
        """Put the next question of a guided check in the place of the one that was answered; whether that was done."""
        if not answer_message.asks_in_a_check(answer):
            return False
        wording = self.assistant.wordings.get(answer.language, self.assistant.wording)
        [question] = answer_message.render_messages(answer, wording)
        return await self.connector.replace(reference_of(envelope), card, question.activity)

    async def _leave_check(self, envelope: Envelope, card: str, answer: Answer) -> None:
        """Take the buttons from the last question of a guided check; what follows it has been sent."""
        wording = self.assistant.wordings.get(answer.language, self.assistant.wording)
        left = answer_message.render_left_check(answer.title or wording.web.widget["title"], wording)
        await self.connector.replace(reference_of(envelope), card, left)

    async def _send_privately(self, envelope: Envelope, text: Outgoing, instead: bool = True) -> None:
        """Send a message that concerns one person of a group to them alone.

        Args:
            envelope: of their activity.
            text: the message.
            instead: whether everybody may see it if Teams cannot send it to one; otherwise nobody does.
        """
        reference = reference_of(envelope)
        try:
            await self.connector.send(replace(reference, only_for=envelope.member_id), text.activity)
        except Undelivered:
            if not instead:
                raise
            logger.warning("Teams: a message for one person of a group is sent to everybody.")
            await self.connector.send(reference, text.activity, text.simple)

    def _text_of(self, answer: Answer) -> Outgoing:
        wording = self.assistant.wordings.get(answer.language, self.assistant.wording)
        return answer_message.render_messages(answer, wording)[0]

    async def _excuse(self, sender: str, reason: str, **values: object) -> Answer:
        """What is said where there is no turn."""
        language = await self.service.language_of(sender)
        return failure_answer(self.assistant.wordings[language], language, reason, **values)

    @asynccontextmanager
    async def _typing(self, reference: Reference) -> AsyncIterator[None]:
        """Show that an answer is coming, again and again until it is there, and never after it."""
        done = asyncio.Event()
        sign = asyncio.ensure_future(self._show_typing(reference, done))
        try:
            yield
        finally:
            done.set()
            await asyncio.wait({sign}, timeout=_TYPING_PATIENCE_SECONDS)
            sign.cancel()

    async def _show_typing(self, reference: Reference, done: asyncio.Event) -> None:
        await self.connector.typing(reference)
        while not done.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(done.wait(), TYPING_AGAIN_SECONDS)
                return
            await self.connector.typing(reference)

    # --- everything else --------------------------------------------------------------------------------------------

    async def _welcome(self, sender: str, said: parse_activity.Joined) -> None:
        """Greet once: an installation is told in two activities, and both may come again."""
        if not self.service.ready():
            logger.error("Teams: no model is loaded, so nobody is welcomed.")
            return
        language = self._of_locale(said.envelope)
        greeting = self.assistant.greeting(Memory(language=None if language == ORIGINAL else language), NAME)
        if not said.personal:
            # A team is greeted once, whoever adds the app again.
            sender = sender_id(self.key, replace(said.envelope, user_id=""))
        async with self.service.locked(sender):
            if await self.service.in_thread(self.service.exists, sender):
                return
            await self.service.begin(sender, greeting)
        wording = self.assistant.wordings[language]
        shown = (greeting.answer, wording, said.personal)
        welcome, plain = answer_message.render_welcome(*shown), answer_message.plain_welcome(*shown)
        await self.connector.send(reference_of(said.envelope, answers=False), welcome, plain)

    async def _help(self, sender: str, said: parse_activity.HelpWanted) -> None:
        wished = said.language if said.language in self.assistant.wordings else None
        language = wished or await self.service.language_of(sender)
        wording = self.assistant.wordings[language]
        help_message, plain = answer_message.render_help(wording), answer_message.plain_help(wording)
        await self.connector.send(reference_of(said.envelope), help_message, plain)

    async def _rate(self, sender: str, said: parse_activity.Rated) -> None:
        """Keep a rating, found and kept in one go: whoever erases the conversation erases this comment, too."""
        try:
            async with self.service.locked(sender):
                await self.service.in_thread(self._keep_rating, sender, said)
        except DeclinedError:
            logger.error("Teams: no model is loaded, so a rating is not kept.")

    def _keep_rating(self, sender: str, said: parse_activity.Rated) -> None:
        found = self.sent.find(sender, said.envelope.conversation_id, said.answer_activity_id)
        if found is None:
            logger.info("Teams: a rating is about no answer of the last weeks and is not kept.")
            return
        rating, guidance = found
        if said.comment:
            self.sent.commented(sender, rating)
        self.feedback.add(Feedback(rating, "up" if said.up else "down", said.comment), guidance)

    async def _hand_over(self, sender: str, said: parse_activity.HandedIn) -> None:
        outcome, office = await handover_form.hand_over(sender, said, self.service, self.handovers, self.key)
        language = await self.service.language_of(sender)
        wording = self.assistant.wordings[language]
        await self._say(said.envelope, handover_form.sentence(outcome, office, said.question, wording), language)
        if isinstance(outcome, Delivered) and said.form:
            # Else the form stays, with the text as it was before the person changed it, and can be sent again.
            sent = render_handover_card(office, said.question, said.name, wording.handover)
            await self.connector.replace(reference_of(said.envelope), said.form, sent)

    async def _say(self, envelope: Envelope, sentence: str, language: str) -> None:
        text = self._text_of(Answer(outcome="smalltalk", short=sentence, language=language))
        if envelope.personal:
            await self.connector.send(reference_of(envelope), text.activity, text.simple)
        else:
            await self._send_privately(envelope, text)

    async def _first_language(self, sender: str, envelope: Envelope) -> str | None:
        """The language of a conversation that begins without a greeting, as long as no message tells another one.

        None leaves it to the message: a client is set to German for everybody, whatever they write.
        """
        language = self._of_locale(envelope)
        if language == ORIGINAL or await self.service.in_thread(self.service.exists, sender):
            return None
        return language

    def _of_locale(self, envelope: Envelope) -> str:
        """The language of the client; a message that is long enough says itself which language it is in."""
        return spoken_or_original((envelope.locale or "").split("-")[0].lower(), self.assistant.wordings)

    def message_id(self, envelope: Envelope) -> str:
        """The name of an activity in the tracker store. One without an id is never taken for another."""
        activity_id = envelope.activity_id or uuid4().hex
        return keyed_hash(self.key, "teams-activity", f"{envelope.conversation_id}\0{activity_id}")


def for_everybody(answer: Answer) -> Answer:
    """An answer without choices by which a person would tell a whole group something about themselves, or give it."""
    choices = [choice for choice in answer.follow_ups if not choice.payload.startswith((f"/{REFINE}", f"/{OFFER}"))]
    return answer.copy(update={"follow_ups": choices})


def reference_of(envelope: Envelope, answers: bool = True) -> Reference:
    """Where an answer goes.

    Args:
        envelope: of an activity that `RequestVerifier` has checked.
        answers: whether it answers this very activity.
    """
    activity_id = envelope.activity_id if answers else None
    return Reference(envelope.service_url, envelope.conversation_id, activity_id or None, envelope.bot_id or None)
