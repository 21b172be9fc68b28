"""Files of the widget that are made from the wording, the interface and the rendering."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lotse
from lotse import paths
from lotse.answering import Answer
from lotse.channels.web.security_headers import security_headers
from lotse.conversation.assistant import Desk
from lotse.errors import OperationError
from lotse.operations.widget_inputs import CANNED, HEADERS, INTERFACE, inputs, outdated, write

WIDGET = Path(__file__).parents[2] / "widget"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.load(paths.data())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    canned = tmp_path / CANNED
    canned.parent.mkdir(parents=True)
    canned.write_text((WIDGET / CANNED).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_the_files_in_the_repository_are_current(desk: Desk) -> None:
    assert outdated(WIDGET, desk) == [], "run ./lotse widget and commit what it writes"


def test_what_is_missing_or_different_is_written_and_then_nothing_is_left_to_do(desk: Desk, folder: Path) -> None:
    assert set(outdated(folder, desk)) == {*inputs(folder, desk)} - {CANNED}
    assert {path.relative_to(folder).as_posix() for path in write(folder, desk)} == {*inputs(folder, desk)} - {CANNED}
    assert outdated(folder, desk) == []
    (folder / "labels" / "de.json").write_text("{}", encoding="utf-8")
    assert write(folder, desk) == [folder / "labels" / "de.json"]
    assert json.loads((folder / "labels" / "de.json").read_text(encoding="utf-8")) == desk.wording.web.widget


def test_canned_answers_are_completed_and_rendered_anew(desk: Desk, folder: Path) -> None:
    guidance = {"outcome": "smalltalk", "short": "Guten Tag."}
    (folder / CANNED).write_text(json.dumps({"greeting": {"text": "alt", "guidance": guidance}}), encoding="utf-8")
    written = json.loads(inputs(folder, desk)[CANNED])["greeting"]
    assert written == {"text": "Guten Tag.", "guidance": Answer.parse_obj(guidance).payload()}


@pytest.mark.parametrize("content", ["{", "[]", '{"a": {}}', '{"a": {"guidance": {"outcome": "none"}}}', '{"a": 5}'])
def test_canned_answers_that_cannot_be_read_are_named(desk: Desk, folder: Path, content: str) -> None:
    (folder / CANNED).write_text(content, encoding="utf-8")
    with pytest.raises(OperationError, match=r"payloads\.json: Die Beispielantworten sind nicht lesbar"):
        write(folder, desk)
    (folder / CANNED).unlink()
    with pytest.raises(OperationError, match=r"payloads\.json fehlt"):
        write(folder, desk)


def test_interface_and_headers_are_those_of_the_server(desk: Desk, folder: Path) -> None:
    made = {path: json.loads(content) for path, content in inputs(folder, desk).items()}
    assert made[INTERFACE]["openapi"] == "3.1.0"
    # A release alone makes no file outdated.
    assert lotse.__version__ not in inputs(folder, desk)[INTERFACE]
    assert made[HEADERS]["page"] == security_headers([])
    assert made[HEADERS]["script"]["cross-origin-resource-policy"] == "cross-origin"
