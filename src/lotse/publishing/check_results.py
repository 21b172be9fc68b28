"""A guided check without a conversation: the next question after some answers, and the result as a report.

Answers travel in the address, as the buttons of the chat carry them: ids of options only, so no personal data, and the
server keeps nothing. A report is shown as a page or saved as a document for the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lotse.answering.answer import Citation
from lotse.answering.answer_builder import passage_of
from lotse.answering.check_payloads import read, written
from lotse.answering.passages import Citations
from lotse.checks import UNKNOWN, Check, Conclusion, Question, at_most, given, next_question, result_of
from lotse.content import Guide
from lotse.content.wording import Wording
from lotse.render.dates import written_date
from lotse.render.links import safe_url


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        texts: paragraphs.
        items: entries of a list below them.
    """

    heading: str
    texts: Sequence[str] = ()
    items: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """The result of a check in plain texts, without personal data.

    Attributes:
        about: paragraphs below the title: what it is and of which day.
    """

    title: str
    language: str
    verdict: str
    about: Sequence[str]
    sections: Sequence[Section]


def answers_of(check: Check, code: str, question: str = "", option: str = "") -> tuple[dict[str, str], str]:
    """The answers that an address carries, with one more, and how they are written in the next address.

    Args:
        check: the check.
        code: as `lotse.answering.check_payloads.written` wrote them; anything else counts as no answers.
        question: id of the question that has just been answered; may come from anybody.
        option: id of the option.
    """
    answers = (read(check, code) or ({}, []))[0]
    if question:
        answers[question] = option
    kept = given(check, answers)
    return kept, written(check, kept, ())


def step(check: Check, answers: dict[str, str], wording: Wording) -> dict[str, Any] | None:
    """The next question as texts for a page; None if every question is answered.

    Returns:
        `id`, `text`, `why`, `number`, `most`, and `options` as pairs of id and label.
    """
    question = next_question(check, answers)
    if question is None:
        return None
    return {
        "id": question.id,
        "text": question.text,
        "why": question.why,
        "number": len(answers) + 1,
        "most": at_most(check, answers),
        "options": [(name, _label(question, name, wording)) for name in question.option_ids],
    }


def helps(check: Check, answers: dict[str, str], guide: Guide) -> list[str]:
    """Texts for a person whose answers tell of danger, with who helps at once."""
    told = [f"{question}.{option}" for question, option in answers.items()]
    kinds = dict.fromkeys(check.dangers[name] for name in told if name in check.dangers)
    texts: list[str] = []
    for kind in kinds:
        found = guide.help.get(kind)
        if found is not None:
            texts.append(found.text)
            texts += [f"{line.label}: {line.phone or line.url} ({line.purpose})" for line in found.lines]
    return texts


def report(check: Check, answers: dict[str, str], guide: Guide, wording: Wording, today: date) -> Report:
    """The result of a check.

    Args:
        check: the check.
        answers: to all of its questions.
        guide: the guide in the same language.
        wording: labels, in the same language.
        today: the day it is made.
    """
    words, checks, result = wording.web.guide, wording.checks, result_of(check, answers)
    headings = check.document.heading if check.document else None
    citations = Citations(guide)
    reasons = [_reason(found.conclusion, guide, citations) for found in result.found]
    owners = dict.fromkeys(found.conclusion.owner for found in result.found if found.conclusion.owner)
    contacts = [guide.contacts[name].label for name in owners if name in guide.contacts]
    steps = [text for text, _conclusion in result.steps]
    sections = [
        Section(headings.result if headings else words["results"], [check.summary[result.verdict]], reasons),
        Section(headings.open if headings else checks.open, (), result.open_points),
        Section(wording.text["steps"], (), steps),
        Section(checks.change, (), result.changes),
        Section(headings.owner if headings else words["contacts"], (), contacts),
        Section(checks.given, (), [_given(check, name, option, wording) for name, option in result.answers.items()]),
        Section(
            headings.basis if headings else words["sources"],
            (),
            [_source(citation, wording, guide.language) for citation in citations.all],
        ),
        Section(words["check_limits"], [check.limits, wording.notice]),
    ]
    return Report(
        title=check.document.title if check.document else check.title,
        language=check.language,
        verdict=result.verdict,
        about=[words["check_report"].format(title=check.title, day=written_date(today, guide.language))],
        sections=[section for section in sections if section.texts or section.items],
    )


def _reason(conclusion: Conclusion, guide: Guide, citations: Citations) -> str:
    numbers: dict[int, None] = {}
    for name in conclusion.passages:
        passage = passage_of(guide, name)
        numbers |= dict.fromkeys(citations.add(passage.id, passage.cites, passage.text))
    return conclusion.reason.strip() + " " + "".join(f"[{number}]" for number in numbers)


def _source(citation: Citation, wording: Wording, language: str) -> str:
    titles = ", ".join(part for part in (citation.title, citation.section) if part)
    norms = "".join(f"; {norm.label}" for norm in citation.norms)
    day = f"{wording.text['as_of']} {written_date(citation.as_of, language)}"
    address = safe_url(citation.url)
    return f"[{citation.n}] {titles} ({day}){norms}" + (f", {address}" if address else "")


def _given(check: Check, name: str, option: str, wording: Wording) -> str:
    question = check.question(name)
    return f"{question.text} {_label(question, option, wording)}" if question else ""


def _label(question: Question, name: str, wording: Wording) -> str:
    option = question.option(name)
    return option.label if option and name != UNKNOWN else wording.checks.unknown
