"""A channel's section of `credentials.yml`: read, checked, and what is wrong with it in the operator's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from rasa.shared.exceptions import RasaException

from lotse import paths
from lotse.content.validation_messages import explain
from lotse.errors import SettingsError
from lotse.operator_language import N_, _
from lotse.rasa_adapter.class_paths import outdated_class_paths

Model = TypeVar("Model", bound=BaseModel)

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


def require_mapping(section: object, name: str) -> Mapping[str, Any]:
    """The settings of a section as they stand there; empty if it has none.

    Args:
        section: what stands under the name.
        name: of the section, the class path of the channel.

    Raises:
        SettingsError: it holds something else than settings.
    """
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        raise SettingsError(
            _("credentials.yml, {section}: must hold settings (name: value), not “{given}”.").format(
                section=name, given=section
            )
        )
    return section


def read_section(model: type[Model], section: object, name: str, hint: str) -> Model:
    """The settings of a section, defaults filled in.

    Args:
        model: of the settings.
        section: what stands under the name.
        name: of the section, the class path of the channel.
        hint: where the settings are listed; the last line of an error.

    Raises:
        SettingsError: settings are not valid; the text names each and what would be valid.
    """
    try:
        return model.parse_obj(dict(require_mapping(section, name)))
    except ValidationError as error:
        lines = [
            f"credentials.yml, {name}, {'.'.join(str(part) for part in item['loc'])}: {describe(item)}"
            for item in error.errors()
        ]
        raise SettingsError("\n".join([*lines, hint])) from None


@contextmanager
def stopping_rasa() -> Iterator[None]:
    """Stop the start with the text of a `SettingsError`, or with the class paths that have moved.

    Raises:
        RasaException: Rasa prints it and ends.
    """
    if outdated := outdated_class_paths(paths.home()):
        raise RasaException("\n".join(str(problem) for problem in outdated))
    try:
        yield
    except SettingsError as error:
        raise RasaException(str(error)) from None
