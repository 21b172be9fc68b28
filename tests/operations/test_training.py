"""Training as a child process, with fakes in place of Rasa."""

from __future__ import annotations

import fcntl
import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from lotse.errors import OperationError
from lotse.operations import training
from lotse.operations.environment import last_lines
from lotse.operations.model_freshness import examine

TRAINS = """
import pathlib, sys
print("Starting to train component 'Ranker'.")
print("Finished training component 'Ranker'.")
pathlib.Path("models", sys.argv[-1] + ".tar.gz").write_bytes(b"")
"""
FAILS = "print('Die Regel widerspricht sich'); raise SystemExit(3)"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "config.yml").write_text("pipeline: [{name: a}]\npolicies:\n", encoding="utf-8")
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path


def run(code: str, reason: str = "es gibt noch kein Modell") -> tuple[Path, str]:
    output = io.StringIO()
    model = training.train(Console(file=output, width=200), reason, command=[sys.executable, "-c", code])
    return model, output.getvalue()


def test_new_model_fits_and_the_reason_is_shown(project: Path) -> None:
    model, output = run(TRAINS, "Inhalte geändert: data/guide/de/[x].yml")
    assert "Trainiere ein neues Modell: Inhalte geändert: data/guide/de/[x].yml" in output
    assert examine(project, project / "models").model == model
    assert examine(project, project / "models").fits
    assert training.ensure_model(Console(file=io.StringIO())) == model


def test_two_commands_at_once_train_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = training.train

    def train(console: Console, reason: str, use_cache: bool = False) -> Path:
        with (project / ".lotse" / training.LOCK).open() as file, pytest.raises(BlockingIOError):
            # A second command waits here.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return real(console, reason, command=[sys.executable, "-c", TRAINS])

    monkeypatch.setattr(training, "train", train)
    first = training.ensure_model(Console(file=io.StringIO()))
    with (project / ".lotse" / training.LOCK).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert training.ensure_model(Console(file=io.StringIO())) == first


def test_a_model_that_fits_is_there_at_once_while_another_command_trains(project: Path) -> None:
    model, _ = run(TRAINS)
    with (project / ".lotse" / training.LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert training.ensure_model(Console(file=io.StringIO())) == model


def test_who_waits_for_another_training_is_told_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".lotse").mkdir()
    monkeypatch.setattr(training, "train", lambda *_, **__: project / "trained")
    output = io.StringIO()

    class Told(io.StringIO):
        def write(self, text: str) -> int:
            # The other command ends as soon as this one has said that it waits.
            if "warte" in text:
                other.close()
            return output.write(text)

    other = (project / ".lotse" / training.LOCK).open("w")
    fcntl.flock(other, fcntl.LOCK_EX)
    assert training.ensure_model(Console(file=Told(), width=200)) == project / "trained"
    assert "Ein anderer Befehl trainiert ein Modell; warte darauf" in output.getvalue()


def test_failure_shows_the_end_of_the_log(project: Path) -> None:
    with pytest.raises(OperationError, match="Die Regel widerspricht sich") as failure:
        run(FAILS)
    assert "Ende 3" in str(failure.value)
    assert ".lotse/logs/train.log" in str(failure.value)


def test_success_without_a_model_is_a_failure(project: Path) -> None:
    with pytest.raises(OperationError, match="gescheitert"):
        run("pass")


@pytest.mark.parametrize("config", ["- a list", "a: [", ""])
def test_strange_configuration_is_left_to_rasa(project: Path, config: str) -> None:
    (project / "config.yml").write_text(config, encoding="utf-8")
    model, _ = run(TRAINS)
    assert model.exists()


@pytest.mark.parametrize("cached", [True, False])
def test_the_cache_is_used_only_if_our_code_is_the_same(project: Path, cached: bool) -> None:
    code = f"import sys; assert ('--force' not in sys.argv) is {cached}\n{TRAINS}"
    command = [sys.executable, "-c", code]
    assert training.train(Console(file=io.StringIO()), "", use_cache=cached, command=command).exists()


def test_warnings_do_not_hide_the_cause(project: Path) -> None:
    log = project / "a.log"
    log.write_text("cause\n/x/y.py:74: PyparsingDeprecationWarning: old\n  code()\n\n", encoding="utf-8")
    assert last_lines(log) == "cause"
    log.write_text("", encoding="utf-8")
    assert "leer" in last_lines(log)
