"""Backup and restore of what only this installation has: conversations, ratings, secret key, settings, own content.

A backup is one ZIP file for its owner only, with a list of hashes. The database is copied by SQLite itself while the
server runs (https://sqlite.org/backup.html).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from lotse import __version__
from lotse.errors import OperationError
from lotse.operations.only_server import only_server
from lotse.operator_language import _
from lotse.paths import PRIVATE
from lotse.private_files import make_file, make_folder

MANIFEST = "backup.json"
DATABASE = "conversations.db"
KEY = "secret-key"
# What an operator writes. All of it is text of a few kilobytes.
SETTINGS = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")
OWN_CONTENT = "data/house"
_MOST_BYTES = 50 * 1024**3


def backup(folder: Path, target: Path, now: datetime | None = None) -> list[str]:
    """Write a backup. Servers may run meanwhile.

    Args:
        folder: the project folder.
        target: the ZIP file; must not exist.
        now: the time noted in it.

    Returns:
        Names of the files in it.

    Raises:
        OperationError: the target exists, the database is damaged, or is not on this machine and so is not in it.
    """
    if target.exists():
        raise OperationError(_("{path} exists already; nothing was written.").format(path=target))
    database = database_of(folder)
    with TemporaryDirectory(dir=make_folder(folder / PRIVATE)) as work:
        files = dict(_files(folder))
        if database is not None and database.exists():
            files[DATABASE] = _copied(database, Path(work) / DATABASE)
        listed = {name: _hash(path) for name, path in files.items()}
        made = (now or datetime.now(timezone.utc)).isoformat(timespec="seconds")
        manifest = {"version": __version__, "made": made, "database": database is not None, "files": listed}
        part = make_file(target.with_name(f"{target.name}.part"))
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
                for name, path in files.items():
                    archive.write(path, name)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return list(listed)


def restore(folder: Path, source: Path, settings: bool = False) -> list[str]:
    """Put back what a backup holds. The present files are kept beside, with the ending ``.before-restore``.

    Args:
        folder: the project folder; no server may use it.
        source: the ZIP file.
        settings: put back the settings and own content, too, not only conversations and the secret key.

    Returns:
        Names of the files that were put back.

    Raises:
        OperationError: a server runs, or the file is no backup, is damaged, or holds what does not belong in one.
            Nothing was changed then.
    """
    private = make_folder(folder / PRIVATE)
    with only_server(private, folder / "no-lock-store.yml"), TemporaryDirectory(dir=private) as name:
        work = Path(name)
        names = _unpacked(source, work)
        if DATABASE in names:
            _require_sound(work / DATABASE)
        wanted = [file for file in names if settings or file in (DATABASE, KEY)]
        if not settings and DATABASE in names and database_of(folder) is None:
            raise OperationError(_("endpoints.yml names PostgreSQL: its conversations are restored with pg_restore."))
        for file in wanted:
            _put_back(work / file, _place(folder, file))
    return wanted


def database_of(folder: Path) -> Path | None:
    """The database file of ``endpoints.yml``; None if it names a database server.

    Raises:
        OperationError: the file cannot be read.
    """
    try:
        named = yaml.safe_load((folder / "endpoints.yml").read_text(encoding="utf-8"))
        store: dict[str, Any] = (named or {}).get("tracker_store") or {}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise OperationError(_("endpoints.yml cannot be read: {reason}").format(reason=error)) from None
    return folder / str(store.get("db", "rasa.db")) if store.get("dialect", "sqlite") == "sqlite" else None


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    own = [path for path in sorted((folder / OWN_CONTENT).rglob("*")) if path.is_file() and not path.is_symlink()]
    named = [(KEY, folder / PRIVATE / KEY), *((name, folder / name) for name in SETTINGS)]
    named += [(path.relative_to(folder).as_posix(), path) for path in own]
    return ((name, path) for name, path in named if path.is_file())


def _copied(database: Path, copy: Path) -> Path:
    make_file(copy)
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=1000)
    except sqlite3.Error as error:
        raise OperationError(_("{path} cannot be copied: {reason}").format(path=database, reason=error)) from None
    _require_sound(copy)
    return copy


def _require_sound(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            [verdict] = connection.execute("pragma quick_check(1)").fetchone()
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        raise OperationError(_("The database {path} is damaged: {reason}").format(path=database.name, reason=verdict))


def _unpacked(source: Path, work: Path) -> list[str]:
    """Unpack a backup after checking every name, size and hash."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            listed = {str(name): str(digest) for name, digest in manifest["files"].items()}
            if sorted(archive.namelist()) != sorted([MANIFEST, *listed]):
                raise ValueError(_("its list of files does not fit"))
            for name in listed:
                if not _belongs(name):
                    raise ValueError(_("“{name}” does not belong in a backup").format(name=name))
            if sum(archive.getinfo(name).file_size for name in listed) > _MOST_BYTES:
                raise ValueError(_("it is too large"))
            archive.extractall(work, list(listed))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, RuntimeError) as error:
        raise OperationError(_("{path} is no usable backup: {reason}").format(path=source, reason=error)) from None
    for name, digest in listed.items():
        if _hash(work / name) != digest:
            raise OperationError(
                _("{path} is no usable backup: {reason}").format(
                    path=source, reason=_("“{name}” has been changed").format(name=name)
                )
            )
    return list(listed)


def _belongs(name: str) -> bool:
    inside = (
        name.startswith(f"{OWN_CONTENT}/") and ".." not in name.split("/") and "\\" not in name and "\0" not in name
    )
    return name in (DATABASE, KEY, *SETTINGS) or inside


def _place(folder: Path, name: str) -> Path:
    if name == DATABASE:
        return database_of(folder) or folder / PRIVATE / DATABASE
    return folder / PRIVATE / KEY if name == KEY else folder / name


def _put_back(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    # A write-ahead log of the former database would be read into the restored one.
    for ending in ("", "-wal", "-shm") if place.suffix == ".db" else ("",):
        former = place.with_name(place.name + ending)
        if former.exists():
            former.replace(place.with_name(f"{place.name}.before-restore{ending}"))
    if place.suffix == ".db" or place.name == KEY:
        make_file(place)
    shutil.copyfile(source, place)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1024**2):
            digest.update(block)
    return digest.hexdigest()
