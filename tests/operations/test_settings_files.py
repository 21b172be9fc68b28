"""Wrong settings are named with file, line and remedy before a start; what is shipped and documented is right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from lotse.cli.terminal import content_problems
from lotse.content.problems import Problem
from lotse.errors import OperationError
from lotse.operations import settings_schema
from lotse.operations.environment import child_environment
from lotse.operations.secret_files import FOLDERS, with_secrets
from lotse.operations.settings_files import FILES, examine_settings
from lotse.rasa_adapter.channel_support import TRACKER_STORE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the files that are shipped."""
    for name in FILES:
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def change(project: Path, name: str, old: str, new: str) -> None:
    text = (project / name).read_text(encoding="utf-8")
    assert old in text
    (project / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def found(project: Path, **environment: str) -> list[Problem]:
    return examine_settings(project, environment)


def test_what_is_shipped_is_right(project: Path) -> None:
    assert found(project) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "line_of", "said"),
    [
        ("config.yml", "recipe: default.v1", "recipe: default.v2", "recipe", "default.v1"),
        ("config.yml", "language: de", "langauge: de", "langauge", "gibt"),
        ("config.yml", "need_recogniser.NeedRecogniser", "need_recogniser.Needs", "need_recogniser", "gibt es nicht"),
        ("config.yml", "policies:", "policies: 4", "policies", "YAML"),
        ("endpoints.yml", "retention_days: 30", "retention_days: 0", "retention_days", "1"),
        ("endpoints.yml", "retention_days: 30", "retention_day: 30", "retention_day", "gibt"),
        ("endpoints.yml", "retention_days: 30", "retention_days: bald", "retention_days", "Zahl"),
        ("endpoints.yml", "dialect: sqlite", "dialect: mysql", "dialect", "postgresql"),
        ("endpoints.yml", "dialect: sqlite", "dialect: sqlite\n  url: db.example.org", "url", "Host"),
        ("endpoints.yml", "dialect: sqlite", "dialect: sqlite\n  dialect: sqlite", "dialect", "zweimal"),
        ("endpoints.yml", "ForgettingTrackerStore", "OtherStore", "OtherStore", "löschen"),
        ("endpoints.yml", "http://127", "127", "127", "Adresse"),
        ("endpoints.yml", "db: .lotse/conversations.db", "db: ${NOWHERE}", "NOWHERE", "NOWHERE"),
        ("credentials.yml", "session_hours: 12", "session_hours: 0", "session_hours", "größer"),
        ("credentials.yml", "session_hours: 12", "session_hour: 12", "session_hour", "gibt"),
        ("credentials.yml", "port: 5095", "port: 99999", "99999", "65535"),
        ("credentials.yml", "reachable_from: loopback", "reachable_from: nobody", "nobody", "nobody"),
        ("credentials.yml", "lotse.channels.rest.RestInput:", "rest:", "rest:", "Maskieren"),
        (
            "credentials.yml",
            "lotse.channels.rest.RestInput:",
            "lotse.channels.rest.Rest:",
            "rest.Rest",
            "gibt es nicht",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    project: Path, name: str, old: str, new: str, line_of: str, said: str
) -> None:
    change(project, name, old, new)
    errors = [problem for problem in found(project) if problem.severity == "error"]
    assert errors
    lines = (project / name).read_text(encoding="utf-8").splitlines()
    told = [problem for problem in errors if re.search(said, f"{problem.message} {problem.remedy}")]
    assert told, [str(problem) for problem in errors]
    assert told[0].file == project / name
    if said != "YAML":
        assert line_of in lines[told[0].line - 1]


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe\x00", b"a: b: c", b"x", None])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_an_error_and_no_crash(project: Path, name: str, content: bytes | None) -> None:
    (project / name).unlink()
    if content is not None:
        (project / name).write_bytes(content)
    assert next(problem.file.name for problem in found(project) if problem.severity == "error") == name


def test_the_settings_of_several_servers_in_the_documentation_are_right(project: Path) -> None:
    page = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S)]
    endpoints = yaml.safe_load((project / "endpoints.yml").read_text(encoding="utf-8"))
    for block in blocks:
        endpoints |= {name: value for name, value in block.items() if name in ("tracker_store", "lock_store")}
    assert endpoints["lock_store"] and endpoints["tracker_store"]["dialect"] == "postgresql"
    (project / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    problems = found(project, DB_PASSWORD="x", REDIS_PASSWORD="y")
    # Both channels count in memory as long as nobody enters the address of Redis.
    assert {(problem.severity, problem.field.rsplit(".", 1)[-1]) for problem in problems} == {
        ("warning", "rate_limit_storage")
    }
    assert {name for problem in found(project) for name in re.findall(r"\w+_PASSWORD", problem.message)} == {
        "DB_PASSWORD",
        "REDIS_PASSWORD",
    }


def test_a_password_in_a_file_is_an_error_and_a_database_without_limits_is_warned_of(project: Path) -> None:
    store = "dialect: postgresql\n  url: db\n  password: geheim"
    change(project, "endpoints.yml", "dialect: sqlite", store)
    redis = "rate_limit_storage: redis://:geheim@redis.example.org:6379/2"
    change(project, "credentials.yml", "rate_limit_storage: memory", redis)
    told = {problem.field.rsplit(".", 1)[-1]: problem.severity for problem in found(project)}
    assert told == {"tracker_store": "warning", "password": "error", "rate_limit_storage": "error"}
    assert "geheim" not in "".join(map(str, found(project)))
    change(project, "endpoints.yml", "password: geheim", "password: ${DB_PASSWORD}")
    change(project, "credentials.yml", ":geheim@", ":${REDIS_PASSWORD}@")
    problems = found(project, DB_PASSWORD="geheim", REDIS_PASSWORD="geheim")
    assert {problem.severity for problem in problems} == {"warning"}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("redis+sentinel://:geheim@redis:26379/2", True),
        ("redis://:ge/heim@redis:6379/2", True),
        ("redis://:geheim@${REDIS_HOST}:6379/2", True),
        ("redis://${REDIS_USER}:geheim@redis:6379/2", True),
        ("redis://:${REDIS_PASSWORD}@${REDIS_HOST}:6379/2", False),
        ("rediss://lotse:${REDIS_PASSWORD}@redis:6379/2", False),
        ("redis://redis:6379/2", False),
    ],
)
def test_a_password_in_an_address_is_found_whatever_stands_around_it(project: Path, address: str, told: bool) -> None:
    change(project, "credentials.yml", "rate_limit_storage: memory", f"rate_limit_storage: {address}")
    known = {"REDIS_USER": "lotse", "REDIS_PASSWORD": "geheim", "REDIS_HOST": "redis"}
    assert any("${NAME}" in problem.remedy for problem in found(project, **known)) is told
    assert "geheim" not in "".join(map(str, found(project, **known)))


