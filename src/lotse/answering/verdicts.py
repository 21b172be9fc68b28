"""The verdict of an answer: a passage's own only if the person has said each circumstance that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from lotse.answering.answer import Outcome
from lotse.answering.language import FACET as LANGUAGE_WISHED
from lotse.answering.memory import LASTING_FACETS
from lotse.answering.passages import Fit, agrees
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.model import Facet, FacetValues, Passage, Topic, Verdict, values_of
from lotse.content.wording import Wording

Circumstances = Mapping[str, frozenset[str]]
# What somebody wants of an answer: to know whether they may do something, which information alone does not answer; the
# verdict of a topic they have picked or searched for, which may be information; or no verdict.
Sought = Literal["permission", "verdict", "information"]


@dataclass(frozen=True)
class Ruling:
    """The verdict of an answer and what it rests on.

    Attributes:
        verdict: ``info``, which is no traffic light, if the message does not ask whether somebody may do something.
        passage: whose `short` is the answer to exactly this question; None if the topic's is.
        assumed: facets whose value was taken for granted and without which the verdict might be another.
    """

    verdict: Verdict
    passage: Passage | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What the person has said of this case.

    Attributes:
        said: circumstances they have said, values by facet.
        taken_for_granted: the value of each facet that is assumed as long as nobody says another, by facet.
    """

    said: Circumstances
    taken_for_granted: Mapping[str, str]

    def unsaid(self, needed: Mapping[str, FacetValues]) -> list[str]:
        """The facets of `needed` of which the person has said no value."""
        return [facet for facet in needed if not values_of(needed, facet) & self.said.get(facet, frozenset())]

    def assumed(self, facets: Iterable[str], needed: Mapping[str, FacetValues]) -> list[str]:
        """Those of `facets` whose needed value is taken for granted, because nothing at all was said about them."""
        return [
            facet
            for facet in facets
            if facet not in self.said and self.taken_for_granted.get(facet) in values_of(needed, facet)
        ]


def case_of(question: Question, facets: Mapping[str, Iterable[str]], vocabulary: Mapping[str, Facet]) -> Case:
    """What was said of this case.

    Args:
        question: the message; what it denies does not count.
        facets: circumstances that are still valid, values by facet.
        vocabulary: the facets, with what is taken for granted.
    """
    said = {facet: frozenset(values) - frozenset(question.denied.get(facet, ())) for facet, values in facets.items()}
    granted = {name: facet.assumed.value for name, facet in vocabulary.items() if facet.assumed}
    return Case(
        {facet: values for facet, values in said.items() if values},
        {facet: value for facet, value in granted.items() if value not in question.denied.get(facet, ())},
    )


def tells_the_case(question: Question) -> bool:
    """Whether a message tells what the case is and asks nothing: “es ist ein Video von der Feier, mit Kollegen”."""
    tells = question.form == "statement" and not question.text.rstrip().endswith("?")
    return tells and not question.picked and bool(set(question.facets) - LASTING_FACETS - {LANGUAGE_WISHED})


def asks_permission(question: Question, outcome: Outcome, settings: Settings) -> bool:
    """Whether the answer needs a traffic light: whether the person asks if their own side may do something.

    A follow-up (“und auf LinkedIn?”, a status, another language) asks what the question before asked, and so does who
    tells their case after an answer. A few words for a search (“Selfie Dienstausweis”) count as such a question, a
    story without a question does not.

    Args:
        question: the message, with the conversation state.
        outcome: ``refined`` if the answer goes on with the topic of the last one.
        settings: gives `search_words`.
    """
    if _goes_on(question, outcome):
        return question.memory.asked_permission
    if question.picked or question.form == "permission":
        return True
    if tells_the_case(question) and question.memory.topic is not None and question.memory.asked_permission:
        return True
    return question.form == "statement" and question.words <= settings.search_words


def sought(question: Question, outcome: Outcome, settings: Settings) -> Sought:
    """What the person wants of the answer.

    Args:
        question: the message, with the conversation state.
        outcome: see `asks_permission`.
        settings: see `asks_permission`.
    """
    if not asks_permission(question, outcome, settings):
        return "information"
    if _goes_on(question, outcome):
        return "verdict" if question.memory.verdict == "info" else "permission"
    return "verdict" if question.picked or question.form != "permission" else "permission"


def _goes_on(question: Question, outcome: Outcome) -> bool:
    """Whether a follow-up asks nothing of its own."""
    return outcome == "refined" and (question.picked or question.switched or question.form == "statement")


def verdict_label(verdict: Verdict | None, wording: Wording) -> str | None:
    """How a verdict is named above an answer; information goes without a label, as it would stand on half of all."""
    return wording.verdicts[verdict] if verdict and verdict != "info" else None


def clear_fit(fits: list[Fit], question: Question, settings: Settings) -> Passage | None:
    """The passage that clearly fits best: the message repeats a question of its own, or it is first with a high score.

    None if there is none, or if the message is the title of a topic, which asks for the topic as a whole.

    Args:
        fits: the best first.
        question: the message.
        settings: gives `specific_at`.
    """
    if not fits or question.picked:
        return None
    first, known = fits[0], question.known
    if known is not None and known.topic == first.passage.topic:
        return first.passage if known.passage == first.passage.id else None
    return first.passage if first.score >= settings.specific_at else None


