"""A copy of the real content to break: two topics of it, so that loading it is quick."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for part in ("guide", "vocabulary", "house", "help"):
        shutil.copytree(DATA / part, tmp_path / part)
    shutil.rmtree(tmp_path / "house" / "rules", ignore_errors=True)
    (tmp_path / "house" / "rules").mkdir()
    # It names passages of all topics.
    (tmp_path / "guide" / "watch.yml").unlink(missing_ok=True)
    other = {"blocking": "likes", "likes": "blocking"}
    for path in (tmp_path / "guide").glob("??/*.yml"):
        if path.stem not in other:
            path.unlink()
    for path in (tmp_path / "guide" / "de").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^related: .*$", f"related: [{other[path.stem]}]", text), encoding="utf-8")
    help_texts = tmp_path / "help" / "de.yml"
    text = re.sub(r"(?m)^    topics: .*$", "    topics: [blocking]", help_texts.read_text(encoding="utf-8"))
    help_texts.write_text(re.sub(r"(?m)^    topic: .*$", "    topic: likes", text), encoding="utf-8")
    return tmp_path
