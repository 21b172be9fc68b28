"""Every check of ``data/checks`` comes to the findings that people expect, and touches ``data/`` only.

A check is complete with its English texts and a file of cases in this folder; nothing in the code names one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotse.checks import UNKNOWN, Check, load_checks, next_question, result_of
from lotse.checks.loading import check_names
from lotse.content import Guide, load_guide

from .conftest import DATA, FIXTURE

HERE = Path(__file__).parent
HOME = HERE.parents[1]
CHECKS = check_names(DATA)
MIN_CASES = 8
CODE = [*(HOME / "src").rglob("*.py"), *(HOME / "actions").rglob("*.py")]


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a check; the answers of a question may be any of its options or `unknown`."""
    path = HERE / f"{name}.yml"
    assert path.exists(), f"tests/checks/{name}.yml is missing"
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def checks(guide: Guide) -> dict[str, Check]:
    return load_checks(DATA, guide)


PERSONAS = [
    pytest.param(name, case, id=f"{name}: {case['name']}")
    for name in CHECKS
    if (HERE / f"{name}.yml").exists()
    for case in cases(name)
]


@pytest.mark.parametrize(("name", "case"), PERSONAS)
def test_a_case_comes_to_its_findings(checks: dict[str, Check], name: str, case: dict[str, Any]) -> None:
    check, answers = checks[name], case["answers"]
    for question, option in answers.items():
        asked = check.question(question)
        assert asked is not None, f"there is no question {question}"
        assert option in asked.option_ids, f"{question} has no option {option}"
    result = result_of(check, answers)
    left = next_question(check, answers)
    assert left is None, f"{left.id if left else ''} is not answered"
    assert sorted(found.id for found in result.found) == sorted(case["findings"])
    assert result.verdict == case["verdict"]


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_complete_within_data_and_its_cases(checks: dict[str, Check], name: str) -> None:
    check = checks[name]
    assert load_checks(DATA, load_guide(DATA, "en"))[name].language == "en", "the English texts are missing"
    found = cases(name)
    assert len(found) >= MIN_CASES
    assert any(set(case["answers"].values()) == {UNKNOWN} for case in found), "nobody answers `unknown` to everything"
    tested = {finding for case in found for finding in case["findings"]}
    assert {finding.id for finding in check.findings} <= tested, "no case comes to these findings"


def test_no_code_names_a_check() -> None:
    """Adding a check touches ``data/`` only."""
    names = [name for name in CHECKS if len(name) > 3]
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        for name in names:
            assert not re.search(rf'["\']check_{name}["\']', text), f"{path.name} names the check {name}"


def test_whoever_knows_nothing_comes_to_an_end(checks: dict[str, Check], guide: Guide) -> None:
    for check in [*checks.values(), *load_checks(FIXTURE, guide).values()]:
        answers: dict[str, str] = {}
        while (question := next_question(check, answers)) is not None:
            answers[question.id] = UNKNOWN
        assert result_of(check, answers).verdict in check.summary
