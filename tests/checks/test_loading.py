"""A broken check says file, line and field of every problem, and what mends it; it never reaches a user."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lotse.checks import Check, load_checks
from lotse.checks.graph import mermaid
from lotse.checks.loading import examine_checks
from lotse.content import ContentError, Guide, Problem, load_guide

from .conftest import DATA, FIXTURE

Broken = Callable[..., list[Problem]]


@pytest.fixture
def broken(tmp_path: Path, guide: Guide) -> Broken:
    """Problems after replacing a text in a file of the fixture."""
    shutil.copytree(FIXTURE, tmp_path, dirs_exist_ok=True)

    def after(old: str, new: str, name: str = "sample.yml", language: str = "de") -> list[Problem]:
        path = tmp_path / "checks" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return examine_checks(tmp_path, guide if language == "de" else load_guide(DATA, language))[1]

    return after


def test_the_fixture_and_the_real_checks_have_no_errors(guide: Guide) -> None:
    for data in (FIXTURE, DATA):
        for language in ("de", "en"):
            problems = examine_checks(data, guide if language == "de" else load_guide(DATA, language))[1]
            assert [str(problem) for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("topics: [event_photos", "topics: [no_such", "topics.0", "Das Thema „no_such“ gibt es nicht."),
        ("[event_photos.two_consents]", "[event_photos.gone]", "findings.0.passages.0", "event_photos.gone"),
        ("facet: content", "facet: weather", "questions.0.facet", "weather"),
        ("value: video", "value: opera", "questions.0.options.1.value", "opera"),
        ("consent: [\"no\"]}", "consnt: [\"no\"]}", "findings.0.when.0.consnt", "consnt"),
        ("when: [{people: [\"yes\"]}]", "when: [{threat: [life]}]", "questions.2.when.0.threat", "später"),
        ("when: [{people: [\"yes\"]}]", "when: [{people: [yes]}]", "questions.2.when.0.people", "True"),
        ("- id: consent", "- id: people", "questions.2.id", "people"),
        ("  depends: Das", "  allowed: Das", "summary", "depends"),
        ("danger: [threat.life]", "danger: [threat.death]", "danger", "threat.death"),
        ("verdict: depends", "verdict: forbidden", "findings.1.verdict", "forbidden"),
        ("- {id: none, label: \"Nein\"}", "- {id: unknown, label: \"Nein\"}", "questions.3.options", "unknown"),
        ("check: sample", "check: example", "check", "example"),
        ("when: [{people: [unknown]}, {", "when: [{people: [\"no\"], consent: [\"no\"]}, {", "", ""),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_named_with_its_place(
    broken: Broken, old: str, new: str, field: str, message: str
) -> None:
    found = [problem for problem in broken(old, new) if problem.severity == "error"]
    if not field:
        assert found == []
        return
    assert field in [problem.field for problem in found]
    first = next(problem for problem in found if problem.field == field)
    assert message in first.message
    assert first.line > 0
    assert first.remedy or first.field.endswith("options")


def test_the_program_refuses_what_no_path_needs(broken: Broken) -> None:
    found = broken('when: [{people: ["yes"], consent: ["no"]}]', 'when: [{people: ["no"], consent: ["no"]}]')
    assert [(problem.field, problem.severity) for problem in found] == [
        ("findings.0.when", "error"),
        ("questions.2", "error"),
    ]


def test_a_question_that_is_never_asked_is_refused(broken: Broken) -> None:
    found = broken('when: [{people: ["yes"]}]', 'when: [{people: ["yes"], medium: [text]}]')
    assert ("questions.2.when", "error") in [(problem.field, problem.severity) for problem in found]


def test_a_question_without_use_is_refused(broken: Broken) -> None:
    found = broken("danger: [threat.life]", "")
    assert [(problem.field, problem.severity) for problem in found] == [("questions.3", "error")]


def test_more_than_twelve_questions_on_a_path_are_refused(broken: Broken) -> None:
    more = "".join(
        f"  - {{id: q{n}, text: Noch eine Frage dazu, why: Weil das zählt.,"
        f' options: [{{id: "yes", label: Ja}}, {{id: "no", label: Nein}}]}}\n'
        for n in range(9)
    )
    danger = ", ".join(f"q{n}.yes" for n in range(9))
    assert broken("danger: [threat.life]", f"danger: [threat.life, {danger}]") != []
    found = broken("findings:\n", f"{more}findings:\n")
    assert [problem.field for problem in found] == ["questions"]
    assert "13" in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("- id: consent", "- id: consents", "questions"),
        ("{id: text, label: Only text}", "{id: words, label: Only text}", "questions.0.options"),
        ("    change: Ask everyone who can be recognised; if all agree, it is possible.\n", "", "findings.0.change"),
        ('    steps: ["Ask everyone who can be recognised.", ', "    steps: [", "findings.0.steps"),
        ("  depends: That", "  allowed: That", "summary"),
        ("check: sample", "check: other", "check"),
    ],
)
def test_a_translation_has_the_same_parts(broken: Broken, old: str, new: str, field: str) -> None:
    found = broken(old, new, "en/sample.yml", "en")
    assert field in [problem.field for problem in found if problem.severity == "error"]


def test_a_check_with_errors_does_not_load(tmp_path: Path, guide: Guide) -> None:
    shutil.copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "checks" / "sample.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("label: Foto prüfen", ""), encoding="utf-8")
    with pytest.raises(ContentError, match=r"sample\.yml"):
        load_checks(tmp_path, guide)


def test_a_check_speaks_english_with_the_same_rules(check: Check) -> None:
    english = load_checks(FIXTURE, load_guide(DATA, "en"))["sample"]
    assert english.language == "en"
    assert english.questions[1].options[0].label == "Yes"
    assert [finding.when for finding in english.findings] == [finding.when for finding in check.findings]
    assert english.dangers == check.dangers == {"threat.life": "violence"}


def test_a_check_without_a_translation_stays_german(tmp_path: Path) -> None:
    shutil.copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "checks" / "en" / "sample.yml").unlink()
    checks, problems = examine_checks(tmp_path, load_guide(DATA, "en"))
    assert checks["sample"].language == "de"
    assert [problem.severity for problem in problems] == ["warning"]


def test_the_diagram_names_every_question_and_finding(check: Check) -> None:
    drawn = mermaid(check, "Weiß ich nicht")
    assert drawn.startswith("flowchart TD\n")
    for name in [*(question.id for question in check.questions), *(finding.id for finding in check.findings)]:
        assert f"_{name}" in drawn
    assert "Weiß ich nicht" in drawn
