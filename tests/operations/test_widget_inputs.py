"""Files of the widget that are made from the wording, the interface and the rendering."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lotse
from lotse import paths
from lotse.answering import Answer
from lotse.channels.web.security_headers import security_headers
from lotse.conversation.assistant import Assistant
from lotse.errors import OperationError
from lotse.operations.widget_inputs import CANNED, HEADERS, INTERFACE, PAGES, inputs, outdated, write

WIDGET = Path(__file__).parents[2] / "widget"


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant.load(paths.data())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    canned = tmp_path / CANNED
    canned.parent.mkdir(parents=True)
    canned.write_text((WIDGET / CANNED).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_the_files_in_the_repository_are_current(assistant: Assistant) -> None:
    assert outdated(WIDGET, assistant) == [], "run ./lotse widget and commit what it writes"


def test_what_is_missing_or_different_is_written_and_then_nothing_is_left_to_do(
    assistant: Assistant, folder: Path
) -> None:
    assert set(outdated(folder, assistant)) == {*inputs(folder, assistant)} - {CANNED}
    assert {path.relative_to(folder).as_posix() for path in write(folder, assistant)} == {
        *inputs(folder, assistant)
    } - {CANNED}
    assert outdated(folder, assistant) == []
    (folder / "labels" / "de.json").write_text("{}", encoding="utf-8")
    assert write(folder, assistant) == [folder / "labels" / "de.json"]
    assert json.loads((folder / "labels" / "de.json").read_text(encoding="utf-8")) == assistant.wording.web.widget


def test_canned_answers_are_completed_and_rendered_anew(assistant: Assistant, folder: Path) -> None:
    guidance = {"outcome": "smalltalk", "short": "Guten Tag."}
    (folder / CANNED).write_text(json.dumps({"greeting": {"text": "alt", "guidance": guidance}}), encoding="utf-8")
    written = json.loads(inputs(folder, assistant)[CANNED])["greeting"]
    assert written == {"text": "Guten Tag.", "guidance": Answer.parse_obj(guidance).payload()}


@pytest.mark.parametrize("content", ["{", "[]", '{"a": {}}', '{"a": {"guidance": {"outcome": "none"}}}', '{"a": 5}'])
def test_canned_answers_that_cannot_be_read_are_named(assistant: Assistant, folder: Path, content: str) -> None:
    (folder / CANNED).write_text(content, encoding="utf-8")
    with pytest.raises(OperationError, match=r"payloads\.json: Die Beispielantworten sind nicht lesbar"):
        write(folder, assistant)
    (folder / CANNED).unlink()
    with pytest.raises(OperationError, match=r"payloads\.json fehlt"):
        write(folder, assistant)


def test_interface_and_headers_are_those_of_the_server(assistant: Assistant, folder: Path) -> None:
    made = {path: json.loads(content) for path, content in inputs(folder, assistant).items() if path.endswith(".json")}
    assert made[INTERFACE]["openapi"] == "3.1.0"
    # A release alone makes no file outdated.
    assert lotse.__version__ not in inputs(folder, assistant)[INTERFACE]
    assert made[HEADERS]["page"] == security_headers([])
    assert made[HEADERS]["guide"] == security_headers([], searchable=True)
    assert made[HEADERS]["script"]["cross-origin-resource-policy"] == "cross-origin"


def test_pages_of_the_guide_are_those_of_the_server(assistant: Assistant, folder: Path) -> None:
    made = {path: content for path, content in inputs(folder, assistant).items() if path.startswith(PAGES)}
    assert set(made) == {f"{PAGES}/{name}.html" for name in ("index", "blocking", "check-channel")}
    for content in made.values():
        assert '<link rel="stylesheet" href="../page.css">' in content
