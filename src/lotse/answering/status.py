"""What an answer does with what is known of the person: their status and occupation, told, denied or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotse.answering.answer import Point
from lotse.answering.memory import LASTING_FACETS, PERSONAL_FACETS, STATE, Memory
from lotse.answering.passages import USUAL_STATUSES, Fit, agrees, choose, fitting
from lotse.answering.question import Question
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Passage, Topic

STATUS, OCCUPATION = "status", "occupation"


def with_told(question: Question) -> Question:
    """The question with the circumstances that its message tells or denies in the conversation's state.

    A status or a Land told later replaces the one before; a circumstance that is denied is forgotten. Who compares
    statuses tells none.
    """
    memory = question.memory
    facets, not_so = dict(memory.facets), dict(memory.not_so)
    for facet, values in question.denied.items():
        # “auf LinkedIn, wenn er selbst nicht auf LinkedIn ist” denies nothing of the question.
        gone = [value for value in values if value not in question.facets.get(facet, ())]
        facets[facet] = [value for value in facets.get(facet, []) if value not in gone]
        if facet in LASTING_FACETS:
            not_so[facet] = list(dict.fromkeys([*not_so.get(facet, []), *gone]))
    for facet, told in question.facets.items():
        if facet == STATUS and compares_statuses(question):
            continue
        facets[facet] = list(told)[-1:] if facet in (STATUS, STATE) else list(told)
        if facet in not_so:
            not_so[facet] = [value for value in not_so[facet] if value not in told]
    changes = {"facets": _filled(facets), "not_so": _filled(not_so)}
    return Question(**{**question.__dict__, "memory": memory.copy(update=changes)})


def compares_statuses(question: Question) -> bool:
    """Whether a message asks how it is for several statuses: “und bei Beamten anders als bei Angestellten?”"""
    asks = question.form != "statement" or question.text.rstrip().endswith("?")
    return asks and not question.picked and len(question.facets.get(STATUS, ())) > 1


def asks_status(context: TurnContext, points: Iterable[Point]) -> bool:
    """Whether an answer asks for the status: once in a conversation, if the law differs and nothing settles it."""
    return not context.question.memory.asked_status and bool(open_statuses(context, points))


def open_statuses(context: TurnContext, points: Iterable[Point]) -> list[str]:
    """The statuses that a person may tell by a click, because the law differs and theirs is unknown."""
    memory = context.question.memory
    differs = any(point.status for point in points)
    if not differs or memory.status or context.guide.settles_status(memory.facets.get(OCCUPATION, ())):
        return []
    return [status for status in USUAL_STATUSES if status not in memory.not_so.get(STATUS, ())]


def without_denied(fits: list[Fit], memory: Memory) -> list[Fit]:
    """Passages without what holds only for a status that the person has denied."""
    denied = memory.not_so.get(STATUS, ())
    if not denied:
        return fits
    return [
        Fit(
            fit.passage.copy(
                update={"by_status": {name: text for name, text in fit.passage.by_status.items() if name not in denied}}
            ),
            fit.score,
            fit.facet_match,
        )
        for fit in fits
    ]


def usual_number(
    context: TurnContext, topic: Topic, facets: Mapping[str, Iterable[str]], counted: frozenset[str]
) -> int:
    """How many passages somebody sees of whom nothing is known: whoever tells more does not see fewer.

    Args:
        context: the message and the content.
        topic: that is answered.
        facets: circumstances known in this conversation: values by facet.
        counted: as for `fitting`.
    """
    guide, settings = context.guide, context.settings
    matter = {facet: values for facet, values in facets.items() if facet not in PERSONAL_FACETS}
    fits = fitting(guide, topic.topic, context.question.passages, matter, counted, settings)
    return len(choose(fits, topic.rests_on, settings))


def addressed(context: TurnContext, chosen: Iterable[Fit], points: Iterable[Point]) -> str | None:
    """For whom an answer was written: the status, the one left out, the occupation; None if nothing matters."""
    guide, memory, wording = context.guide, context.question.memory, context.wording
    passages = [guide.passages.get(fit.passage.id, fit.passage) for fit in chosen]
    sentences = []
    if memory.status and any(point.status for point in points):
        sentences.append(wording.addressed.format(status=guide.status_label(memory.status)))
    denied_now = context.question.denied.get(STATUS, ())
    for status in memory.not_so.get(STATUS, ()) if not memory.status else ():
        if status not in denied_now:
            # Once is enough.
            continue
        if any(status in passage.by_status for passage in passages):
            sentences.append(wording.not_addressed.format(status=guide.status_label(status)))
    for occupation in memory.facets.get(OCCUPATION, ()):
        if any(is_about(passage, {OCCUPATION: [occupation]}) for passage in passages):
            sentences.append(wording.addressed_occupation.format(occupation=label_of(context, OCCUPATION, occupation)))
    return " ".join(sentences) or None


def is_about(passage: Passage, said: Mapping[str, Iterable[str]]) -> bool:
    """Whether a passage is about one of these circumstances, or only for those who have said it: values by facet."""
    return agrees(passage.facets, said) or agrees(passage.only_for, said)


def label_of(context: TurnContext, facet: str, value: str) -> str:
    """How a value of a facet is called in a sentence."""
    return context.guide.facets[facet].values[value].label


def _filled(facets: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {facet: values for facet, values in facets.items() if values}
