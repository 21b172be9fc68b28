"""The settings of the REST channel, from its section in ``credentials.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from lotse.channels.credentials import read_section
from lotse.content.model import Strict
from lotse.operator_language import _

SECTION = "lotse.channels.rest.RestInput"


class RestSettings(Strict):
    """What an operator decides.

    Attributes:
        reachable_from: ``loopback`` answers callers on this machine only, ``everywhere`` whoever reaches the port.
    """

    reachable_from: Literal["loopback", "everywhere"] = "loopback"


def read_settings(section: Mapping[str, Any] | None) -> RestSettings:
    """The settings of a section, defaults filled in.

    Raises:
        SettingsError: with every setting that cannot be used.
    """
    return read_section(RestSettings, section, SECTION, _("docs/operators.md lists the settings of the REST channel."))
