"""Makes the endpoints file for an action server on another port."""

from __future__ import annotations

from pathlib import Path

import yaml

from lotse.errors import OperationError
from lotse.operations.environment import action_url
from lotse.operator_language import _
from lotse.paths import home, private_folder
from lotse.private_files import make_file


def endpoints_for(action_port: int) -> Path:
    """Path of a copy of endpoints.yml that points to an action server on this machine.

    Only the address is replaced in the text: loading and dumping would lose comments and the ``${…}`` of variables.

    Raises:
        OperationError: as for `read_endpoints`.
    """
    text, address = read_endpoints()
    start, end = address.start_mark.index, address.end_mark.index
    # Who writes passwords into endpoints.yml instead of naming variables has them in the copy, too.
    path = make_file(private_folder() / f"endpoints-{action_port}.yml")
    path.write_text(text[:start] + action_url(action_port) + text[end:], encoding="utf-8")
    return path


def read_endpoints() -> tuple[str, yaml.Node]:
    """The text of endpoints.yml, and the address of the action server in it.

    Raises:
        OperationError: there is no endpoints.yml, or it names no ``action_endpoint.url``.
    """
    try:
        text = (home() / "endpoints.yml").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OperationError(
            _("In {folder}, endpoints.yml is missing. The template lies beside ./lotse.").format(folder=home())
        ) from None
    address = _child(_child(yaml.compose(text, Loader=yaml.SafeLoader), "action_endpoint"), "url")
    if address is None:
        raise OperationError(
            _("In endpoints.yml, action_endpoint: url is missing. Without it Rasa does not find the answers.")
        )
    return text, address


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
