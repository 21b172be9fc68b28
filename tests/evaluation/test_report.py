"""Tables, JSON and picture of an evaluation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from lotse.evaluation import plots
from lotse.evaluation.goals import Bounds, aims, load_goals
from lotse.evaluation.need_score import score_needs
from lotse.evaluation.questions import Dialogue, LabelledQuestion, NeedMessage, VerdictQuestion
from lotse.evaluation.report import Evaluation, as_json, show
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.score import score_dialogues, score_questions
from lotse.evaluation.verdict_score import score_verdicts

BOUNDS = Bounds(right=0.85, right_or_offered=0.95, wrong=0.06, outside_answered=0.05)
GOALS = load_goals(Path(__file__).parents[2] / "data").copy(update={"aims": BOUNDS})


@pytest.fixture
def evaluation() -> Evaluation:
    questions = [LabelledQuestion(text="?", topic="likes"), LabelledQuestion(text="?", topic="out_of_scope")]
    good = score_questions(questions, [Reply("answered", "likes", probability=0.9), Reply("refused")])
    bad = score_questions(questions, [Reply("answered", "reposts", probability=0.9), Reply("answered", "likes")])
    dialogue = Dialogue.parse_obj({"turns": [{"text": "?", "expect": {"kind": "answer", "topic": "likes"}}]})
    return Evaluation({"Lotse": good, "Suche": bad}, GOALS, score_dialogues([dialogue], [[Reply("answered", "likes")]]))


def test_tables_name_systems_aims_and_dialogues(evaluation: Evaluation) -> None:
    console = Console(record=True, width=120)
    show(evaluation, console)
    text = console.export_text()
    for said in ("Lotse", "Suche", "likes", "Ziel: auf Anhieb richtig ≥ 85% – 100.0%, erreicht", "Dialoge ohne Fehler"):
        assert said in text


def test_aims_are_missed_in_both_directions(evaluation: Evaluation) -> None:
    assert [aim.met for aim in aims(evaluation.systems["Lotse"], BOUNDS)] == [True, True, True, True]
    assert [aim.met for aim in aims(evaluation.systems["Suche"], BOUNDS)] == [False, False, False, False]


def test_what_is_accepted_is_no_more_than_what_is_aimed_at() -> None:
    goals = load_goals(Path(__file__).parents[2] / "data")
    assert goals.accepted.right <= goals.aims.right
    assert goals.accepted.right_or_offered <= goals.aims.right_or_offered
    assert goals.accepted.wrong >= goals.aims.wrong
    assert goals.accepted.outside_answered >= goals.aims.outside_answered


def test_json_holds_every_number(evaluation: Evaluation) -> None:
    read = json.loads(json.dumps(as_json(evaluation)))
    assert read["systems"]["Suche"]["outside"]["counts"] == {"outside_answered": 1}
    assert read["systems"]["Lotse"]["aims"][0]["met"] is True
    assert read["dialogues"]["turns_right"] == 1


def test_only_dialogues_or_nothing_at_all_is_no_error(evaluation: Evaluation) -> None:
    console = Console(record=True)
    show(Evaluation({}, GOALS, evaluation.dialogues), console)
    show(Evaluation({}, GOALS), console)
    assert "Dialoge" in console.export_text()


def test_the_picture_is_drawn_with_and_without_probabilities(evaluation: Evaluation, tmp_path: Path) -> None:
    plots.draw(evaluation.systems, tmp_path / "with.png")
    bare = score_questions([LabelledQuestion(text="?", topic="likes")], [Reply("choices", offered=("likes",))])
    plots.draw({"Lotse": bare}, tmp_path / "without.png")
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("with.png", "without.png"))


def test_verdicts_and_people_in_need_have_tables_and_aims_of_their_own() -> None:
    verdicts = [VerdictQuestion(text="?", ok=["depends"], never=["allowed"]), VerdictQuestion(text="?", ok=["none"])]
    needs = [NeedMessage(text="?", need="panic"), NeedMessage(text="?", need="none")]
    found = Evaluation(
        {},
        GOALS,
        verdicts=score_verdicts(verdicts, [Reply("answered", "likes", verdict="allowed"), Reply("choices")]),
        needs=score_needs(needs, [Reply("answered", help="crisis"), Reply("answered", help="panic")]),
    )
    console = Console(record=True, width=120)
    show(found, console)
    text = console.export_text()
    assert "davon grün" in text and "Ziel: grün, wo Grün nie richtig ist ≤ 0% – 50.0%, nicht erreicht" in text
    assert "Ziel: Menschen in Not, auf die zuerst eingegangen wird ≥ 95% – 100.0%, erreicht" in text
    read = json.loads(json.dumps(as_json(found)))
    assert read["verdicts"]["never_green"] == 1
    assert read["verdicts"]["misses"] == [
        {
            "text": "?",
            "ok": ["depends"],
            "never": ["allowed"],
            "verdict": "allowed",
            "result": "never",
            "outcome": "answered",
            "topic": "likes",
        }
    ]
    assert read["needs"]["by_kind"] == {"panic": {"total": 1, "met": 1, "same_kind": 0}}
    assert [aim["met"] for aim in read["needs"]["aims"]] == [True, False]
