"""The papers for an authority say what the settings and the tests say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotse.rasa_adapter.retention import DEFAULT_DAYS

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted((ROOT / "docs/behoerde").glob("*.de.md"))
ROW = re.compile(r"^\| [^|]+ \| ([^|]+) \| `([\w/]+\.yml)` `([\w.]+)` \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
LINK = re.compile(r"\]\(([\w./-]+\.md)")


def setting(file: str, path: str) -> Any:
    """The value of a setting.

    Args:
        file: from the project folder.
        path: dotted; a channel of credentials.yml by the last part of its name.
    """
    value = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    for name in path.split("."):
        [found] = [key for key in value if key.rsplit(".", 1)[-1] == name]
        value = value[found]
    return value


def said(value: Any) -> str:
    """A value as the papers write it."""
    if value is None or isinstance(value, bool):
        return "ja" if value else "nein"
    return ", ".join(map(str, value)) or "keine" if isinstance(value, list) else str(value)


def rows() -> list[tuple[str, str, str, str]]:
    return [(paper.name, *row) for paper in PAPERS for row in ROW.findall(paper.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("paper", "value", "file", "path"), rows())
def test_a_paper_says_what_is_set(paper: str, value: str, file: str, path: str) -> None:
    assert value.strip() == said(setting(file, path)), paper


def test_no_row_of_settings_is_left_out() -> None:
    for paper in PAPERS:
        _, _, table = paper.read_text(encoding="utf-8").partition("## Aus den Einstellungen\n\n")
        lines = table.partition("\n\n")[0].strip().splitlines()[2:]
        assert len(lines) == len([row for row in rows() if row[0] == paper.name]), paper.name


def test_without_the_setting_the_same_days_hold() -> None:
    assert setting("endpoints.yml", "tracker_store.retention_days") == DEFAULT_DAYS


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_test_that_is_named_exists_and_every_link_leads_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    modules = (ROOT / "tests").rglob("test_*.py")
    defined = {name for module in modules for name in DEFINED.findall(module.read_text(encoding="utf-8"))}
    assert set(NAMED.findall(text)) <= defined
    assert [link for link in LINK.findall(text) if not (paper.parent / link).exists()] == []


def test_the_list_of_papers_names_them_all() -> None:
    listed = LINK.findall((ROOT / "docs/behoerde/README.de.md").read_text(encoding="utf-8"))
    assert sorted(listed) == [paper.name for paper in PAPERS if paper.name != "README.de.md"]
