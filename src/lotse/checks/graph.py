"""A check as a diagram in Mermaid's language, for editors."""

from __future__ import annotations

from collections.abc import Iterable

from lotse.checks.model import UNKNOWN, Check, Condition

_WIDTH = 60


def mermaid(check: Check, unknown_label: str) -> str:
    """The questions in their order, with the answers that lead to further questions and to findings.

    Solid arrows lead to the next question, dotted ones carry the answers that a question or finding depends on.

    Args:
        check: the check.
        unknown_label: how the option “I don't know” is called.
    """
    lines = ["flowchart TD"]
    for question in check.questions:
        lines.append(f'  {_node(question.id)}["{_text(question.text)}"]')
    for before, after in zip(check.questions, check.questions[1:], strict=False):
        lines.append(f"  {_node(before.id)} --> {_node(after.id)}")
    for question in check.questions:
        lines += _arrows(check, question.when, _node(question.id), unknown_label)
    for finding in check.findings:
        lines.append(f'  {_node(finding.id, "f")}(["{finding.id}: {finding.verdict}"])')
        lines += _arrows(check, finding.when, _node(finding.id, "f"), unknown_label)
    lines.append(f'  f_otherwise(["otherwise: {check.otherwise.verdict}"])')
    lines.append(f"  {_node(check.questions[-1].id)} --> f_otherwise")
    return "\n".join(lines) + "\n"


def _arrows(check: Check, when: Condition, target: str, unknown_label: str) -> Iterable[str]:
    for number, every in enumerate(when, start=1):
        for name, options in every.items():
            question = check.question(name)
            labels = [
                option.label if (option := question.option(chosen) if question else None) else unknown_label
                for chosen in options
                if chosen == UNKNOWN or question
            ]
            # Answers of one alternative belong together: they carry the same number.
            together = f"{number}: " if len(every) > 1 else ""
            yield f'  {_node(name)} -. "{_text(together + " / ".join(labels))}" .-> {target}'


def _node(name: str, kind: str = "q") -> str:
    # A prefix keeps ids apart from Mermaid's own words, such as `end`.
    return f"{kind}_{name}"


def _text(text: str) -> str:
    shown = " ".join(text.split()).replace('"', "'")
    return shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 1]}…"
