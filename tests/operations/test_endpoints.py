"""The endpoints file for another port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.errors import OperationError
from lotse.operations.endpoints import endpoints_for


@pytest.fixture
def endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    return tmp_path / "endpoints.yml"


def test_only_the_address_changes(endpoints: Path) -> None:
    text = "# why\naction_endpoint:\n  url: {}  # default\ntracker_store:\n  url: ${{DB}}\n"
    endpoints.write_text(text.format("http://127.0.0.1:5055/webhook"), encoding="utf-8")
    assert endpoints_for(6055).read_text(encoding="utf-8") == text.format("http://127.0.0.1:6055/webhook")


@pytest.mark.parametrize("text", ["", "action_endpoint:\n", "tracker_store: {type: x}\n", "[]\n"])
def test_missing_address_is_named(endpoints: Path, text: str) -> None:
    endpoints.write_text(text, encoding="utf-8")
    with pytest.raises(OperationError, match="action_endpoint"):
        endpoints_for(6055)


def test_a_folder_without_the_file_is_named(endpoints: Path) -> None:
    with pytest.raises(OperationError, match=f"In {endpoints.parent} fehlt endpoints.yml"):
        endpoints_for(6055)
