"""Checks the three files of settings before anything starts: every name, value and class, with line and remedy."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from lotse.channels import internal_settings as internal
from lotse.channels import rest_settings as rest
from lotse.channels.credentials import describe
from lotse.channels.teams import settings as teams
from lotse.channels.web import settings as web
from lotse.content.problems import Problem
from lotse.content.validation_messages import explain
from lotse.errors import SettingsError
from lotse.operations.settings_schema import LOCK_STORE, Config, Endpoints
from lotse.operator_language import _

FILES = ("config.yml", "endpoints.yml", "credentials.yml")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SECRETS = ("password", "client_secret", "token")
# The address of Redis can hold one: redis+sentinel://:password@host
_WITH_PASSWORD = re.compile(r"[\w+.-]+://[^@\s]*:[^@\s]+@")
Place = tuple[str | int, ...]
Environment = Mapping[str, str]

CHANNELS: Mapping[str, Callable[[Any, Environment], object]] = {
    rest.SECTION: lambda section, _: rest.read_settings(section),
    web.SECTION: lambda section, _: web.read_settings(section),
    teams.SECTION: teams.read_settings,
    internal.SECTION: internal.read_settings,
}


class _File:
    """A file of settings with the lines of its names.

    Attributes:
        path: of the file.
        values: what it says, variables of the environment put in; None if it cannot be read.
        problems: of its form.
    """

    def __init__(self, path: Path, environment: Environment) -> None:
        self.path = path
        self.values: dict[str, Any] | None = None
        self.problems: list[Problem] = []
        self._lines: dict[Place, int] = {}
        self._written: dict[Place, str] = {}
        self._environment = environment
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except FileNotFoundError:
            self.add((), _("There is no such file."), _("the template lies beside ./lotse"))
            return
        except (OSError, UnicodeDecodeError) as error:
            self.add((), _("The file cannot be read: {reason}").format(reason=error))
            return
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self._lines[()] = mark.line + 1 if mark else 1
            text = _("This is not valid YAML: “{reason}”.")
            self.add((), text.format(reason=getattr(error, "problem", None) or error), _("check the indentation"))
            return
        values = self._read(node, ())
        if isinstance(values, dict):
            self.values = values
        else:
            self.add((), _("The file must hold settings (name: value)."))

    def add(self, place: Place, message: str, remedy: str = "", warning: bool = False) -> None:
        """Note a problem at a place."""
        known = next((self._lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self._lines), 1)
        field = ".".join(map(str, place))
        self.problems.append(Problem("warning" if warning else "error", self.path, known, field, message, remedy))

    def written(self) -> Iterator[tuple[Place, str]]:
        """Every value as it stands in the file, without what is put in from the environment."""
        return ((place, _VARIABLE.sub("", text)) for place, text in self._written.items())

    def _read(self, node: yaml.Node | None, place: Place) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(part, (*place, number)) for number, part in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            self._lines.setdefault(place, node.start_mark.line + 1)
            self._written[place] = node.value
            return self._scalar(node, place)
        return None

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            inside = (*place, name)
            self._lines[inside] = key.start_mark.line + 1
            if name in found:
                self.add(inside, _("This name stands here twice; only the last one would count."), _("remove one"))
            found[name] = self._read(value, inside)
        return found

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        for name in _VARIABLE.findall(node.value):
            if name not in self._environment:
                text = _("The variable {name} is not set.").format(name=name)
                self.add(place, text, _("set it in the environment of the servers"))
        if _VARIABLE.search(node.value):
            return _VARIABLE.sub(lambda found: self._environment.get(found[1], ""), node.value)
        return yaml.SafeLoader("").construct_object(node)


def examine_settings(folder: Path, environment: Environment | None = None) -> list[Problem]:
    """Every problem of `config.yml`, `endpoints.yml` and `credentials.yml`.

    Args:
        folder: the project folder.
        environment: variables; those of this process if not given.
    """
    variables = os.environ if environment is None else environment
    config, endpoints, credentials = (_File(folder / name, variables) for name in FILES)
    _check_config(config)
    _check_endpoints(endpoints)
    _check_credentials(credentials, variables)
    _check_together(endpoints, credentials)
    for file in (endpoints, credentials):
        for place, value in file.written():
            if value and place and (place[-1] in _SECRETS or _WITH_PASSWORD.search(value)):
                text = _("A secret stands in this file, which is in version control and in backups.")
                file.add(place, text, _("write ${NAME} here and set NAME in the environment, or in a file"))
    return [*config.problems, *endpoints.problems, *credentials.problems]


def _validate(file: _File, model: type[BaseModel]) -> None:
    try:
        model.parse_obj(file.values)
    except ValidationError as error:
        for item in error.errors():
            remedy = "" if item["type"] == "value_error.extra" else explain(item)[1]
            file.add(tuple(item["loc"]), describe(item), remedy or _("docs/operators.md lists the settings"))


def _check_config(file: _File) -> None:
    if file.values is None:
        return
    _validate(file, Config)
    for part in ("importers", "pipeline", "policies"):
        for number, entry in enumerate(file.values.get(part) or []):
            name = entry.get("name") if isinstance(entry, dict) else None
            # Names without a point are Rasa's own.
            if isinstance(name, str) and "." in name and not _class_exists(name):
                file.add((part, number, "name"), _("There is no class {name}.").format(name=name))


def _check_endpoints(file: _File) -> None:
    if file.values is None:
        return
    _validate(file, Endpoints)
    store = file.values.get("tracker_store")
    if not isinstance(store, dict):
        return
    place: Place = ("tracker_store",)
    if store.get("dialect", "sqlite") == "sqlite":
        if store.get("url"):
            file.add((*place, "url"), _("SQLite has no host."), _("write dialect: postgresql, or remove url"))
        return
    for name in ("url", "db"):
        if not store.get(name):
            file.add(place, _("PostgreSQL needs {name}.").format(name=name))
    query = store.get("query")
    options = query if isinstance(query, dict) else {}
    if "connect_timeout" not in options or "statement_timeout" not in str(options.get("options")):
        text = _("Without connect_timeout and statement_timeout, threads wait for a database that is frozen.")
        file.add(place, text, _("take query from docs/operators.md, “PostgreSQL”"), warning=True)


def _check_credentials(file: _File, environment: Environment) -> None:
    for name, section in (file.values or {}).items():
        if read := CHANNELS.get(name):
            try:
                read(section, environment)
            except SettingsError as error:
                for line in str(error).splitlines():
                    file.add(*_named(name, line))
        elif "." not in name:
            text = _("This channel of Rasa passes by the masking, the limits and the deleting of this program.")
            file.add((name,), text, _("use {name}, or remove it").format(name=rest.SECTION))
        elif not _class_exists(name):
            file.add((name,), _("There is no class {name}.").format(name=name))


def _named(section: str, line: str) -> tuple[Place, str]:
    """Where a line of a `SettingsError` points to, and what it says."""
    found = re.match(rf"credentials\.yml, {re.escape(section)}, ([\w.]+): (.*)", line)
    return ((section, *found[1].split(".")), found[2]) if found else ((section,), line)


def _check_together(endpoints: _File, credentials: _File) -> None:
    lock = (endpoints.values or {}).get("lock_store")
    shared = isinstance(lock, dict) and lock.get("type") == LOCK_STORE
    for name in (web.SECTION, teams.SECTION):
        section = (credentials.values or {}).get(name)
        if shared and isinstance(section, dict) and section.get("rate_limit_storage", "memory") == "memory":
            text = _("Several servers share a lock store, but each counts its own rates.")
            remedy = _("enter the address of Redis here")
            credentials.add((name, "rate_limit_storage"), text, remedy, warning=True)


def _class_exists(path: str) -> bool:
    """Whether a module defines a class, without importing it: some take seconds."""
    module, _, name = path.rpartition(".")
    try:
        spec = find_spec(module)
        source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
        return any(isinstance(node, ast.ClassDef) and node.name == name for node in ast.parse(source).body)
    except (ImportError, ValueError, OSError, SyntaxError):
        return False
