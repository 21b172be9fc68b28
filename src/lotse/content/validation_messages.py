"""Translates pydantic's validation errors into the editor's language, with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotse.content.model import (
    EMAIL_PATTERN,
    LANGUAGE_PATTERN,
    PASSAGE_PATTERN,
    PHONE_PATTERN,
    TOPIC_PATTERN,
    URL_PATTERN,
)
from lotse.operator_language import N_, _

SEE_DOCS = N_("docs/editors.md shows the form")

# By pydantic's type of error; by the pattern itself if a text does not match one. Braces take pydantic's limits.
_SENTENCES: dict[str, tuple[str, str]] = {
    "value_error.missing": (N_("The field is missing."), N_("add the field")),
    "value_error.extra": (
        N_("There is no such field here."),
        N_("check the spelling or remove the field; docs/editors.md lists the fields"),
    ),
    "type_error.none.not_allowed": (N_("There is nothing here."), N_("fill it in; an optional field can be left out")),
    "type_error.str": (
        N_("This is not a text."),
        N_("enter a text; put a date that is meant as text in quotation marks"),
    ),
    "type_error.list": (
        N_("This is not a list."),
        N_("write it as a list: [one, two], or one entry per line with “- ” before it"),
    ),
    "type_error.dict": (N_("Fields belong here (`name: value`)."), SEE_DOCS),
    "type_error.integer": (N_("This is not a whole number."), N_("enter a number such as 4")),
    "type_error.float": (
        N_("This is not a number."),
        N_("enter a number such as 0.5, with a point instead of a comma"),
    ),
    "type_error.bool": (N_("This is neither yes nor no."), N_("enter `true` or `false`")),
    "type_error.enum": (N_("There is no such value here."), N_("docs/editors.md lists the values")),
    # A list for a date or a choice, or the name of a field that YAML reads as a number, a date or yes and no.
    "type_error": (
        N_("This does not have the right form here."),
        N_("enter a single value, not a list; correct names of fields such as 1, yes or no"),
    ),
    "value_error.const": (N_("“{given}” is not possible here."), N_("possible values: {permitted}")),
    "value_error.date": (N_("This is not a date."), N_("write it as 2026-11-23")),
    "value_error.any_str.min_length": (
        N_("The text is too short: at least {limit_value} characters."),
        N_("write more"),
    ),
    "value_error.any_str.max_length": (
        N_("The text is too long: at most {limit_value} characters."),
        N_("shorten the text"),
    ),
    "value_error.list.min_items": (N_("Too few entries: at least {limit_value}."), N_("add entries")),
    "value_error.list.max_items": (N_("Too many entries: at most {limit_value}."), N_("remove entries")),
    "value_error.number.not_gt": (N_("The number must be greater than {limit_value}."), ""),
    "value_error.number.not_ge": (N_("The number must be at least {limit_value}."), ""),
    "value_error.number.not_lt": (N_("The number must be less than {limit_value}."), ""),
    "value_error.number.not_le": (N_("The number may be at most {limit_value}."), ""),
    TOPIC_PATTERN: (
        N_("This is not a valid id."),
        N_("use only small letters (a–z), digits and _, with a letter first"),
    ),
    PASSAGE_PATTERN: (
        N_("This is not a valid id of a passage."),
        N_("write it as topic.id, with small letters (a–z), digits and _ only"),
    ),
    LANGUAGE_PATTERN: (N_("This is not the code of a language."), N_("enter two small letters, such as en")),
    URL_PATTERN: (N_("This is not an internet address."), N_("begin with https://, without spaces")),
    PHONE_PATTERN: (N_("This is not a telephone number."), N_("enter digits and spaces only: 0800 111 0 111")),
    EMAIL_PATTERN: (N_("This is not an e-mail address."), N_("write it as press@example.org")),
}


def explain(error: Mapping[str, Any]) -> tuple[str, str]:
    """The message and the remedy for an error, in the editor's language.

    Args:
        error: an entry of pydantic's ``ValidationError.errors()``. The messages of our own validators are translated
            already, so the text of an unknown type stays as it is.
    """
    limits = dict(error.get("ctx", {}))
    known = _SENTENCES.get(limits.get("pattern", error["type"]))
    if known is None:
        return str(error["msg"]), ""
    limits["permitted"] = ", ".join(map(str, limits.get("permitted", ())))
    message, remedy = (_(text).format_map(limits) if text else "" for text in known)
    return message, remedy
