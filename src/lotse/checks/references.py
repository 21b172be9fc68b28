"""What a check names must exist: topics, passages, sources, facets, contact points, its own questions and options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotse.checks.consistency import verdicts_of
from lotse.checks.model import Check, Conclusion, Condition
from lotse.content.consistency import MAX_SENTENCES, check_cites
from lotse.content.model import Guide
from lotse.content.problems import Problem
from lotse.content.sentences import sentences
from lotse.content.yaml_source import FieldPath, YamlFile
from lotse.operator_language import N_, _

MIN_PHRASES, MAX_PHRASES = 8, 20
_QUOTE = N_("possible values: {known}; put yes and no in quotation marks")


def check_references(file: YamlFile, check: Check, guide: Guide) -> Iterator[Problem]:
    """All errors and warnings of a German check, except those of its paths.

    Args:
        file: its file.
        check: the check.
        guide: the guide with house rules applied.
    """
    if file.path.stem != check.check:
        message = _("The check “{check}” is in a file with another name.").format(check=check.check)
        yield file.problem(("check",), message, _("name the file after the check"))
    for index, topic in enumerate(check.topics):
        if topic not in guide.topics:
            message = _("There is no topic “{topic}”.").format(topic=topic)
            yield file.problem(("topics", index), message, _("give an existing topic"))
    if not MIN_PHRASES <= len(check.phrases) <= MAX_PHRASES:
        message = _("Ways to ask for the check: {count}; {least} to {most} are expected.").format(
            count=len(check.phrases), least=MIN_PHRASES, most=MAX_PHRASES
        )
        yield file.problem(("phrases",), message, _("add or remove some"), warning=True)
    yield from _questions(file, check, guide)
    seen: set[str] = set()
    for index, finding in enumerate(check.findings):
        at: FieldPath = ("findings", index)
        if finding.id in seen or finding.id == "otherwise":
            message = _("The id “{id}” is already taken.").format(id=finding.id)
            yield file.problem((*at, "id"), message, _("choose another id"))
        seen.add(finding.id)
        yield from _condition(file, check, finding.when, (*at, "when"), len(check.questions))
        yield from _conclusion(file, check, guide, finding, at)
    yield from _conclusion(file, check, guide, check.otherwise, ("otherwise",))
    yield from _summary(file, check)
    for name in check.dangers:
        question, _dot, option = name.partition(".")
        asked = check.question(question)
        if asked is None or option not in asked.option_ids:
            message = _("There is no option “{option}” in this check.").format(option=name)
            yield file.problem(("danger",), message, _("write it as question.option"))


def _questions(file: YamlFile, check: Check, guide: Guide) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, question in enumerate(check.questions):
        at: FieldPath = ("questions", index)
        if question.id in seen:
            message = _("The id “{id}” is already taken.").format(id=question.id)
            yield file.problem((*at, "id"), message, _("choose another id"))
        seen.add(question.id)
        yield from _condition(file, check, question.when, (*at, "when"), index)
        yield from check_cites(guide, file, question.cites, (*at, "cites"))
        if question.basis in ("checklist", "requirements") and not question.cites:
            message = _("A question of the checklist or of the requirements needs `cites`.")
            yield file.problem((*at, "basis"), message, _("say where it stands"))
        facet = guide.facets.get(question.facet or "")
        if question.facet is not None and facet is None:
            message = _("There is no facet “{facet}”.").format(facet=question.facet)
            yield file.problem((*at, "facet"), message, _("possible values: {known}").format(known=_list(guide.facets)))
        for place, option in enumerate(question.options):
            if option.value is None:
                continue
            if question.facet is None:
                message = _("`value` belongs to a question with a `facet`.")
                yield file.problem((*at, "options", place, "value"), message, _("add `facet` or remove `value`"))
            elif facet is not None and option.value not in facet.values:
                message = _("“{facet}” has no value “{value}”.").format(facet=question.facet, value=option.value)
                remedy = _("possible values: {known}").format(known=_list(facet.values))
                yield file.problem((*at, "options", place, "value"), message, remedy)


def _condition(file: YamlFile, check: Check, when: Condition, at: FieldPath, before: int) -> Iterator[Problem]:
    """Problems of a condition that may name the questions before a place only."""
    earlier = {question.id: question for question in check.questions[:before]}
    for index, every in enumerate(when):
        if not every:
            yield file.problem((*at, index), _("This alternative names no question."), _("name one or remove it"))
        for name, options in every.items():
            question = earlier.get(name)
            if question is None:
                message = (
                    _("The question “{question}” comes only later.").format(question=name)
                    if check.question(name)
                    else _("There is no question “{question}” in this check.").format(question=name)
                )
                remedy = _("possible values: {known}").format(known=_list(earlier))
                yield file.problem((*at, index, name), message, remedy)
                continue
            if not options:
                yield file.problem((*at, index, name), _("There is no option here."), _("name at least one option"))
            for option in options:
                if option not in question.option_ids:
                    message = _("The question “{question}” has no option “{option}”.").format(
                        question=name, option=option
                    )
                    remedy = _(_QUOTE).format(known=_list(question.option_ids))
                    yield file.problem((*at, index, name), message, remedy)


def _conclusion(file: YamlFile, check: Check, guide: Guide, conclusion: Conclusion, at: FieldPath) -> Iterator[Problem]:
    replaced = {passage.overrides for passage in guide.passages.values()}
    for index, name in enumerate(conclusion.passages):
        if name not in guide.passages and name not in replaced:
            message = _("There is no passage “{passage}”.").format(passage=name)
            yield file.problem((*at, "passages", index), message, _("give the id of a passage of the guide"))
    if conclusion.owner is not None and conclusion.owner not in guide.contacts:
        message = _("There is no contact point “{contact}”.").format(contact=conclusion.owner)
        remedy = _("check the spelling or add it to {file}").format(file="data/house/contacts.yml")
        yield file.problem((*at, "owner"), message, remedy, warning=True)
    if len(sentences(conclusion.reason)) > MAX_SENTENCES:
        message = _("The reason has {count} sentences; at most {most} are allowed.").format(
            count=len(sentences(conclusion.reason)), most=MAX_SENTENCES
        )
        yield file.problem((*at, "reason"), message, _("shorten the text"))
    for index, step in enumerate(conclusion.steps):
        if len(step) < 10 or len(step) > 240:
            message = _("A step has 10 to 240 characters; this one has {count}.").format(count=len(step))
            yield file.problem((*at, "steps", index), message, _("write it as one sentence"))


def _summary(file: YamlFile, check: Check) -> Iterator[Problem]:
    possible = verdicts_of(check)
    for verdict in possible:
        if verdict not in check.summary:
            message = _("There is no summary for the verdict “{verdict}”, which can come out.").format(verdict=verdict)
            yield file.problem(("summary",), message, _("add it"))
    for verdict in check.summary:
        if verdict not in possible:
            message = _("The verdict “{verdict}” cannot come out.").format(verdict=verdict)
            yield file.problem(("summary", verdict), message, _("remove it"))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
