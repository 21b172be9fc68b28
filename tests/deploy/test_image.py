"""The image holds what installing, training and running read, and nothing that is private or of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lotse.operations.environment import child_environment
from lotse.operations.model_freshness import fingerprint
from lotse.paths import HOME_VARIABLE, missing_in

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy/compose"


def rules() -> list[tuple[bool, re.Pattern[str]]]:
    """Whether each line of the file keeps, and what it is about: https://docs.docker.com/build/concepts/context/."""
    found = []
    for line in (COMPOSE / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            keeps, pattern = line.startswith("!"), line.removeprefix("!")
            parts = re.escape(pattern).replace(r"\*\*/", "(?:[^/]+/)*").replace(r"\*", "[^/]*")
            found.append((keeps, re.compile(rf"{parts}(?:/.*)?")))
    return found


def is_copied(path: str) -> bool:
    """Whether a path of the project folder is in the image; the last line that is about it counts."""
    return [keeps for keeps, pattern in rules() if pattern.fullmatch(path)][-1:] == [True]


@pytest.mark.parametrize(
    "path",
    [
        ".lotse/secret-key",
        ".lotse/conversations.db",
        ".lotse/logs/rasa.log",
        ".venv/bin/python",
        ".git/config",
        ".env",
        "deploy/compose/.env",
        "deploy/compose/credentials.yml",
        "models/lotse.tar.gz",
        "tests/conftest.py",
        "widget/node_modules/x/index.js",
        "src/lotse/__pycache__/paths.cpython-311.pyc",
        "src/social_media_lotse.egg-info/PKG-INFO",
        "actions/__pycache__/actions.pyc",
        "data/house/.env",
        "build/report.html",
        "conversations.db",
    ],
)
def test_nothing_private_or_of_this_machine_is_in_the_image(path: str) -> None:
    assert not is_copied(path)


def test_everything_that_a_model_depends_on_is_in_the_image() -> None:
    needed = {path for area in fingerprint(ROOT).values() for path in area}
    assert len(needed) > 100
    assert [path for path in sorted(needed) if not is_copied(path)] == []


def test_what_is_in_the_image_installs_and_passes_the_check(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copied = [path for path in tracked.split("\0") if path and is_copied(path)]
    for path in copied:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    assert missing_in(tmp_path) == []
    project = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'^(?:readme = |license = \{ file = )"([^"]+)"', project, re.MULTILINE)
    assert set(named) == {"README.md", "LICENSE"} and set(named) <= set(copied)
    variables = {**child_environment(), HOME_VARIABLE: str(tmp_path), "PYTHONPATH": str(tmp_path / "src")}
    command = [sys.executable, "-m", "lotse.cli", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_is_built_from_these_files_only() -> None:
    text = (COMPOSE / "Dockerfile").read_text(encoding="utf-8")
    copied = [line.split()[1] for line in text.splitlines() if line.startswith("COPY")]
    assert [path for path in copied if path != "." and not is_copied(path)] == []
