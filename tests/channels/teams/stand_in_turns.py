"""A stand-in for the conversations in Rasa: answers at once, or when it is let; keeps conversations in a dictionary."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from rasa.shared.core.domain import Domain

from lotse.answering import Answer, failure_answer
from lotse.answering.answer import FollowUp, Handover, HandoverOffice
from lotse.channels.teams.auth.credentials import Tokens, token_source
from lotse.channels.teams.auth.verify_request import RequestVerifier, SigningKeys
from lotse.channels.teams.bot import LIMIT, TeamsBot
from lotse.channels.teams.delivery.connector import Connector
from lotse.channels.teams.delivery.sent_answers import SentAnswers
from lotse.channels.teams.endpoint import Endpoint, WorkQueue
from lotse.channels.teams.handover_form import OfficePoster
from lotse.channels.teams.http_client import HttpClient
from lotse.channels.teams.settings import TeamsSettings
from lotse.content.model import Contact
from lotse.content.wording import load_wording
from lotse.conversation.assistant import Assistant, Turn
from lotse.conversation.feedback import FeedbackStore
from lotse.conversation.handover import Handovers
from lotse.conversation.message import Message
from lotse.conversation.rate_limits import Limiter
from lotse.conversation.service import ConversationService, TurnResult
from lotse.conversation.transcript import AssistantItem, offered_offices
from lotse.conversation.turn_queue import DeclinedError
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

KEY = b"k" * 32
DATA = Path(__file__).parents[3] / "data"
Result = TypeVar("Result")
OFFERED = FollowUp(label="Ein Beispiel", payload="/request_example")
OFFICE = HandoverOffice(id="press_office", label="Pressestelle", deliverable=True, mailto="mailto:?body=x")


def assert_beside_the_event_loop() -> None:
    """While the database of this work is waited for, everybody else is answered."""
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


class StandInService:
    """Says what it was asked. A text may begin with an outcome: “forgotten: …”.

    Attributes:
        asked: texts and payloads in the order of their turns, by sender.
        order: the same, of all.
        go: turns wait for it.
        failure: what the next turns raise.
        offered: what the next answers offer.
        languages: what the turns were told of their conversation's language.

    Args:
        store: deletes what is to be forgotten.
    """

    def __init__(self, store: ForgettingTrackerStore) -> None:
        self.store = store
        self.asked: dict[str, list[str]] = defaultdict(list)
        self.order: list[str] = []
        self.items: dict[str, list[AssistantItem]] = {}
        self.go = asyncio.Event()
        self.go.set()
        self.at_once = self.most_at_once = 0
        self.failure: Exception | None = None
        self.offered = [OFFERED]
        self.languages: list[str | None] = []
        self.is_ready = True
        self._known: dict[tuple[str, str], AssistantItem] = {}

    def ready(self) -> bool:
        return self.is_ready

    @asynccontextmanager
    async def locked(self, sender: str) -> AsyncIterator[None]:
        if not self.is_ready:
            raise DeclinedError("not_ready")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            self.at_once -= 1

    def exists(self, sender: str) -> bool:
        assert_beside_the_event_loop()
        return sender in self.items

    async def in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.to_thread(work, *arguments)

    async def failed(self, sender: str, message: Message, language: str | None = None) -> AssistantItem:
        language = language or await self.language_of(sender)
        answer = failure_answer(load_wording(DATA, language), language)
        return AssistantItem(0.0, answer.short, answer)

    async def language_of(self, sender: str) -> str:
        if not self.is_ready:
            return "de"
        return "en" if any("English" in item.text for item in self.items.get(sender, [])) else "de"

    def office(self, sender: str, office_id: str) -> str | None:
        assert_beside_the_event_loop()
        return offered_offices(self.items.get(sender, [])).get(office_id)

    async def begin(self, sender: str, turn: Turn) -> None:
        self.items[sender] = [AssistantItem(0.0, turn.text, turn.answer)]

    async def answer(
        self, sender: str, message: Message, language: str | None = None, offered: Mapping[str, str] | None = None
    ) -> TurnResult:
        await self.go.wait()
        if self.failure is not None:
            raise self.failure
        if (sender, message.id) in self._known:
            return TurnResult([self._known[sender, message.id]], repeated=True)
        if message.payload is not None and sender not in self.items and message.payload not in (offered or {}):
            raise DeclinedError("unknown_payload")
        said = message.text if message.text is not None else str(message.payload)
        self.asked[sender].append(said)
        self.order.append(said)
        self.languages.append(language)
        item = self._answer(said)
        self._known[sender, message.id] = item
        self.items.setdefault(sender, []).append(item)
        if item.answer.outcome == "forgotten":
            del self.items[sender]
            self.store.delete(sender)
        return TurnResult([item])

    def _answer(self, said: str) -> AssistantItem:
        if said.startswith(("check:", "/answer_check")):
            return self._question(said)
        outcome = said.split(":")[0] if said.split(":")[0] in ("forgotten", "handed_over", "choices") else "answered"
        answer = Answer.parse_obj(
            {
                "outcome": outcome,
                "short": f"Antwort auf: {said}",
                "answer_id": f"answer-{len(self.order)}",
                "topic": "blocking",
                "follow_ups": [choice.dict() for choice in self.offered],
                "handover": Handover(question=said, subject="Frage", offices=[OFFICE]).dict()
                if outcome == "handed_over"
                else None,
            }
        )
        return AssistantItem(0.0, answer.short, answer)

    def _question(self, said: str) -> AssistantItem:
        """A question of a guided check."""
        options = [
            FollowUp(label="Ja", payload='/answer_check{"check": "posting", "answers": "yes"}'),
            FollowUp(label="Was ist das?", payload="/request_example"),
            FollowUp(label="Prüfung abbrechen", payload="/stop_check"),
        ]
        answer = Answer(
            outcome="check",
            title=f"Frage {len(self.order)}",
            short=f"Antwort auf: {said}\nStimmt das?",
            answer_id=f"answer-{len(self.order)}",
            follow_ups=options,
            notice="Wählen Sie aus.",
        )
        return AssistantItem(0.0, answer.short, answer)


class Bot:
    """The channel without Rasa and without a web server: everything between a request's body and the Connector."""

    def __init__(
        self, settings: TeamsSettings, assistant: Assistant, folder: Path, turns: StandInService | None = None
    ) -> None:
        self.path = folder / "conversations.db"
        self.store = ForgettingTrackerStore(Domain.empty(), db=str(self.path))
        self.turns = turns or StandInService(self.store)
        self.http = HttpClient()
        http = HttpClient()
        self.waited: list[float] = []

        async def wait(seconds: float) -> None:
            self.waited.append(seconds)

        self.connector = Connector(settings, Tokens(token_source(settings, http)), http, sleep=wait)
        self.work = WorkQueue()
        contact = Contact.parse_obj(
            {"label": "Pressestelle", "for": "Presse", "teams_channel": "19:press@thread.tacv2"}
        )
        self.handovers = Handovers(
            {OFFICE.id: contact}, lambda: OfficePoster(self.connector, assistant.wording.handover)
        )
        self.talk = TeamsBot(
            assistant=assistant,
            service=cast(ConversationService, self.turns),
            connector=self.connector,
            feedback=FeedbackStore(lambda: self.store, KEY),
            sent=SentAnswers(lambda: self.store, KEY),
            handovers=self.handovers,
            limiter=Limiter({LIMIT: settings.messages_per_person}),
            key=KEY,
        )
        inbound = RequestVerifier(settings, SigningKeys(settings.cloud.metadata_url, self.http))
        self.endpoint = Endpoint(settings, inbound, self.work, self.talk.handle)

    async def finish(self) -> None:
        """Do all that waits, and close."""
        await self.work.finish()
        await self.connector.close()
        await self.http.close()
        self.store.engine.dispose()

    def kept(self) -> bytes:
        """Everything in the files of the database."""
        return b"".join(path.read_bytes() for path in self.path.parent.glob("conversations.db*"))
