"""A check in another language: translated texts replace the German ones; structure, rules and passages stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotse.checks.model import Check, CheckTranslation, Conclusion, ConclusionTranslation, Question, QuestionTranslation
from lotse.content.problems import Problem
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import _


def translate(check: Check, own: CheckTranslation, language: str) -> Check:
    """The check with its texts in another language.

    Args:
        check: the German check.
        own: a translation without errors, see `check_translation`.
        language: ISO 639-1 code.
    """
    questions = {question.id: question for question in own.questions}
    findings = {finding.id: finding for finding in own.findings}
    texts = own.dict(include={"title", "label", "intro", "phrases", "summary", "limits"})
    return check.copy(
        update={
            **texts,
            "document": own.document,
            "language": language,
            "questions": [_question(question, questions[question.id]) for question in check.questions],
            "findings": [finding.copy(update=_texts(findings[finding.id])) for finding in check.findings],
            "otherwise": check.otherwise.copy(update=_texts(own.otherwise)),
        }
    )


def check_translation(file: YamlFile, own: CheckTranslation, check: Check | None) -> Iterator[Problem]:
    """All errors of a translation: parts that are missing or superfluous.

    Args:
        file: the file of the translation.
        own: its content.
        check: the German check; None if there is none.
    """
    if check is None or file.path.stem != own.check:
        message = (
            _("There is no check “{check}” in German.").format(check=own.check)
            if check is None
            else _("The check “{check}” is in a file with another name.").format(check=own.check)
        )
        yield file.problem(("check",), message, _("name the file after the check"))
        return
    yield from _same_ids(
        file, ("questions",), [question.id for question in own.questions], [question.id for question in check.questions]
    )
    yield from _same_ids(
        file, ("findings",), [finding.id for finding in own.findings], [finding.id for finding in check.findings]
    )
    for place, translated in enumerate(own.questions):
        question = check.question(translated.id or "")
        if question is not None:
            german = [option.id for option in question.options]
            yield from _same_ids(file, ("questions", place, "options"), list(translated.options), german)
    conclusions = check.conclusions
    for place, finding in enumerate(own.findings):
        if (finding.id or "") in conclusions:
            yield from _same_parts(file, ("findings", place), finding, conclusions[finding.id or ""])
    yield from _same_parts(file, ("otherwise",), own.otherwise, check.otherwise)
    yield from _same_ids(file, ("summary",), [*own.summary], [*check.summary])
    if (own.document is None) != (check.document is None):
        message = _("`{field}` is in one of the two languages only.").format(field="document")
        yield file.problem(("document",), message, _("give both or none"))


def _same_ids(file: YamlFile, at: FieldPath, here: Sequence[str | None], german: Sequence[str]) -> Iterator[Problem]:
    for name in german:
        if name not in here:
            message = _("“{name}” is not translated.").format(name=name)
            yield file.problem(at, message, _("add the translation"))
    for place, own in enumerate(here):
        if own not in german:
            message = _("There is no “{name}” in German.").format(name=own)
            yield file.problem((*at, place), message, _("check or remove the id"))
        elif own in here[:place]:
            yield file.problem((*at, place), _("“{name}” is translated twice.").format(name=own), _("remove one"))


def _same_parts(file: YamlFile, at: FieldPath, own: ConclusionTranslation, german: Conclusion) -> Iterator[Problem]:
    for field in ("change", "instead", "open"):
        if (getattr(own, field) is None) != (getattr(german, field) is None):
            message = _("`{field}` is in one of the two languages only.").format(field=field)
            yield file.problem((*at, field), message, _("give both or none"))
    if len(own.steps) != len(german.steps):
        message = _("Number of steps: {here} here, {original} in German.").format(
            here=len(own.steps), original=len(german.steps)
        )
        yield file.problem((*at, "steps"), message, _("translate every step, in the same order"))


def _question(question: Question, own: QuestionTranslation) -> Question:
    options = [option.copy(update={"label": own.options[option.id]}) for option in question.options]
    return question.copy(update={"text": own.text, "why": own.why, "options": options})


def _texts(own: ConclusionTranslation) -> dict[str, object]:
    return own.dict(include={"reason", "change", "instead", "open", "steps"})
