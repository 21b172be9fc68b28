"""The edge: Microsoft Teams as a channel of Rasa, on Rasa's own Sanic server."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, HTTPResponse, Sanic, response
from sanic.request import Request

from lotse import paths
from lotse.channels.credentials import stopping_rasa
from lotse.channels.draining import drain_all, drain_at_stop
from lotse.channels.request_body import read_body
from lotse.channels.teams.auth.verify_request import RequestVerifier, SigningKeys
from lotse.channels.teams.bot import LIMIT, NAME, TeamsBot
from lotse.channels.teams.delivery.connector import Connector, DeliveryCounts
from lotse.channels.teams.delivery.sent_answers import SentAnswers
from lotse.channels.teams.endpoint import LONGEST_BODY, Endpoint, WorkQueue
from lotse.channels.teams.handover_form import OfficePoster
from lotse.channels.teams.http_client import HttpClient
from lotse.channels.teams.settings import NAME_TENANT, SECTION, TENANT_UNKNOWN, TeamsSettings, missing, read_settings
from lotse.conversation.assistant import Assistant
from lotse.conversation.feedback import FeedbackStore, reason_names
from lotse.conversation.handover import Counts as HandoverCounts
from lotse.conversation.handover import Handovers, offer_poster
from lotse.conversation.rate_limits import Limiter
from lotse.conversation.service import ConversationService
from lotse.errors import SettingsError
from lotse.rasa_adapter.channel_support import ServedChannel, store_of
from lotse.secret_key import secret_key

logger = logging.getLogger(__name__)

PREFIX = "/teams"
NO_STORE = {"cache-control": "no-store"}


class TeamsInput(ServedChannel):
    """``POST /teams/messages`` for Microsoft's Connector, ``GET /teams/health`` for operators.

    Nothing is asked of the network before the first message comes.
    """

    def __init__(self, settings: TeamsSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or read_settings(None, os.environ)
        assistant, key = Assistant.load(), secret_key(paths.private_folder())
        channels = any(contact.teams_channel for contact in assistant.guide.contacts.values())
        if channels and not missing(self.settings) and not self.settings.own_tenant:
            raise SettingsError(f"credentials.yml, {SECTION}, tenant_id: {TENANT_UNKNOWN.told()} {NAME_TENANT.told()}")
        self.http = HttpClient()
        self.service = ConversationService(self.agent, NAME, assistant.wordings, key)
        self.connector = Connector.of(self.settings)
        storage = self.settings.rate_limit_storage
        try:
            limiter = Limiter({LIMIT: self.settings.messages_per_person}, storage)
        except ValueError as error:
            raise SettingsError(f"credentials.yml, {SECTION}, rate_limit_storage: {error}") from None
        self.poster = OfficePoster(self.connector, assistant.wording.handover)
        self.handovers = Handovers(assistant.guide.contacts, lambda: self.poster, storage=storage)
        self.work = WorkQueue()
        bot = TeamsBot(
            assistant=assistant,
            service=self.service,
            connector=self.connector,
            feedback=FeedbackStore(lambda: store_of(self.agent()), key, reason_names(assistant.wordings)),
            sent=SentAnswers(lambda: store_of(self.agent()), key),
            handovers=self.handovers,
            limiter=limiter,
            key=key,
        )
        keys = SigningKeys(self.settings.cloud.metadata_url, self.http)
        self.endpoint = Endpoint(self.settings, RequestVerifier(self.settings, keys), self.work, bot.handle)

    @classmethod
    def name(cls) -> str:
        """Name in the tracker."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Rasa's hook: make the channel from its section.

        Raises:
            RasaException: a setting cannot be used; Rasa prints it and ends.
        """
        with stopping_rasa():
            return cls(read_settings(credentials, os.environ))

    def url_prefix(self) -> str:
        """Absolute, so that Rasa does not put it under ``/webhooks``."""
        return PREFIX

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's hook: the routes of this channel. Messages go to the agent directly, inside its lock."""
        routes = Blueprint("lotse_teams")

        @routes.post("/messages", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            authorization = request.headers.get("authorization")
            try:
                reply = await self.endpoint.receive(authorization, lambda: read_body(request, LONGEST_BODY))
            except Exception:
                logger.exception("Teams: an activity could not be taken in.")
                return HTTPResponse(None, 500, NO_STORE)
            kind = None if reply.content is None else "application/json"
            return HTTPResponse(reply.body, reply.status, {**reply.headers, **NO_STORE}, kind)

        @routes.get("/health")
        async def how_it_is(_: Request) -> HTTPResponse:
            status, content = health_report(
                self.settings, self.service.ready(), self.connector.counts, self.handovers.counts, self.work
            )
            return response.json(content, status, NO_STORE)

        @routes.before_server_start
        async def start(app: Sanic, _: object) -> None:
            self.app = app
            drain_at_stop(app, self.work.finish)
            if not missing(self.settings):
                offer_poster(app, self.poster)
            elif not self.settings.off:
                logger.warning("Teams: messages are refused. %s", " ".join(map(str, missing(self.settings))))

        @routes.before_server_stop
        async def stop(app: Sanic, _: object) -> None:
            await drain_all(app)
            await self.connector.close()
            await self.http.close()

        return routes


def health_report(
    settings: TeamsSettings, ready: bool, counts: DeliveryCounts, handed_over: HandoverCounts, work: WorkQueue
) -> tuple[int, dict[str, Any]]:
    """HTTP status and JSON content of the health report, which contains no names and no ids.

    Args:
        settings: of the channel.
        ready: whether a model is loaded.
        counts: of messages to Teams.
        handed_over: of questions to contact points.
        work: the queue.

    Returns:
        503 if Teams is configured and does not work, otherwise 200; and the report.
    """
    if settings.off:
        return 200, {"status": "not set up"}
    lacking = missing(settings)
    status = "incomplete" if lacking else "ready" if ready else "no model"
    content = {
        "status": status,
        "missing": [gap.setting for gap in lacking],
        "secret_expires": settings.secret_expires.isoformat() if settings.secret_expires else None,
        "messages": {
            "delivered": counts.delivered,
            "undelivered": counts.undelivered,
            "repeated": counts.repeated,
            "simplified": counts.simplified,
            "waiting": work.waiting,
            "failed": work.failed,
        },
        "handovers": {
            "delivered": handed_over.delivered,
            "failed": handed_over.failed,
            "not_configured": handed_over.not_configured,
        },
    }
    return 200 if status == "ready" else 503, content


__all__ = ["TeamsInput", "health_report"]
