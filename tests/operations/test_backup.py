"""A backup made while a server writes is restored, and nothing but a sound backup is."""

from __future__ import annotations

import asyncio
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lotse.cli import main
from lotse.errors import OperationError
from lotse.operations.backup import MANIFEST, backup, restore
from lotse.operations.only_server import only_server
from lotse.operations.stored_conversations import opened_store

HOME = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(HOME / "data", folder / "data", ignore=shutil.ignore_patterns("encoder", "nlu"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(HOME / name, folder)
    monkeypatch.setenv("LOTSE_HOME", str(folder))
    monkeypatch.delenv("LOTSE_SECRET_KEY", raising=False)
    monkeypatch.chdir(folder)
    return folder


def say(text: str, at: float = 2e9, sender: str = "someone") -> None:
    with opened_store() as store:
        tracker = asyncio.run(store.retrieve(sender)) or DialogueStateTracker(sender, [])
        tracker.update(UserUttered(text, message_id=text, timestamp=at))
        asyncio.run(store.save(tracker))


def texts() -> list[str]:
    with opened_store() as store:
        return [event["text"] for event in store.messages("someone", 10)]


def test_conversations_and_key_come_back_and_settings_only_if_wished(project: Path, tmp_path: Path) -> None:
    say("vorher")
    key = (project / ".lotse/secret-key").read_bytes()
    with opened_store() as store, store.session_scope() as session:
        session.execute("select 1")
        backup(project, tmp_path / "b.zip")
    assert oct((tmp_path / "b.zip").stat().st_mode & 0o777) == "0o600"
    say("nachher")
    (project / ".lotse/secret-key").write_bytes(b"x" * 64)
    (project / "credentials.yml").write_text("# changed\n", encoding="utf-8")
    assert sorted(restore(project, tmp_path / "b.zip")) == ["conversations.db", "secret-key"]
    assert texts() == ["vorher"]
    assert (project / ".lotse/secret-key").read_bytes() == key
    assert oct((project / ".lotse/conversations.db").stat().st_mode & 0o777) == "0o600"
    assert (project / "credentials.yml").read_text(encoding="utf-8") == "# changed\n"
    assert "data/house/contacts.yml" in restore(project, tmp_path / "b.zip", settings=True)
    assert (project / "credentials.yml").read_bytes() == (HOME / "credentials.yml").read_bytes()
    assert (project / "credentials.yml.before-restore").read_text(encoding="utf-8") == "# changed\n"


def test_nothing_is_written_over_and_a_running_server_keeps_its_database(project: Path, tmp_path: Path) -> None:
    say("vorher")
    backup(project, tmp_path / "b.zip")
    with pytest.raises(OperationError, match=r"b\.zip gibt es schon"):
        backup(project, tmp_path / "b.zip")
    with only_server(project / ".lotse", project / "endpoints.yml"), pytest.raises(OperationError, match="PID"):
        restore(project, tmp_path / "b.zip")
    assert texts() == ["vorher"]


def changed(archive: Path, name: str, content: bytes, listed: bool) -> None:
    with zipfile.ZipFile(archive) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    parts[name] = content
    if listed:
        manifest = json.loads(parts[MANIFEST])
        manifest["files"][name] = "0" * 64
        parts[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(archive, "w") as new:
        for part, data in parts.items():
            new.writestr(part, data)


FAULTS: list[Callable[[Path], object]] = [
    lambda path: path.unlink(),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(path.read_bytes()[:-200]),
    lambda path: changed(path, "conversations.db", b"no database", listed=False),
    lambda path: changed(path, "actions/__init__.py", b"evil", listed=True),
    lambda path: changed(path, "data/house/../../lotse", b"evil", listed=True),
    lambda path: changed(path, "unlisted.yml", b"", listed=False),
    lambda path: changed(path, MANIFEST, b"[]", listed=False),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_sound_backup_changes_nothing(
    project: Path, tmp_path: Path, fault: Callable[[Path], object]
) -> None:
    say("vorher")
    backup(project, tmp_path / "b.zip")
    fault(tmp_path / "b.zip")
    before = sorted(path.name for path in (project / ".lotse").iterdir() if path.name != "up.lock")
    with pytest.raises(OperationError, match=r"b\.zip ist keine brauchbare Sicherung"):
        restore(project, tmp_path / "b.zip", settings=True)
    assert sorted(path.name for path in (project / ".lotse").iterdir() if path.name != "up.lock") == before
    assert texts() == ["vorher"]
    assert not (project / "actions").exists()


def test_a_damaged_database_is_named_instead_of_saved(project: Path, tmp_path: Path) -> None:
    (project / ".lotse").mkdir()
    (project / ".lotse/conversations.db").write_bytes(b"Das ist keine Datenbank. " * 100)
    with pytest.raises(OperationError, match=r"conversations\.db"):
        backup(project, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def lotse(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def test_the_commands_save_purge_and_restore(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say("alt", at=1e9)
    assert lotse("backup", "--out", str(tmp_path / "b.zip")) == 0
    assert lotse("purge", "--days", "30") == 0
    assert "1 Ereignisse" in capsys.readouterr().err
    assert texts() == []
    assert lotse("restore", str(tmp_path / "b.zip")) == 0
    assert texts() == ["alt"]
    assert lotse("purge") == 0
    assert texts() == []


def test_conversations_of_a_time_are_deleted_whole_and_others_stay(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noon = datetime(2026, 11, 20, 12).timestamp()
    for minutes, sender in ((-60, "web-1"), (5, "web-1"), (5, "web-2"), (90, "web-3")):
        say(f"Frage von {sender}", at=noon + 60 * minutes, sender=sender)
    time = ("--from", "2026-11-20 12:00", "--to", "2026-11-20T12:10")
    assert lotse("erase", *time, "--yes") == 0
    told = capsys.readouterr().err
    assert "2" in told and "Frage" not in told and "web-" not in told
    with opened_store() as store:
        assert [store.exists(f"web-{number}") for number in (1, 2, 3)] == [False, False, True]
    assert lotse("erase", *time) == 0


def test_another_tracker_store_is_not_purged(project: Path) -> None:
    (project / "endpoints.yml").write_text("tracker_store: {type: SQL}\n", encoding="utf-8")
    assert lotse("purge") == 1
    with pytest.raises(OperationError, match="endpoints"), opened_store():
        pytest.fail("opened")
