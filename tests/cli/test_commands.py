"""The commands: exit codes, where output goes, and that they say what to do."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lotse.cli import content, main
from lotse.cli.assistant import understanding

HOME = Path(__file__).parents[2]
TOPIC = "data/guide/de/blocking.yml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HOME / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copyfile(HOME / name, tmp_path / name)
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lotse(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def break_topic(project: Path) -> int:
    """Give the topic a verdict that does not exist; returns its line."""
    path = project / TOPIC
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("verdict:"))
    lines[at] = "verdict: perhaps"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return at + 1


def age_topic(project: Path) -> None:
    """Make a passage's review overdue: a warning."""
    path = project / TOPIC
    text = path.read_text(encoding="utf-8")
    dates = {"reviewed": "2020-01-01", "review_by": "2021-01-01"}
    lines = []
    for line in text.splitlines():
        key = line.split(":")[0]
        lines.append(f"{key}: {dates[key.strip()]}" if key.strip() in dates else line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_check_of_the_project_itself_passes() -> None:
    command = [sys.executable, "-m", "lotse.cli", "check"]
    assert subprocess.run(command, env={**os.environ, "LOTSE_HOME": str(HOME)}, check=False).returncode == 0


def test_check_names_file_and_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = break_topic(project)
    assert lotse("check") == 1
    captured = capsys.readouterr()
    values = "allowed, depends, not_allowed, info"
    assert captured.out == (
        f"Fehler: {TOPIC}:{line} [verdict] „perhaps“ gibt es hier nicht. → möglich sind: {values}\n"
    )
    assert "1 Fehler" in captured.err


@pytest.mark.parametrize("command", [("check",), ("up",), ("train",), ("shell",)])
def test_a_class_path_of_an_earlier_version_stops_the_start(
    project: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "endpoints.yml").write_text(
        "tracker_store:\n  type: lotse.operations.tracker_store.ForgettingTrackerStore\n", encoding="utf-8"
    )
    assert lotse(*command) == 1
    captured = capsys.readouterr()
    told = captured.out + captured.err
    assert "endpoints.yml:2" in told and "lotse.rasa_adapter.tracker_store.ForgettingTrackerStore eintragen" in told


def test_check_reads_settings_and_wording_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "data/answering.yml").write_text("unheard_of: 1\n", encoding="utf-8")
    assert lotse("check") == 1
    assert "data/answering.yml:1 [unheard_of]" in capsys.readouterr().out


def test_warnings_fail_only_when_strict(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age_topic(project)
    assert lotse("check") == 0
    assert "Warnung" in capsys.readouterr().err
    assert lotse("check", "--strict") == 1


def test_what_is_due_is_listed_by_date_with_the_watch_list(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    age_topic(project)
    monkeypatch.setattr("lotse.cli.content.current_day", lambda: date(2026, 12, 10))
    assert lotse("check", "--due", "2w") == 0
    captured = capsys.readouterr()
    first = captured.out.splitlines()[0]
    assert first.startswith("01.01.2021 (überfällig) Passage: blocking.")
    assert "15.12.2026 Merkliste: ai_act_labels, " in captured.out
    assert "  Passagen: authority_channels.ai_labelling, " in captured.out
    assert "data/guide/watch.yml:" in captured.out
    assert "Fällig bis 24.12.2026: " in captured.err


def test_nothing_due_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotse.cli.content.current_day", lambda: date(2026, 11, 28))
    assert lotse("check", "--due", "1d", "--lang", "en") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err.strip()) == ("", "Nothing is due by 2026-11-29.")


def test_unreadable_content_has_no_list_of_what_is_due(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = break_topic(project)
    assert lotse("check", "--due", "60d") == 1
    assert f"{TOPIC}:{line}" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("up",), ("shell",), ("train", "--force"), ("ask", "Darf ich das?")])