@pytest.mark.parametrize("variable", FOLDERS)
def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name, content in (("DB_PASSWORD", "ge heim\n"), ("LOTSE_SECRET_KEY", "file"), ("..data", "x"), ("notes", "x")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "FOLDER").mkdir()
    monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("LOTSE_SECRET_KEY", "set")
    known = child_environment()
    assert (known["DB_PASSWORD"], known["LOTSE_SECRET_KEY"]) == ("ge heim", "set")
    assert not {"..data", "notes", "FOLDER"} & set(known)


@pytest.mark.parametrize("content", [b"x" * 70_000, b"\xff\xfe", b"a\0b", None], ids=["large", "binary", "nul", "gone"])
def test_a_secret_that_cannot_be_read_is_named_without_its_content(tmp_path: Path, content: bytes | None) -> None:
    folder = tmp_path / "secrets"
    if content is not None:
        folder.mkdir()
        (folder / "DB_PASSWORD").write_bytes(content)
    with pytest.raises(OperationError, match=r"LOTSE_SECRETS_FOLDER.*secrets") as problem:
        with_secrets({"LOTSE_SECRETS_FOLDER": str(folder)})
    assert "xxx" not in str(problem.value)


def test_a_class_that_has_moved_is_said_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "data", project / "data")
    shutil.copyfile(ROOT / "domain.yml", project / "domain.yml")
    change(project, "endpoints.yml", "rasa_adapter.tracker_store", "operations.tracker_store")
    monkeypatch.setenv("LOTSE_HOME", str(project))
    [problem] = [problem for problem in content_problems() if problem.file.name == "endpoints.yml"]
    assert "CHANGELOG.md" in problem.remedy


def test_the_names_of_the_stores_are_those_of_the_classes() -> None:
    assert settings_schema.TRACKER_STORE == TRACKER_STORE
