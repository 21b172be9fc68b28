"""The start script under dash, in a project folder of its own, with fakes for Python and uv."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lotse.operator_language import choose_language, take_option

SCRIPT = Path(__file__).parents[2] / "lotse"
SHELL = shutil.which("dash") or "/bin/sh"
TOOLS = ("sh", "cmp", "cp", "rm", "readlink", "dirname", "mkdir", "cat", "chmod")

# Answers the script's version check, makes fake environments, and otherwise tells how it was called.
PYTHON = """#!/bin/sh
if [ "$1" = -c ]; then
    case $3 in
        "" | {version}) echo "$0"; exit 0 ;;
        *) exit 1 ;;
    esac
fi
if [ "$1 $2" = "-m venv" ]; then
    [ -z "{venv}" ] || exit 1
    mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0
fi
if [ "$1 $2" = "-m pip" ]; then cp "$FAKE_UV" "${{0%/*}}/uv"; exit 0; fi
echo "run $* in $LOTSE_HOME"
"""
UV = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$1 $2" in
    "python find") [ -n "${FOUND:-}" ] && echo "$FOUND" || exit 1 ;;
    "python install") exit 1 ;;
    "pip sync") [ -z "${OFFLINE:-}" ] || exit 1 ;;
    "venv "*)
        base=
        while [ $# -gt 1 ]; do [ "$1" != --python ] || base=$2; shift; done
        mkdir -p "$1/bin"; cp "$base" "$1/bin/python" ;;
esac
"""


