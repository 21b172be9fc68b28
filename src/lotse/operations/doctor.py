"""Findings of ``./lotse doctor``: what is wrong with an installation, and what mends it."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from http.client import HTTPException
from pathlib import Path
from typing import Literal

import yaml
from limits import parse_many
from rasa.core.utils import AvailableEndpoints
from redis.exceptions import RedisError
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError

from lotse.channels.web import settings as web
from lotse.content.loading import examine_guide
from lotse.content.model import Contact
from lotse.errors import OperationError, SettingsError
from lotse.operations import model_freshness, ports
from lotse.operations.environment import ACTION_PORT_OFFSET, HOST, INTERNAL_PORT_OFFSET
from lotse.operations.settings_schema import LOCK_STORE
from lotse.operations.stored_conversations import opened_store
from lotse.operator_language import _
from lotse.paths import PRIVATE
from lotse.rasa_adapter import model_archive
from lotse.rasa_adapter.shared_lock import SharedLock

Grade = Literal["fine", "warning", "fault"]

_LEAST_BYTES, _ENOUGH_BYTES = 200 * 1024**2, 2 * 1024**3
# No installation is older than the first version.
_EARLIEST = datetime(2026, 11, 1, tzinfo=timezone.utc).timestamp()
_AHEAD_SECONDS = 60
# A client that sends its headers byte by byte holds a connection (docs/operations.md).
_FILES = 8192
# People who come in the same minute after an announcement, from one address.
_HOUSE = 200
_LOCK_SECONDS = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        grade: whether it is fine, should be looked after, or does not work.
        text: what was found, in the operator's language.
        remedy: what to do; empty if nothing is to be done.
    """

    grade: Grade
    text: str
    remedy: str = ""


def _get(address: str) -> tuple[int, str]:
    """Status and text of an address of this machine; 0 if nobody answers."""
    # Without the proxy of the environment, which knows nothing of this machine's loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as answer:
            return int(answer.status), answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except (OSError, HTTPException):
        return 0, ""


def _open_files() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if allowed == resource.RLIM_INFINITY else allowed