def test_bad_content_reaches_nobody(
    project: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotse.operations.ports.require_free", lambda ports: None)
    break_topic(project)
    assert lotse(*command) == 1
    assert "./lotse check" in capsys.readouterr().err


def test_up_names_a_taken_port(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = min(server.getsockname()[1], 65000)
        assert lotse("up", "--port", str(port)) == 1
    assert f"Port {port} (Rasa-Server) ist belegt" in capsys.readouterr().err


def test_no_project_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LOTSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert lotse("check") == 1
    assert capsys.readouterr().err.startswith("Hier ist kein Projekt")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_takes_nothing_is_one_sentence_with_the_file(
    project: Path, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / ".lotse" / "endpoints-6055.yml"

    def refuse() -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(content, "content_problems", refuse)
    assert lotse("check") == 1
    told = capsys.readouterr().err
    assert f"{path}: {os.strerror(number)}" in told
    assert "Platz" in told


def test_the_schemas_of_the_project_are_those_of_the_models(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lotse("schema", "--check") == 0, "The content models have changed: run ./lotse schema and commit its files."
    assert capsys.readouterr().out == ""


def test_a_schema_that_is_not_the_models_is_named_and_not_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "data/guide/schema"
    changed, missing = folder / "topic.json", folder / "facet.json"
    changed.write_text("{}\n", encoding="utf-8")
    missing.unlink()
    assert lotse("schema", "--check") == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [str(changed), str(missing)]
    assert "./lotse schema" in captured.err
    assert changed.read_text(encoding="utf-8") == "{}\n"
    assert not missing.exists()
    assert lotse("schema") == 0
    assert lotse("schema", "--check") == 0


def test_what_the_widget_takes_over_is_checked_and_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lotse("widget", "--check") == 1
    assert "payloads.json fehlt" in capsys.readouterr().err.replace("\n", "")
    shutil.copytree(HOME / "widget" / "test" / "mock-server", project / "widget" / "test" / "mock-server")
    assert lotse("widget", "--check") == 1
    assert "labels/de.json" in capsys.readouterr().err
    assert lotse("widget") == 0
    assert lotse("widget", "--check") == 0


@pytest.mark.parametrize("command", [("check",), ("train",), ("ask", "Darf ich bloggen?")])
def test_a_named_folder_that_is_no_project_is_one_sentence(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yml").touch()
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    assert lotse(*command) == 1
    told = capsys.readouterr().err
    assert f"LOTSE_HOME ist {tmp_path}, und das ist kein Projektordner: dort fehlt domain.yml, data." in told
    assert [path.name for path in tmp_path.iterdir()] == ["config.yml"]


def test_schemas_describe_every_kind_of_content(project: Path) -> None:
    assert lotse("schema") == 0
    folder = project / "data/guide/schema"
    assert sorted(path.name for path in folder.iterdir()) == [
        "check.json",
        "check_translation.json",
        "facet.json",
        "help.json",
        "help_translation.json",
        "house_chat.json",
        "house_rules.json",
        "need_examples.json",
        "official_checklist.json",
        "registry.json",
        "term_list.json",
        "topic.json",
        "translation.json",
        "watch_list.json",
    ]
    topic = json.loads((folder / "topic.json").read_text(encoding="utf-8"))
    assert "passages" in topic["required"]
    assert topic["additionalProperties"] is False


def test_every_check_runs_and_any_failure_counts(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        ran.append(" ".join(command[2:]))
        return subprocess.CompletedProcess(command, int("mypy" in command))

    monkeypatch.setattr(subprocess, "run", run)
    assert lotse("test", "-k", "ports", "--maxfail=1") == 1
    style = ["ruff check .", "ruff format --check .", "mypy", "codespell_lib"]
    assert ran == [*style, "pytest -k ports --maxfail=1"]
    assert "Gescheitert: mypy" in capsys.readouterr().err


def test_help_is_german_and_light() -> None:
    code = (
        "import sys; from lotse.cli import main\n"
        "heavy = {'rasa', 'tensorflow', 'spacy', 'sklearn', 'aiohttp'}\n"
        "try: main(['--help'])\n"
        "finally: print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Beantwortet eine einzelne Frage" in result.stdout
    assert result.stdout.rstrip().endswith("[]")


def test_understanding_is_told_in_words() -> None:
    why = {"recognised": "Darf ich?", "certainty": "high", "alternatives": ["Likes?", "Memes?"], "probability": 0.934}
    assert understanding(why).splitlines()[1:] == [
        "  erkannt:      Darf ich?",
        "  Sicherheit:   hoch (93%)",
        "  Alternativen: Likes?, Memes?",
    ]
    assert "keine Angabe" in understanding({})