class Project:
    """A project folder with the start script, and a PATH that holds only what a test puts there."""

    def __init__(self, root: Path) -> None:
        self.home = root / "some project"
        self.path = root / "bin"
        self.calls = root / "calls"
        self.user = root / "user"
        self.fake_uv = root / "uv"
        for folder in (self.home, self.path, self.user):
            folder.mkdir()
        shutil.copy(SCRIPT, self.home / "lotse")
        (self.home / "requirements.lock").write_text("one==1\n")
        (self.home / "requirements-dev.lock").write_text("one==1\ntwo==2\n")
        for tool in TOOLS:
            (self.path / tool).symlink_to(str(shutil.which(tool)))
        executable(self.fake_uv, UV)

    def add_uv(self) -> None:
        shutil.copy(self.fake_uv, self.path / "uv")

    def add_python(self, name: str, version: str, venv: str = "") -> None:
        executable(self.path / name, PYTHON.format(version=version, venv=venv))

    def run(self, *arguments: str, script: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        base = {"PATH": str(self.path), "HOME": str(self.user), "CALLS": str(self.calls), "FAKE_UV": str(self.fake_uv)}
        return subprocess.run(
            [SHELL, script or str(self.home / "lotse"), *arguments],
            env={**base, **environment},
            cwd=self.user,
            capture_output=True,
            text=True,
            check=False,
        )

    def uv_calls(self) -> str:
        return self.calls.read_text()


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def installed(project: Project) -> Project:
    project.add_uv()
    project.add_python("python3.11", "3.11")
    assert project.run("check").returncode == 0
    return project


def test_first_start_installs_and_runs(project: Project) -> None:
    project.add_uv()
    project.add_python("python3.11", "3.11")
    result = project.run("ask", "Darf ich meinen Chef blockieren?", "--json")
    assert result.stdout == f"run -m lotse.cli ask Darf ich meinen Chef blockieren? --json in {project.home}\n"
    calls = project.uv_calls()
    assert "--require-hashes" in calls
    assert "requirements.lock" in calls
    assert f"--no-deps --no-build-isolation -e {project.home}" in calls
    assert (project.home / ".venv/requirements.lock").read_text() == "one==1\n"


def test_second_start_does_not_call_uv(installed: Project) -> None:
    result = installed.run("up")
    assert result.stdout == f"run -m lotse.cli up in {installed.home}\n"
    assert result.stderr == ""
    assert installed.uv_calls() == ""


def test_works_through_chained_symbolic_links(installed: Project) -> None:
    (installed.user / "first").symlink_to(Path("..") / "some project" / "lotse")
    (installed.user / "second").symlink_to("first")
    assert installed.run("up", script=str(installed.user / "second")).stdout.endswith(f"in {installed.home}\n")
    assert installed.uv_calls() == ""


def test_changed_lock_installs_again(installed: Project) -> None:
    (installed.home / "requirements.lock").write_text("one==2\n")
    assert installed.run("up").returncode == 0
    assert "pip sync" in installed.uv_calls()
    assert "venv --quiet" not in installed.uv_calls()
    assert (installed.home / ".venv/requirements.lock").read_text() == "one==2\n"


def test_interrupted_installation_is_repeated(installed: Project) -> None:
    (installed.home / "requirements.lock").write_text("one==2\n")
    failed = installed.run("up", OFFLINE="1")
    assert failed.returncode == 1
    assert "ließen sich nicht installieren: Netzzugang" in failed.stderr
    (installed.home / "requirements.lock").write_text("one==1\n")
    assert installed.run("up").returncode == 0
    assert "pip sync" in installed.uv_calls()


def test_moved_project_is_installed_again(installed: Project) -> None:
    installed.home = installed.home.rename(installed.home.parent / "moved")
    assert installed.run("up").returncode == 0
    assert f"-e {installed.home}" in installed.uv_calls()


@pytest.mark.parametrize("command", ["test", "lint", "evaluate"])
def test_developer_commands_install_the_tools(installed: Project, command: str) -> None:
    installed.run(command)
    assert "requirements-dev.lock" in installed.uv_calls()
    for again in (command, "up"):
        installed.run(again)
        assert installed.uv_calls() == ""


def test_tools_stay_when_the_lock_changes(installed: Project) -> None:
    installed.run("test")
    (installed.home / "requirements.lock").write_text("one==2\n")
    installed.run("up")
    assert "requirements-dev.lock" in installed.uv_calls()


def base_of(project: Project, **environment: str) -> str:
    result = project.run("up", **environment)
    assert result.returncode == 0, result.stderr
    return next(line for line in result.stderr.splitlines() if "Python: " in line).split("Python: ")[1]


def test_candidates_are_executed_not_only_found(project: Project) -> None:
    project.add_uv()
    executable(project.path / "python3.11", "#!/bin/sh\nexit 127\n")
    project.add_python("python3", "3.11")
    assert base_of(project) == str(project.path / "python3")


def test_named_python_comes_first(project: Project) -> None:
    project.add_uv()
    project.add_python("python3.11", "3.11")
    project.add_python("mine", "3.11")
    assert base_of(project, LOTSE_PYTHON="mine") == str(project.path / "mine")


def test_unfit_named_python_is_told_and_passed_over(project: Project) -> None:
    project.add_uv()
    project.add_python("python3.11", "3.11")
    project.add_python("mine", "3.13")
    result = project.run("up", LOTSE_PYTHON="mine")
    assert "LOTSE_PYTHON=mine ist kein CPython 3.11 oder 3.10" in result.stderr
    assert result.returncode == 0


@pytest.mark.parametrize("root", ["default", "set"])
def test_pyenv_versions_are_found(project: Project, root: str) -> None:
    project.add_uv()
    pyenv = project.user / (".pyenv" if root == "default" else "py env")
    executable(pyenv / "versions/3.11.7/bin/python3.11", PYTHON.format(version="3.11", venv=""))
    environment = {} if root == "default" else {"PYENV_ROOT": str(pyenv)}
    assert base_of(project, **environment) == str(pyenv / "versions/3.11.7/bin/python3.11")


def test_what_uv_finds_is_executed_too(project: Project) -> None:
    project.add_uv()
    project.add_python("managed", "3.11")
    assert base_of(project, FOUND=str(project.path / "managed")) == str(project.path / "managed")
    assert "python install" not in project.uv_calls()


def test_3_10_only_if_there_is_no_3_11(project: Project) -> None:
    project.add_uv()
    project.add_python("python3.10", "3.10")
    assert base_of(project) == str(project.path / "python3.10")


def test_no_python_at_all_is_one_sentence(project: Project) -> None:
    project.add_uv()
    project.add_python("python3", "3.13")
    result = project.run("up")
    assert result.returncode == 1
    assert "LOTSE_PYTHON auf ein CPython 3.11 oder 3.10 setzen" in result.stderr.splitlines()[-1]
    assert "python install 3.11" in project.uv_calls()


def test_broken_environment_is_made_anew(installed: Project) -> None:
    executable(installed.home / ".venv/bin/python", "#!/bin/sh\nexit 127\n")
    (installed.home / "requirements.lock").write_text("one==2\n")
    assert installed.run("up").stdout.startswith("run -m lotse.cli up")


def test_uv_is_installed_in_a_place_of_its_own(project: Project) -> None:
    project.add_python("python3", "3.11")
    assert project.run("up").returncode == 0
    assert (project.home / ".uv/bin/uv").exists()
    assert (project.home / ".uv/.gitignore").read_text() == "*\n"


def test_missing_venv_module_names_the_package(project: Project) -> None:
    project.add_python("python3", "3.11", venv="broken")
    result = project.run("up")
    assert result.returncode == 1
    assert "sudo apt install python3-venv" in result.stderr.splitlines()[-1]
    assert not (project.home / ".uv").exists()


def test_neither_uv_nor_python(project: Project) -> None:
    result = project.run("up")
    assert result.returncode == 1
    assert "Kein Python gefunden" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ((), {}, "Kein Python gefunden"),
        ((), {"LANG": "C.UTF-8"}, "Kein Python gefunden"),
        ((), {"LANG": "de_AT.UTF-8"}, "Kein Python gefunden"),
        ((), {"LANG": "en_GB.UTF-8"}, "No Python was found"),
        ((), {"LANG": "de_DE.UTF-8", "LC_ALL": "en_US.UTF-8"}, "No Python was found"),
        ((), {"LANG": "pl_PL.UTF-8"}, "No Python was found"),
        ((), {"LANGUAGE": "de:en", "LANG": "en_US.UTF-8"}, "Kein Python gefunden"),
        ((), {"LANGUAGE": "en:de", "LANG": "de_DE.UTF-8"}, "No Python was found"),
        (("--lang", "en"), {"LANG": "de_DE.UTF-8"}, "No Python was found"),
        (("--lang=de",), {"LANG": "en_US.UTF-8"}, "Kein Python gefunden"),
        (("--", "--lang", "en"), {}, "Kein Python gefunden"),
    ],
)
def test_it_speaks_the_language_the_commands_speak(
    project: Project, arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    assert said in project.run("up", *arguments, **environment).stderr
    value, _rest = take_option(["up", *arguments])
    assert (value or choose_language(environment)) == ("de" if said.startswith("Kein") else "en")


def test_every_sentence_is_there_in_both_languages() -> None:
    texts = re.findall(r'\b(?:say|give_up) ((?:[\s\\]*"(?!\$@)(?:[^"\\]|\\.)*")+)', SCRIPT.read_text(encoding="utf-8"))
    counts = {text: len(re.findall(r'"(?:[^"\\]|\\.)*"', text)) for text in texts}
    assert len(counts) > 10
    assert {text: count for text, count in counts.items() if count != 2} == {}


def test_the_language_may_stand_before_the_command(installed: Project) -> None:
    installed.run("--lang", "en", "test")
    assert "requirements-dev.lock" in installed.uv_calls()


def other_home(project: Project) -> Path:
    """A project folder beside that of the start script."""
    folder = project.home.parent / "other home"
    folder.mkdir()
    return folder


def test_a_given_home_is_the_project_and_the_environment_stays_here(project: Project) -> None:
    home = other_home(project)
    project.add_uv()
    project.add_python("python3.11", "3.11")
    assert project.run("up", LOTSE_HOME=str(home)).stdout == f"run -m lotse.cli up in {home}\n"
    assert f"-e {project.home}" in project.uv_calls()
    assert (project.home / ".venv/requirements.lock").exists()
    assert list(home.iterdir()) == []


def test_another_home_installs_nothing_anew(installed: Project) -> None:
    home = other_home(installed)
    assert installed.run("up", LOTSE_HOME=str(home)).stdout.endswith(f"in {home}\n")
    assert installed.uv_calls() == ""


def test_a_relative_home_counts_from_where_the_script_is_called(installed: Project) -> None:
    home = other_home(installed)
    assert installed.run("up", LOTSE_HOME="../other home").stdout.endswith(f"in {home}\n")


def test_an_empty_home_counts_as_not_set(installed: Project) -> None:
    assert installed.run("up", LOTSE_HOME="").stdout.endswith(f"in {installed.home}\n")


@pytest.mark.parametrize("command", ["test", "lint"])
def test_tests_and_style_are_those_of_the_scripts_own_folder(installed: Project, command: str) -> None:
    home = other_home(installed)
    assert installed.run(command, LOTSE_HOME=str(home)).stdout.endswith(f"in {installed.home}\n")


def test_a_home_that_is_no_folder_is_one_sentence(project: Project) -> None:
    result = project.run("up", LOTSE_HOME="/nowhere/at all")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Lotse: LOTSE_HOME ist /nowhere/at all, und das ist kein Ordner")
    assert len(result.stderr.splitlines()) == 1
    assert not (project.home / ".venv").exists()
