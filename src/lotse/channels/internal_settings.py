"""The settings of the internal port, from its section in ``credentials.yml`` and from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from lotse import metrics
from lotse.channels.credentials import read_section
from lotse.content.model import Strict
from lotse.operator_language import _

SECTION = "lotse.channels.internal.InternalInput"


class InternalSettings(Strict):
    """What an operator decides.

    Attributes:
        host: address to listen on; whoever reaches it can read numbers and states, and nothing else.
        port: to listen on; `./lotse up` sets another one by the variable `LOTSE_INTERNAL_PORT`.
    """

    host: str = "127.0.0.1"
    port: int = Field(5095, ge=1, le=65535)


def read_settings(section: Mapping[str, Any] | None, environment: Mapping[str, str]) -> InternalSettings:
    """The settings of a section, defaults filled in; the port of the environment counts more.

    Raises:
        SettingsError: with every setting that cannot be used.
    """
    given = dict(section) if isinstance(section, Mapping) else section
    if isinstance(given, dict | None) and (port := environment.get(metrics.PORT_VARIABLE)):
        given = {**(given or {}), "port": port}
    return read_section(InternalSettings, given, SECTION, _("docs/operations.md explains health checks and metrics."))
