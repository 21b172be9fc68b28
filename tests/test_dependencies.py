"""What is declared, what is locked and what the code imports fit together."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from lotse.evaluation.packages import MODULES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = {name: [Requirement(text) for text in texts] for name, texts in PROJECT["optional-dependencies"].items()}
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", re.MULTILINE)


def locked(name: str) -> dict[str, Version]:
    """Name and version of every package in a lock."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(package): Version(version) for package, version in PIN.findall(text)}


def names(requirements: list[Requirement]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in requirements}


def imported(folder: str) -> dict[str, set[str]]:
    """Distributions that the code of a folder imports, each with the files that do."""
    distributions = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for module in modules:
                for distribution in distributions.get(module.split(".")[0], []):
                    found.setdefault(canonicalize_name(distribution), set()).add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", [*RUNTIME, *EXTRAS["evaluation"], *EXTRAS["dev"]]),
    ],
)
def test_a_lock_holds_a_fitting_version_of_everything_declared(lock: str, requirements: list[Requirement]) -> None:
    versions = locked(lock)
    unfit = [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), Version("0")))
    ]
    assert not unfit


def test_both_locks_name_the_same_versions() -> None:
    runtime, everything = locked("requirements.lock"), locked("requirements-dev.lock")
    assert runtime == {name: everything.get(name) for name in runtime}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert all("--hash=sha256:" in block for block in PIN.split(text)[3::3])


def test_who_only_runs_it_installs_nothing_that_only_measures() -> None:
    # Rasa itself requires matplotlib, so it stays.
    assert names(EXTRAS["evaluation"]) & set(locked("requirements.lock")) == {"matplotlib"}


def test_what_measures_is_imported_by_the_evaluation_only() -> None:
    measuring = names(EXTRAS["evaluation"])
    users = {file for name, files in imported("src").items() if name in measuring for file in files}
    assert users
    assert all(file.startswith("src/lotse/evaluation/") for file in users)


def test_what_tunes_the_encoder_is_imported_by_the_tuning_only() -> None:
    tuning = names(EXTRAS["tuning"])
    assert not tuning & set(locked("requirements.lock"))
    users = {file for name, files in imported("src").items() if name in tuning for file in files}
    assert all(file.startswith("src/lotse/encoder/tuning/") for file in users)


@pytest.mark.parametrize("folder", ["src", "actions", "benchmarks"])
def test_what_the_code_imports_is_declared(folder: str) -> None:
    declared = (
        names(RUNTIME) | names(EXTRAS["evaluation"]) | names(EXTRAS["tuning"]) | {canonicalize_name(PROJECT["name"])}
    )
    undeclared = {name: files for name, files in imported(folder).items() if name not in declared}
    assert not undeclared


def test_the_evaluation_asks_for_what_its_extra_holds() -> None:
    assert {canonicalize_name(module) for module in MODULES} == names(EXTRAS["evaluation"])
