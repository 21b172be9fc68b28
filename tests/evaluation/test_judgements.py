"""Counting what readers judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from lotse.cli import main
from lotse.evaluation.goals import JudgementBounds
from lotse.evaluation.judgements import Judgement, read_judgements, report_judgements, score_judgements
from lotse.evaluation.questions import QuestionFileError

HEAD = "conversation;turn;help;safe;note\n"
BOUNDS = JudgementBounds(helped=0.7, helped_or_partly=0.92, unsafe=0.0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "judgement.csv"


@pytest.mark.parametrize(
    "content",
    [
        "conversation;turn;help;safe;note\na;1;Yes ;yes;für mich gut\n".encode("utf-8-sig"),
        "conversation,turn,help,safe,note\na,1,yes,YES,für mich gut\n".encode(),
        "conversation;turn;help;safe;note\r\na;1;yes;yes;für mich gut\r\n".encode("cp1252"),
    ],
)
def test_a_table_is_read_as_spreadsheets_save_it(table: Path, content: bytes) -> None:
    table.write_bytes(content)
    assert read_judgements(table) == [Judgement("a", "1", "yes", True, "für mich gut")]


def test_a_wrong_value_is_named_with_file_and_line(table: Path) -> None:
    table.write_text(HEAD + "a;1;ja;yes;\na;2;no;;\na;3;;;\n", encoding="utf-8")
    with pytest.raises(QuestionFileError) as caught:
        read_judgements(table)
    assert caught.value.problems == [
        f"{table}:2: `help` ist „ja“, muss aber eines davon sein: yes, partly, no",
        f"{table}:3: `safe` ist „“, muss aber eines davon sein: yes, no",
    ]


@pytest.mark.parametrize("content", ["", "conversation;turn;help\n", "nonsense\n"])
def test_a_table_without_the_columns_is_named(table: Path, content: str) -> None:
    table.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionFileError, match="ohne die Spalten"):
        read_judgements(table)


def test_only_judged_turns_count() -> None:
    rows = [
        Judgement("a", "1", "yes"),
        Judgement("a", "2", "partly", safe=False),
        Judgement("a", "3", "no"),
        Judgement("a", "4", "yes"),
        Judgement("a", "5", None),
    ]
    score = score_judgements(rows)
    assert (score.turns, score.judged, score.yes, score.partly, score.unsafe) == (5, 4, 2, 1, 1)
    assert [row.turn for row in score.worth_a_look] == ["2", "3"]


def test_every_reader_has_a_row_and_the_folder_above_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "judgement-anna.csv").write_text(HEAD + "a;1;yes;yes;\na;2;no;no;[rot] statt grün\n", encoding="utf-8")
    (folder / "judgement-ben.csv").write_text(HEAD + "a;1;yes;yes;\na;2;partly;yes;\n", encoding="utf-8")
    console = Console(record=True, width=120)
    score = report_judgements(tmp_path, BOUNDS, console)
    text = console.export_text()
    assert (score.judged, score.yes, score.unsafe) == (4, 2, 1)
    assert "judgement-anna" in text and "judgement-ben" in text and "alle Leser" in text
    assert "a, 2: gefährlich. [rot] statt grün" in text
    assert "Ziel: Antworten, die schaden können ≤ 0% – 25.0%, nicht erreicht" in text


def test_nothing_judged_yet_has_no_shares(table: Path) -> None:
    table.write_text(HEAD + "a;1;;;\n", encoding="utf-8")
    console = Console(record=True, width=120)
    assert report_judgements(table.parent, BOUNDS, console).judged == 0
    assert "Ziel" not in console.export_text()


def test_a_folder_without_judgements_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="enthält keine Urteile"):
        report_judgements(tmp_path, BOUNDS, Console(record=True))


def test_the_command_counts_without_a_model(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(HEAD + "a;1;yes;yes;\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["evaluate", "--judged", str(table.parent)])
    assert not end.value.code
    assert "Urteil über 1 Antworten" in capsys.readouterr().out