@dataclass(frozen=True)
class Doctor:
    """Looks at an installation; changes nothing but missing tables and narrow modes, as a start does.

    Attributes:
        home: the project folder.
        port: of the Rasa server.
        get: asks an address of this machine.
        clock: seconds since 1970.
        disk: gives total, used and free bytes of the disk of a folder.
        holder: the process that listens on a port; None if it is not known.
        files: how many files may be open at once; None if the system does not say.
    """

    home: Path
    port: int
    get: Callable[[str], tuple[int, str]] = _get
    clock: Callable[[], float] = time.time
    disk: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage
    holder: Callable[[int], str | None] = field(default=ports.holder)
    files: Callable[[], int | None] = _open_files

    def examine(self) -> Iterator[Finding]:
        """Everything that can be seen from this machine."""
        yield from self._servers()
        yield from self._store()
        yield from self._lock_store()
        yield from self._limits()
        yield from self._model()
        yield from self._content()
        yield from self._clock()
        yield from self._disk()
        yield from self.open_files()
        yield from self.permissions()

    def _servers(self) -> Iterator[Finding]:
        internal = f"http://{HOST}:{self.port + INTERNAL_PORT_OFFSET}"
        status, told = self.get(f"{internal}/health/ready")
        if status == 200:
            yield Finding("fine", _("The Lotse is running, and all its parts answer."))
        elif status == 503:
            text = _("The Lotse is running, but not all its parts answer: {parts}").format(parts=told)
            yield Finding("fault", text, _("The log names the cause: .lotse/logs/rasa.log"))
        else:
            yield from self._ports()
            return
        if (seen := _number(self.get(f"{internal}/metrics")[1], "lotse_untrusted_proxy_total")) > 0:
            text = _(
                "{count} requests came through a proxy that is not trusted: everybody shares its address and limits."
            )
            remedy = _("Set trusted_proxies in credentials.yml: 1 for one proxy.")
            yield Finding("fault", text.format(count=int(seen)), remedy)

    def _ports(self) -> Iterator[Finding]:
        for port in (self.port, self.port + ACTION_PORT_OFFSET, self.port + INTERNAL_PORT_OFFSET):
            if ports.is_free(port):
                yield Finding("fine", _("Port {port} is free.").format(port=port))
            else:
                text = _("Port {port} is taken by {holder}, and that is no running Lotse with an internal port.")
                remedy = _("Stop that program, or use another port: ./lotse up --port {port}")
                other = remedy.format(port=self.port + 100)
                yield Finding("fault", text.format(port=port, holder=self.holder(port) or "?"), other)

    def _store(self) -> Iterator[Finding]:
        try:
            with opened_store(self.home) as store:
                store.ping()
                store.check()
                yield Finding("fine", _("The database of the conversations can be read and written."))
                with store.session_scope() as session:
                    newest = session.query(func.max(store.SQLEvent.timestamp)).scalar()
        except (OperationError, SQLAlchemyError) as error:
            remedy = _("docs/operators.md, “When the tracker store fails”")
            yield Finding("fault", _("The conversations cannot be stored: {reason}").format(reason=error), remedy)
            return
        if newest is not None and newest > self.clock() + _AHEAD_SECONDS:
            yield Finding(
                "fault",
                _("The newest message is from the future: the clock of this machine was set back, or was ahead."),
                _("Let the clock be set by the network (timedatectl set-ntp true)."),
            )

    def _lock_store(self) -> Iterator[Finding]:
        try:
            settings = AvailableEndpoints.read_endpoints(str(self.home / "endpoints.yml")).lock_store
        except Exception:  # Rasa raises whatever its readers raise; what reads the tracker store has told it
            return
        if settings is None or settings.type != LOCK_STORE:
            return
        try:
            asyncio.run(asyncio.wait_for(SharedLock(settings).ping(), _LOCK_SECONDS))
        except (RedisError, OSError, asyncio.TimeoutError, ValueError, TypeError, OverflowError) as error:
            # The last three: a setting that is none, such as a port in words.
            text = _("Redis, the lock store of endpoints.yml, does not answer: {reason}")
            remedy = _("Start Redis, or mend lock_store: without it every question gets an error.")
            yield Finding("fault", text.format(reason=str(error) or type(error).__name__), remedy)
        else:
            yield Finding("fine", _("Redis, the lock store, answers."))

    def _limits(self) -> Iterator[Finding]:
        try:
            written = yaml.safe_load((self.home / "credentials.yml").read_text(encoding="utf-8"))
            settings = web.read_settings((written or {}).get(web.SECTION))
        except (OSError, ValueError, yaml.YAMLError, AttributeError, SettingsError):
            return  # ./lotse check names what is wrong in the file
        for name, least in (("sessions_per_address", _HOUSE), ("requests_per_address", 5 * _HOUSE)):
            rates = parse_many(getattr(settings, name))
            if any(rate.amount < least * rate.get_expiry() / 60 for rate in rates if rate.get_expiry() <= 60):
                text = _("{name} is so low that {people} people behind one address would be refused in one minute.")
                remedy = _("Raise it in credentials.yml, unless every person has an address of their own.")
                yield Finding("warning", text.format(name=name, people=_HOUSE), remedy)

    def _model(self) -> Iterator[Finding]:
        fresh = model_freshness.examine(self.home, self.home / "models")
        if fresh.model is None:
            yield Finding("fault", _("There is no trained model."), "./lotse train")
            return
        try:
            model_archive.check(fresh.model)
        except (OperationError, OSError) as error:
            yield Finding("fault", str(error), "./lotse train --force")
            return
        if fresh.reason:
            text = _("The model is not up to date: {reason}").format(reason=fresh.reason)
            yield Finding("warning", text, "./lotse train")
        else:
            yield Finding("fine", _("The model {name} is up to date.").format(name=fresh.model.name))

    def _content(self) -> Iterator[Finding]:
        guide, problems = examine_guide(self.home / "data")
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors or guide is None:
            yield Finding("fault", _("The content has {count} errors.").format(count=len(errors)), "./lotse check")
            return
        yield Finding("fine", _("The content has no errors."))
        yield from _of_contacts(guide.contacts)

    def _clock(self) -> Iterator[Finding]:
        now = self.clock()
        if now < _EARLIEST:
            yield Finding(
                "fault",
                _("The clock of this machine says {day}.").format(day=datetime.fromtimestamp(now, timezone.utc).date()),
                _("Let the clock be set by the network (timedatectl set-ntp true)."),
            )
        else:
            yield Finding("fine", _("The clock is plausible."))

    def _disk(self) -> Iterator[Finding]:
        free = self.disk(self.home)[2]
        grade: Grade = "fault" if free < _LEAST_BYTES else "warning" if free < _ENOUGH_BYTES else "fine"
        remedy = "" if grade == "fine" else _("Make room: without it nothing is stored. Old models in models/ may go.")
        yield Finding(grade, _("{megabytes} MB are free on the disk.").format(megabytes=free // 1024**2), remedy)

    def open_files(self) -> Iterator[Finding]:
        """How many connections this account may hold."""
        allowed = self.files()
        if allowed is not None and allowed < _FILES:
            text = _("This account may open {count} files; whoever holds so many connections stops the service.")
            remedy = _("LimitNOFILE={count} in the service, or ulimit -n {count} before the start.")
            yield Finding("warning", text.format(count=allowed), remedy.format(count=_FILES))

    def permissions(self) -> Iterator[Finding]:
        """Who may read what people wrote."""
        private = self.home / PRIVATE
        if os.name != "posix" or not private.exists():
            return
        if private.stat().st_mode & 0o077:
            text = _("Other accounts of this machine can read {path}.").format(path=private)
            yield Finding("fault", text, f"chmod go= {private}")
        elif not os.access(private, os.R_OK | os.W_OK | os.X_OK):
            text = _("This account cannot write to {path}.").format(path=private)
            yield Finding("fault", text, f"chown -R … {private}")
        elif wide := sorted(filter(_is_open, private.rglob("*"))):
            named = ", ".join(str(path.relative_to(private)) for path in wide[:3])
            text = _("Other accounts could read files in {path}: {names}").format(path=private, names=named)
            yield Finding("fault", text, f"chmod -R go= {private}")
        else:
            yield Finding("fine", _("Only the account of the servers can read {path}.").format(path=private))


def _is_open(path: Path) -> bool:
    """Whether others could read a file that tells of people; what is computed from the content alone is none."""
    private = path.is_file() and path.name != ".gitignore" and path.suffix != ".npz"
    return private and bool(path.stat().st_mode & 0o077)


def has_faults(findings: list[Finding]) -> bool:
    """Whether something does not work."""
    return any(finding.grade == "fault" for finding in findings)


def _of_contacts(contacts: Mapping[str, Contact]) -> Iterator[Finding]:
    empty = [contact.label for contact in contacts.values() if not (contact.email or contact.phone or contact.url)]
    if empty:
        yield Finding(
            "warning",
            _("Contact points without a way to reach them: {names}").format(names=", ".join(empty)),
            _("Fill in data/house/contacts.yml."),
        )
    else:
        yield Finding("fine", _("All contact points can be reached."))


def _number(exposition: str, name: str) -> float:
    """The value of a metric without labels; 0 if it is not there."""
    for line in exposition.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0
