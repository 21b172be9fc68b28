"""A guided check as a list to print: every question with its options, every finding with its conditions and sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotse.answering.answer import Citation
from lotse.answering.answer_builder import passage_of
from lotse.answering.passages import Citations
from lotse.checks import UNKNOWN, Check, Conclusion, Question
from lotse.checks.model import Condition
from lotse.content import Guide
from lotse.content.wording import Wording


def check_page(check: Check, guide: Guide, wording: Wording) -> dict[str, Any]:
    """What the page of a check shows: `questions` and `findings` as dictionaries of texts.

    Args:
        check: the check.
        guide: the guide in the same language.
        wording: labels, in the same language.
    """
    findings = [
        _conclusion(finding, f"finding-{finding.id}", conditions(check, finding.when, wording), guide, wording)
        for finding in check.findings
    ]
    findings.append(_conclusion(check.otherwise, "finding-otherwise", [], guide, wording))
    return {
        "questions": [_question(check, question, guide, wording) for question in check.questions],
        "findings": findings,
    }


def conditions(check: Check, when: Condition, wording: Wording) -> list[str]:
    """The alternatives of a condition in words: “Sind Menschen zu erkennen? – Ja und …”"""
    both, either = (f" {wording.web.guide[word]} " for word in ("and", "or"))
    lines = []
    for every in when:
        parts = []
        for name, options in every.items():
            question = check.question(name)
            if question is not None:
                labels = either.join(_label(question, option, wording) for option in options)
                parts.append(f"{question.text} – {labels}")
        lines.append(both.join(parts))
    return lines


def _question(check: Check, question: Question, guide: Guide, wording: Wording) -> dict[str, Any]:
    words = wording.web.guide
    return {
        "id": f"question-{question.id}",
        "text": question.text,
        "why": question.why,
        "only_if": f"; {words['or']} ".join(conditions(check, question.when, wording)),
        "basis": words[f"basis_{question.basis}"] if question.basis else None,
        "options": [_label(question, option, wording) for option in question.option_ids],
        "citations": _cited(guide, [(question.id, question.cites, question.text)]),
    }


def _conclusion(conclusion: Conclusion, anchor: str, when: list[str], guide: Guide, wording: Wording) -> dict[str, Any]:
    passages = [passage_of(guide, name) for name in conclusion.passages]
    owner = guide.contacts.get(conclusion.owner or "")
    remarks = [
        (wording.checks.open, conclusion.open),
        (wording.checks.change, conclusion.change),
        (wording.web.guide["contacts"], owner.label if owner else None),
    ]
    return {
        "id": anchor,
        "conditions": when,
        "verdict": conclusion.verdict,
        "reason": conclusion.reason,
        "remarks": [(title, text) for title, text in remarks if text],
        "steps": conclusion.steps,
        "citations": _cited(guide, [(passage.id, passage.cites, passage.text) for passage in passages]),
    }


def _cited(guide: Guide, texts: Iterable[tuple[str, Any, str]]) -> list[Citation]:
    citations = Citations(guide)
    for name, cites, text in texts:
        citations.add(name, cites, text)
    return citations.all


def _label(question: Question, name: str, wording: Wording) -> str:
    option = question.option(name)
    return option.label if option and name != UNKNOWN else wording.checks.unknown
