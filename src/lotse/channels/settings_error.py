"""What is wrong with a setting of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotse.guide.wrong_values import explain
from lotse.operator_language import _


class SettingsError(ValueError):
    """A setting that cannot be used; names it and says what would work."""


def describe(error: Mapping[str, Any]) -> str:
    """What is wrong with a setting, in the operator's language.

    Args:
        error: an entry of pydantic's ``ValidationError.errors()``.
    """
    return _("there is no such setting") if error["type"] == "value_error.extra" else explain(error)[0]
