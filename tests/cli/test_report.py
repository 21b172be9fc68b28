"""The command ``report``: the page, the patch beside it, and who can read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rasa.shared.core.domain import Domain
from sqlalchemy import insert

from lotse.cli import main, report
from lotse.encoder import encoder
from lotse.rasa_adapter.improvement_tables import given_questions
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

HOME = Path(__file__).parents[2]
QUESTION = "Wo beantrage ich Elternzeit?"


@pytest.fixture
def lotse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    for name in ("data", "endpoints.yml"):
        (tmp_path / name).symlink_to(HOME / name)
    for name in ("config.yml", "domain.yml"):
        shutil.copy(HOME / name, tmp_path)
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 32)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "current_day", lambda: date(2026, 11, 29))
    same = np.full((1, 4), 0.5, dtype=np.float32)
    fake = SimpleNamespace(vectors=lambda texts: np.repeat(same, len(texts), axis=0))
    monkeypatch.setattr(encoder, "encoder", lambda: fake)

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    return run


def test_without_any_use_there_is_a_page_and_no_patch(lotse: Callable[..., int], tmp_path: Path) -> None:
    assert lotse("--lang", "de", "report") == 0
    html = (tmp_path / "report-2026-11-29.html").read_text(encoding="utf-8")
    assert "Zu wenige, um etwas zu zeigen." in html
    assert "01.09.2026 bis 29.11.2026" in html
    assert list(tmp_path.glob("*.patch")) == []


def test_given_questions_go_into_the_patch_and_not_onto_the_page(
    lotse: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / ".lotse" / "conversations.db"))
    with store.session_scope() as session:
        row = {"day": "2026-11-28", "text": QUESTION, "outcome": "refused", "language": "de"}
        session.execute(insert(given_questions).values(question="q", sender="s", **row))
        session.commit()
    store.engine.dispose()
    assert lotse("--lang", "en", "report", "--out", "november.html", "--days", "7") == 0
    assert capsys.readouterr().out.split() == ["november.html", "november.patch"]
    html = (tmp_path / "november.html").read_text(encoding="utf-8")
    assert QUESTION not in html
    assert "2026-11-23 to 2026-11-29" in html
    patch = tmp_path / "november.patch"
    assert f"+    - {QUESTION}" in patch.read_text(encoding="utf-8")
    assert patch.stat().st_mode & 0o777 == 0o600
