"""Messages about wrong settings of channels, in the operator's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotse.content.validation_messages import explain
from lotse.operator_language import N_, _

# Settings of earlier versions that no longer exist, with what to do.
_REMOVED = {
    "feedback_file": N_(
        "is not a setting any more: ratings are kept in the database of endpoints.yml. Remove it; docs/operators.md "
        "(“Ratings of earlier versions”) says how the old file is taken over"
    )
}


def describe(error: Mapping[str, Any]) -> str:
    """What is wrong with a setting, in the operator's language.

    Args:
        error: an entry of pydantic's ``ValidationError.errors()``.
    """
    if error["type"] == "value_error.extra":
        removed = _REMOVED.get(str(error["loc"][0]))
        return _("there is no such setting") if removed is None else _(removed)
    return explain(error)[0]