def forbidding_fit(fits: list[Fit], question: Question, case: Case, settings: Settings) -> Passage | None:
    """A passage close to the best that forbids exactly what was said: the person has said each of its circumstances.

    Such words are clearer than a score. The same is not enough to allow something.

    Args:
        fits: the best first.
        question: the message; the title of a topic asks for the topic as a whole.
        case: what was said.
        settings: gives `point_distance`.
    """
    if not fits or question.picked or question.known is not None:
        return None
    near = (fit.passage for fit in fits if fit.score >= fits[0].score - settings.point_distance)
    return next((passage for passage in near if _forbids(passage, case)), None)


def _forbids(passage: Passage, case: Case) -> bool:
    needed = {**passage.facets, **passage.verdict_requires}
    if passage.verdict != "not_allowed" or not needed:
        return False
    unsaid = [*case.unsaid(passage.facets), *case.unsaid(passage.verdict_requires)]
    return not unsaid and not agrees(passage.verdict_unless, case.said)


def repeated_first(fits: list[Fit], question: Question) -> list[Fit]:
    """The passages with the one first whose own question the message repeats, if it is among them."""
    known = question.known.passage if question.known else None
    return sorted(fits, key=lambda fit: fit.passage.id != known) if known else fits


def rule(
    topic: Topic,
    fits: list[Fit],
    question: Question,
    case: Case,
    wanted: Sought,
    uncertain: bool,
    settings: Settings,
) -> Ruling:
    """The verdict of an answer, and the passage whose short answer leads it.

    Args:
        topic: that is answered.
        fits: its passages, the best first.
        question: the message.
        case: what was said.
        wanted: what the person wants of the answer. Who asks for permission never gets information only: if the guide
            says neither yes nor no, it depends.
        uncertain: whether another topic may have been meant; then there is no plain yes or no.
        settings: thresholds.
    """
    ruling = _rule(topic, fits, question, case, wanted, uncertain, settings)
    return replace(ruling, verdict="depends") if wanted == "permission" and ruling.verdict == "info" else ruling


def _rule(
    topic: Topic,
    fits: list[Fit],
    question: Question,
    case: Case,
    wanted: Sought,
    uncertain: bool,
    settings: Settings,
) -> Ruling:
    """The verdict as the guide has it; see `rule`."""
    clear = clear_fit(fits, question, settings) or forbidding_fit(fits, question, case, settings)
    missing, granted = _missing(clear, case) if clear else ([], [])
    # Whichever topic was meant, what is forbidden in each circumstance that was said stays so.
    doubted = uncertain and clear is not None and _is_plain(clear.verdict) and not _forbids(clear, case)
    contradicted = clear is not None and (_contradicted(clear, topic, case) or doubted)
    holds = clear is not None and clear.verdict is not None and not missing and not contradicted
    lead = clear if clear and _may_lead(clear, holds, question, case) else None
    if wanted == "information":
        return Ruling("info", lead)
    if clear is not None and clear.verdict is not None and holds:
        return Ruling(clear.verdict, lead, tuple(granted))
    doubtful = uncertain and _is_plain(topic.verdict)
    if contradicted or doubtful or agrees(topic.verdict_unless, case.said) or _best_is_stricter(topic, fits, question):
        return Ruling("info" if topic.verdict == "info" else "depends", lead)
    return Ruling(topic.verdict, lead, tuple(_granted_to(topic, case)) if topic.verdict == "allowed" else ())


def _missing(passage: Passage, case: Case) -> tuple[list[str], list[str]]:
    """The facets that keep a passage's verdict from holding, and those taken for granted."""
    required = case.unsaid(passage.verdict_requires)
    unsaid = case.unsaid(passage.facets)
    # What a verdict requires must have been said.
    granted = [facet for facet in case.assumed(unsaid, passage.facets) if facet not in required]
    return [*required, *(facet for facet in unsaid if facet not in granted)], granted


def _may_lead(passage: Passage, holds: bool, question: Question, case: Case) -> bool:
    """Whether a passage's short answer may stand first.

    A plain yes or no of a passage whose circumstances were not said would say in words what its verdict may not say.
    Without what a verdict requires beside the facets, the case is another one.
    """
    if passage.short is None:
        return False
    if question.known is not None and question.known.passage == passage.id:
        return True
    return holds or not (_is_plain(passage.verdict) or case.unsaid(passage.verdict_requires))


def _is_plain(verdict: Verdict | None) -> bool:
    return verdict in ("allowed", "not_allowed")


def _contradicted(passage: Passage, topic: Topic, case: Case) -> bool:
    """Whether something was said under which a passage's verdict does not hold.

    What the topic names for its own verdict counts for a passage that allows, too, unless the passage is about it.
    """
    if agrees(passage.verdict_unless, case.said):
        return True
    about = {facet: passage.facet_values(facet) | values_of(passage.verdict_requires, facet) for facet in case.said}
    others = {facet: values - about[facet] for facet, values in case.said.items()}
    return passage.verdict == "allowed" and agrees(topic.verdict_unless, others)


def _best_is_stricter(topic: Topic, fits: list[Fit], question: Question) -> bool:
    """Whether a topic allows what the passage that fits best does not, be it clearly the best or not."""
    of_topic_as_a_whole = question.picked or (question.known is not None and question.known.passage is None)
    if topic.verdict != "allowed" or not fits or of_topic_as_a_whole:
        return False
    return fits[0].passage.verdict in ("depends", "not_allowed")


def _granted_to(topic: Topic, case: Case) -> list[str]:
    """The facets that could change a topic's verdict and whose value is taken for granted, as nothing was said."""
    return [facet for facet in topic.verdict_unless if facet not in case.said and facet in case.taken_for_granted]
