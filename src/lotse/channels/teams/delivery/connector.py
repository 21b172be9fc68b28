"""Sends messages to Teams through Microsoft's Connector.

The bot's token is sent only to addresses that `TeamsSettings.allows` and that a verified message contained: a
`Reference` is made only from a message that `RequestVerifier` has verified, whose token confirms the address.

Source: Microsoft Learn, “Bot Connector API reference”, “Messages in bot conversations” (status codes); `teams.py` of
July 2026 (no id of the answered message in the path); for new threads microsoft/teams.net, “CreateConversation API
Behavior” of April 2026.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from lotse.channels.teams.auth.credentials import Tokens, token_source
from lotse.channels.teams.auth.login import NoToken
from lotse.channels.teams.clouds import CLOUDS, host_of
from lotse.channels.teams.delivery import connector_api
from lotse.channels.teams.delivery.connector_api import (
    CONVERSATIONS,
    Activity,
    MessageRefused,
    Reference,
    Target,
    activities,
    addressed,
    body_id,
    encoded,
    refusal,
    url,
)
from lotse.channels.teams.http_client import HttpClient, HttpReply, Unreachable
from lotse.channels.teams.settings import TeamsSettings
from lotse.conversation.handover import Undelivered

logger = logging.getLogger(__name__)

TYPING = {"type": "typing"}


@dataclass
class DeliveryCounts:
    """Numbers since the start, for the health report.

    Attributes:
        delivered: messages that arrived.
        undelivered: messages that did not.
        repeated: attempts after the first.
        simplified: messages that Teams refused, sent once more in a simpler form.
    """

    delivered: int = 0
    undelivered: int = 0
    repeated: int = 0
    simplified: int = 0


class Connector:
    """Delivers messages, with retries.

    Args:
        settings: the addresses that may get the token.
        tokens: access tokens.
        http: sends the requests.
        sleep: waits some seconds before a retry.
        chance: gives a number from 0 to 1 that spreads retries.
        clock: seconds since 1970, to read dates in Retry-After.
    """

    def __init__(
        self,
        settings: TeamsSettings,
        tokens: Tokens,
        http: HttpClient,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.counts = DeliveryCounts()
        self._own_service_url: str | None = None
        self._settings = settings
        self._tokens = tokens
        self._http = http
        self._sleep = sleep
        self._chance = chance
        self._clock = clock

    @classmethod
    def of(cls, settings: TeamsSettings) -> Connector:
        """A connector with its own HTTP session and tokens. Needs neither network nor event loop yet."""
        http = HttpClient()
        return cls(settings, Tokens(token_source(settings, http)), http)

    async def send(self, reference: Reference, activity: Activity, simple: Activity | None = None) -> str | None:
        """Send a message into a conversation.

        Args:
            reference: the conversation, and the message it answers.
            activity: the message, without any addressing.
            simple: sent in its place if Teams refuses it because of its content; None if there is nothing simpler.

        Returns:
            Its id, if Teams gives one.

        Raises:
            Undelivered: it could not be delivered. This has been logged and counted already.
        """
        if len(self._settings.tenants) == 1:
            self._own_service_url = reference.service_url
        bodies = [addressed(reference, form) for form in (activity, simple) if form is not None]
        return body_id(await self._deliver(activities(reference), *bodies))

    async def post_to_channel(self, channel_id: str, activity: Activity, simple: Activity | None = None) -> str | None:
        """Begin a thread in a channel; the app must be installed in the team.

        Args:
            channel_id: such as ``19:…@thread.tacv2``.
            activity: the first message.
            simple: as for `send`.

        Returns:
            The id of the thread, if Teams gives one.

        Raises:
            Undelivered: as for `send`.
        """
        cloud = self._settings.cloud
        # The address of the organisation's region, or of GCC, is better than that of the whole cloud (Microsoft Learn,
        # “Send proactive messages”); one that operators set is the best.
        is_set = cloud.service_url != CLOUDS[cloud.name].service_url
        service_url = cloud.service_url if is_set else self._own_service_url or cloud.service_url
        # Teams refuses a new thread without the id of a tenant; it takes everything else from the token.
        tenant = self._settings.own_tenant
        about = {"isGroup": True, "channelData": {"channel": {"id": channel_id}}, "tenantId": tenant}
        bodies = [{**about, "activity": dict(form)} for form in (activity, simple) if form is not None]
        return body_id(await self._deliver(Target(service_url, CONVERSATIONS), *bodies), "activityId")

    async def replace(self, reference: Reference, message_id: str, activity: Activity) -> bool:
        """Put another message in the place of one that was sent. Tried once; a failure is logged.

        Args:
            reference: the conversation.
            message_id: of the message that gives way; it must be the bot's own.
            activity: the new message.

        Returns:
            Whether it is there now.
        """
        try:
            body = encoded(addressed(replace(reference, activity_id=None), activity))
            reply = await self._attempt("PUT", activities(reference, message_id), body)
            if not 200 <= reply.status < 300:
                raise refusal(reply)
        except (NoToken, Undelivered, Unreachable) as error:
            logger.warning("Teams: a message could not be replaced (%s).", error)
            return False
        return True

    async def typing(self, reference: Reference) -> None:
        """Show the typing indicator. Tried once; a failure is ignored."""
        try:
            body = encoded(addressed(reference, TYPING))
            await self._attempt("POST", activities(reference), body)
        except (NoToken, Undelivered, Unreachable) as error:
            logger.debug("Teams: no sign of typing (%s).", error)

    async def close(self) -> None:
        """Close the connections to Microsoft."""
        await self._http.close()

    # --- delivering -------------------------------------------------------------------------------------------------

    async def _deliver(self, target: Target, body: Activity, simple: Activity | None = None) -> HttpReply:
        try:
            try:
                reply = await self._repeated(target, encoded(body))
            except MessageRefused as error:
                if simple is None:
                    raise
                self.counts.simplified += 1
                logger.error("Teams: a message was refused and is sent in a simpler form. %s", error)
                reply = await self._repeated(target, encoded(simple))
        except Undelivered as error:
            self.counts.undelivered += 1
            host = host_of(target.service_url) or "nowhere"
            logger.error("Teams: a message could not be delivered to %s. %s", host, error)
            raise
        self.counts.delivered += 1
        return reply

    async def _repeated(self, target: Target, body: bytes) -> HttpReply:
        attempt, waited, token_refused = 1, 0.0, False
        while True:
            asked_for: float | None = None
            try:
                reply = await self._attempt("POST", target, body)
            except NoToken as error:
                problem = Undelivered(str(error))
                passing = not error.permanent
            except Unreachable as error:
                # Teams knows no key by which it would recognise a message that comes again.
                problem = Undelivered(f"{error}.")
                passing = not error.may_have_arrived
            else:
                if 200 <= reply.status < 300:
                    return reply
                if reply.status == 401 and not token_refused:
                    # The refused token is discarded; a new one shows whether the token or the bot is the problem.
                    token_refused = True
                    continue
                problem, passing = refusal(reply), connector_api.is_passing(reply.status)
                asked_for = connector_api.retry_after_seconds(reply.headers.get("retry-after"), self._clock())
            wait = connector_api.wait_seconds(attempt, asked_for, self._chance(), waited) if passing else None
            if wait is None:
                raise problem
            self.counts.repeated += 1
            await self._sleep(wait)
            waited += wait
            attempt += 1

    async def _attempt(self, method: str, target: Target, body: bytes) -> HttpReply:
        if not target.service_url:
            raise Undelivered("No address is known for this cloud. Set service_url or LOTSE_TEAMS_SERVICE_URL.")
        if not self._settings.allows(target.service_url):
            raise Undelivered("The host is not allowed. Add it to allowed_hosts or LOTSE_TEAMS_ALLOWED_HOSTS.")
        token = await self._tokens.get()
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json; charset=utf-8"}
        reply = await self._http.request(method, url(target), headers, body)
        if reply.status == 401:
            self._tokens.drop(token)
        return reply


__all__ = ["Connector", "DeliveryCounts", "Reference", "Undelivered"]
