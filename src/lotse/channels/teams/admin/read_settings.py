"""Reads the settings of the Teams channel as Rasa does, for commands that run without a server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lotse.channels.teams.settings import SECTION, TeamsSettings, read_settings
from lotse.errors import SettingsError
from lotse.operator_language import _

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def teams_settings(home: Path, environment: Mapping[str, str] | None = None) -> TeamsSettings:
    """Settings from ``credentials.yml`` and the environment.

    Args:
        home: the project folder.
        environment: variables; those of the process if not given.

    Raises:
        SettingsError: a setting is not valid, or the file cannot be read.
    """
    variables = os.environ if environment is None else environment
    section = _channels(home).get(SECTION)
    return read_settings(_expanded(section, variables), variables)


def is_open(home: Path) -> bool:
    """Whether ``credentials.yml`` contains the section of the channel.

    Raises:
        SettingsError: the file cannot be read.
    """
    return SECTION in _channels(home)


def _channels(home: Path) -> dict[str, Any]:
    path = home / "credentials.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SettingsError(_("credentials.yml: is missing or is not readable YAML.")) from None
    return content if isinstance(content, dict) else {}


def _expanded(value: Any, variables: Mapping[str, str]) -> Any:
    """The value with every ``${NAME}`` replaced by a variable, as Rasa does; an unset variable counts as empty."""
    if isinstance(value, dict):
        return {key: _expanded(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_expanded(item, variables) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda name: variables.get(name[1], ""), value)
    return value
