"""The settings of the web chat, from its section in ``credentials.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, validator

from lotse.channels.credentials import read_section
from lotse.content.model import Strict
from lotse.conversation.rate_limits import MEMORY, checked_rate, checked_storage
from lotse.operator_language import _

SECTION = "lotse.channels.web.channel.WebInput"
ORIGIN = re.compile(r"^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$")


class WebSettings(Strict):
    """Settings of the web chat; docs/operators.md explains each.

    Attributes:
        allowed_origins: other origins whose pages may embed the chat.
        session_hours: session lifetime in hours.
        max_characters: longest message.
        trusted_proxies: number of reverse proxies that add to ``X-Forwarded-For``.
        requests_per_address: rate limit for everything that is not a static file.
        sessions_per_address: rate limit for new sessions.
        messages_per_session: rate limit for messages and ratings.
        handovers_per_session: rate limit for questions handed over to a contact point.
        handovers_per_address: the same for all sessions of an address, because anybody can begin new sessions.
        rate_limit_storage: ``memory``, or the address of a Redis server that all servers share.
    """

    allowed_origins: list[str] = Field(default_factory=list)
    session_hours: float = Field(12, gt=0, le=168)
    max_characters: int = Field(1000, ge=100, le=10_000)
    trusted_proxies: int = Field(0, ge=0, le=5)
    requests_per_address: str = "3000/minute"
    sessions_per_address: str = "600/minute"
    messages_per_session: str = "20/minute;300/hour"
    handovers_per_session: str = "5/hour"
    handovers_per_address: str = "60/hour"
    rate_limit_storage: str = MEMORY

    @validator("allowed_origins", each_item=True)
    def _origin(cls, origin: str) -> str:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(
                _(
                    "“{origin}” is not a valid origin; write it as https://intranet.example.org, without a path or *"
                ).format(origin=origin)
            )
        return origin

    @validator(
        "requests_per_address",
        "sessions_per_address",
        "messages_per_session",
        "handovers_per_session",
        "handovers_per_address",
    )
    def _rate(cls, text: str) -> str:
        return checked_rate(text)

    @validator("rate_limit_storage")
    def _storage(cls, address: str) -> str:
        return checked_storage(address)


def read_settings(section: Mapping[str, Any] | None) -> WebSettings:
    """The settings of a section, defaults filled in.

    Raises:
        SettingsError: settings are not valid; the text names each and what would be valid.
    """
    return read_section(WebSettings, section, SECTION, _("docs/operators.md lists the settings of the web chat."))
