"""What a reader gets to judge, from a replayed conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.errors import OperationError
from lotse.evaluation.judgements import read_judgements
from lotse.evaluation.questions import Conversation
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.transcripts import as_markdown, load_rubric, refuse_to_overwrite, write_transcripts
from lotse.operator_language import VARIABLE

DATA = Path(__file__).parents[2] / "data"
TALK = Conversation("hausmeister", ("Darf ich das liken?", "danke"))
REPLIES = [
    Reply("answered", "likes", verdict="depends", help="panic", text="Es kommt darauf an.\n\n~~~\n- Punkt [1]"),
    Reply("lost"),
]


def test_a_page_has_the_rubric_each_turn_and_what_came(tmp_path: Path) -> None:
    page = as_markdown(TALK, REPLIES, "So wird beurteilt")
    assert page.index("So wird beurteilt") < page.index("## 1") < page.index("Darf ich das liken?") < page.index("## 2")
    assert "Es kommt darauf an.\n\n~~~\n- Punkt [1]\n~~~~~~\n" in page
    assert "Urteil: depends · Ausgang: answered · Thema: likes · Hilfe bei: panic" in page
    assert "(keine Antwort)" in page and "Urteil: none · Ausgang: lost*" in page


def test_the_table_has_an_empty_row_for_each_turn(tmp_path: Path) -> None:
    table = write_transcripts([TALK, Conversation("b", ("Hallo",))], [REPLIES, REPLIES[:1]], tmp_path / "new", "…")
    rows = read_judgements(table)
    assert [(row.conversation, row.turn, row.help) for row in rows] == [
        ("hausmeister", "1", None),
        ("hausmeister", "2", None),
        ("b", "1", None),
    ]
    assert (tmp_path / "new" / "hausmeister.md").read_text(encoding="utf-8").startswith("# hausmeister\n")
    refuse_to_overwrite(tmp_path / "new")


def test_judgements_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "judgement-anna.csv").write_text("conversation;turn;help;safe;note\na;1;yes;yes;\n", encoding="utf-8")
    with pytest.raises(OperationError, match="--out"):
        refuse_to_overwrite(tmp_path)


@pytest.mark.parametrize(("language", "heading"), [("de", "## So wird beurteilt"), ("en", "## How to judge")])
def test_the_rubric_is_in_the_operators_language(language: str, heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, language)
    rubric = load_rubric(DATA)
    assert rubric.startswith(heading)
    assert all(f"`{word}`" in rubric for word in ("yes", "partly", "no"))
