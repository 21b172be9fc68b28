"""The doctor names what is wrong and what mends it, and finds nothing where nothing is wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lotse.operations import model_freshness
from lotse.operations.doctor import Doctor, Finding, has_faults
from lotse.operations.ports import free_port
from lotse.operations.settings_schema import LOCK_STORE
from lotse.operations.stored_conversations import opened_store
from lotse.rasa_adapter.shared_lock import SharedLock

HOME = Path(__file__).parents[2]
NOW = 1_800_000_000.0
GIGABYTE = 1024**3


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HOME / "data", tmp_path / "data", ignore=shutil.ignore_patterns("encoder"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(HOME / name, tmp_path)
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    return tmp_path


def silent(_: str) -> tuple[int, str]:
    return 0, ""


def findings(project: Path, **changed: Any) -> list[Finding]:
    given: dict[str, Any] = {
        "get": silent,
        "clock": lambda: NOW,
        "disk": lambda _: (0, 0, 100 * GIGABYTE),
        "holder": lambda _: "other, PID 7",
    }
    return list(Doctor(project, **{"port": free_port(), **given, **changed}).examine())


def faults(found: list[Finding]) -> str:
    return "\n".join(f"{finding.text} → {finding.remedy}" for finding in found if finding.grade == "fault")


def running(parts: int, metrics: str) -> Callable[[str], tuple[int, str]]:
    return lambda address: (parts, '{"store": false}') if address.endswith("ready") else (200, metrics)


def test_without_a_model_that_is_all_that_is_wrong(project: Path) -> None:
    found = findings(project)
    assert faults(found) == "Es gibt kein trainiertes Modell. → ./lotse train"
    assert has_faults(found)
    assert any("Personalrat" in finding.text for finding in found if finding.grade == "warning")


def test_a_damaged_model_is_named_with_what_builds_a_new_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "models").mkdir()
    (project / "models/a.tar.gz").write_bytes(b"x")
    monkeypatch.setattr(
        model_freshness, "examine", lambda *_: model_freshness.Freshness(project / "models/a.tar.gz", None)
    )
    assert "./lotse train --force" in faults(findings(project))


def test_a_port_of_another_program_is_named_with_it(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} ist belegt von other, PID 7" in faults(findings(project, port=port))


@pytest.mark.parametrize(
    ("get", "told"),
    [
        (running(200, "lotse_untrusted_proxy_total 0.0\n"), ""),
        (running(200, "lotse_untrusted_proxy_total 12.0\n"), "12 Anfragen"),
        (running(503, ""), "nicht alle Teile"),
    ],
)
def test_a_running_server_is_asked(project: Path, get: Callable[[str], tuple[int, str]], told: str) -> None:
    lines = faults(findings(project, get=get)).splitlines()
    assert [told in line for line in lines[:-1]] == ([True] if told else [])


def break_store(project: Path) -> None:
    (project / ".lotse").mkdir(exist_ok=True)
    (project / ".lotse/conversations.db").write_text("Das ist keine Datenbank. " * 100, encoding="utf-8")


def break_content(project: Path) -> None:
    (project / "data/guide/de/blocking.yml").write_text("title: x\n", encoding="utf-8")


def open_folder(project: Path) -> None:
    (project / ".lotse").mkdir(exist_ok=True)
    (project / ".lotse").chmod(0o755)


def name_another_store(project: Path) -> None:
    (project / "endpoints.yml").write_text("tracker_store: {type: SQL}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "told"),
    [(break_store, "nicht speichern"), (break_content, "./lotse check"), (name_another_store, "Tracker-Store")],
)
def test_a_broken_part_is_a_fault_and_the_others_are_still_looked_at(
    project: Path, fault: Callable[[Path], None], told: str
) -> None:
    fault(project)
    found = findings(project)
    assert told in faults(found)
    assert any("102400 MB" in finding.text for finding in found)


def test_a_folder_that_others_can_read_is_a_fault(project: Path) -> None:
    doctor = Doctor(project, free_port())
    open_folder(project)
    [found] = doctor.permissions()
    assert found.remedy == f"chmod go= {project / '.lotse'}"
    os.chmod(project / ".lotse", 0o700)
    assert [finding.grade for finding in doctor.permissions()] == ["fine"]


def test_a_file_that_others_could_read_is_a_fault(project: Path) -> None:
    (project / ".lotse").mkdir(mode=0o700)
    (project / ".lotse/secret-key").write_text("k" * 32, encoding="utf-8")
    (project / ".lotse/secret-key").chmod(0o644)
    [found] = Doctor(project, free_port()).permissions()
    assert found.grade == "fault" and "secret-key" in found.text


@pytest.mark.parametrize(("allowed", "warned"), [(1024, True), (8192, False), (None, False)])
def test_too_few_open_files_are_warned_of(project: Path, allowed: int | None, warned: bool) -> None:
    found = list(Doctor(project, free_port(), files=lambda: allowed).open_files())
    assert [finding.grade for finding in found] == ["warning"] * warned
    assert all("8192" in finding.remedy for finding in found)


def test_a_house_behind_one_address_is_thought_of(project: Path) -> None:
    assert not [finding for finding in findings(project) if "per_address" in finding.text]
    text = (project / "credentials.yml").read_text(encoding="utf-8")
    (project / "credentials.yml").write_text(text.replace("600/minute", "120/minute"), encoding="utf-8")
    [low] = [finding for finding in findings(project) if "per_address" in finding.text]
    assert low.grade == "warning" and "sessions_per_address" in low.text


def test_a_redis_that_is_stopped_is_a_fault(project: Path) -> None:
    with (project / "endpoints.yml").open("a", encoding="utf-8") as file:
        file.write(f"lock_store: {{type: {LOCK_STORE}, url: 127.0.0.1, port: {free_port()}}}\n")
    assert "Redis starten" in faults(findings(project))


@pytest.mark.parametrize("port", ["sechstausend", "99999", "[]"])
def test_a_port_of_redis_that_is_none_is_a_fault_and_no_end(project: Path, port: str) -> None:
    with (project / "endpoints.yml").open("a", encoding="utf-8") as file:
        file.write(f"lock_store: {{type: {LOCK_STORE}, url: 127.0.0.1, port: {port}}}\n")
    assert "Redis starten" in faults(findings(project))


def test_an_error_of_redis_without_a_text_is_named_by_its_kind(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: SharedLock) -> None:
        raise asyncio.TimeoutError

    monkeypatch.setattr(SharedLock, "ping", hang)
    with (project / "endpoints.yml").open("a", encoding="utf-8") as file:
        file.write(f"lock_store: {{type: {LOCK_STORE}, url: 127.0.0.1}}\n")
    assert "TimeoutError" in faults(findings(project))


@pytest.mark.parametrize(("free", "grade"), [(100 * GIGABYTE, "fine"), (GIGABYTE, "warning"), (1024**2, "fault")])
def test_room_on_the_disk_is_judged(project: Path, free: int, grade: str) -> None:
    found = findings(project, disk=lambda _: (0, 0, free))
    assert [finding.grade for finding in found if "MB" in finding.text] == [grade]


async def test_a_clock_that_is_wrong_is_noticed(project: Path) -> None:
    with opened_store(project) as store:
        tracker = DialogueStateTracker("someone", [])
        tracker.update(UserUttered("Frage", timestamp=NOW + 3600))
        await store.save(tracker)
    assert "Zukunft" in faults(findings(project))
    assert "1970-01-01" in faults(findings(project, clock=lambda: 0.0))
