"""What newcomers are given works: the hooks, the rule for commit messages, the templates."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import lotse
from lotse.cli.quality import CHECKS

ROOT = Path(__file__).resolve().parents[2]
HOOKS_FILE = ROOT / ".pre-commit-config.yaml"
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))


def hooks() -> dict[str, dict[str, Any]]:
    config = yaml.safe_load(HOOKS_FILE.read_text(encoding="utf-8"))
    return {hook["id"]: hook for repository in config["repos"] for hook in repository["hooks"]}


def accepted(message: str, tmp_path: Path) -> bool:
    """Whether the hook takes a commit message."""
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    hook = hooks()["commit-message"]
    command = [sys.executable, "-m", "pre_commit.languages.pygrep", *hook["args"], hook["entry"], str(file)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_pre_commit_can_read_the_hooks() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(HOOKS_FILE)]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_hooks_fetch_nothing() -> None:
    config = yaml.safe_load(HOOKS_FILE.read_text(encoding="utf-8"))
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks().values()} <= {"system", "pygrep"}


def test_the_hooks_check_what_lint_checks_quickly() -> None:
    entries = " ".join(hook["entry"] for hook in hooks().values())
    for name in ("ruff check", "ruff format", "codespell"):
        assert " ".join(CHECKS[name][:2]).split(" --")[0].removesuffix(" .") in entries


@pytest.mark.parametrize(
    "message",
    [
        "teams: limit messages per person",
        "teams: limit messages per person\n",
        "cli, docs: name the version\n\nReports of errors need it.\n",
        "store: " + "x" * 65,
        "deps: lift limits\n# Please enter the commit message for your changes.\n",
        "Merge branch 'teams' with a branch name that is much longer than any subject may be\n",
        'Revert "teams: limit messages per person, whatever the length of the subject is"\n',
        "fixup! teams: limit messages per person\n",
    ],
)
def test_a_commit_message_by_the_rule_is_taken(message: str, tmp_path: Path) -> None:
    assert accepted(message, tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        "Limit messages per person",
        "teams:limit messages per person",
        "teams: ",
        "store: " + "x" * 66,
        "teams: limit messages per person\nwithout an empty line\n",
        "\nteams: limit messages per person\n",
        "",
    ],
)
def test_a_commit_message_against_the_rule_is_refused(message: str, tmp_path: Path) -> None:
    assert not accepted(message, tmp_path)


def spelling(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *CHECKS["codespell"], "--toml", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_a_misspelt_word_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("You will recieve an answer.\n", encoding="utf-8")  # codespell:ignore
    found = spelling(tmp_path)
    assert found.returncode != 0
    assert "receive" in found.stdout


def test_german_files_are_not_read_as_english(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "guide" / "de"
    folder.mkdir(parents=True)
    (folder / "topic.yml").write_text("text: Das ist die Zeitung von Freind.\n", encoding="utf-8")  # codespell:ignore
    assert spelling(tmp_path).returncode == 0


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_an_issue_template_says_what_it_is_for(template: Path) -> None:
    _, head, body = template.read_text(encoding="utf-8").split("---\n", 2)
    settings = yaml.safe_load(head)
    assert {"name", "about", "title", "labels"} == set(settings)
    assert body.count("**") >= 6


def test_there_is_a_template_for_content_understanding_and_bugs() -> None:
    assert [template.stem for template in TEMPLATES] == ["bug", "falsche-aussage", "nicht-verstanden"]


def test_the_supported_version_is_the_one_there_is() -> None:
    major_minor = ".".join(lotse.__version__.split(".")[:2])
    assert f"| {major_minor} | yes |" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_revisions_to_look_through_are_full_ids_with_a_reason() -> None:
    lines = (ROOT / ".git-blame-ignore-revs").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        assert line.startswith("#") or re.fullmatch(r"[0-9a-f]{40}", line), line
        assert line.startswith("#") or lines[number - 1].startswith("#"), f"no reason for {line}"
