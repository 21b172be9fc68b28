"""Selects the passages of a topic that become the points of an answer, with their citations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lotse.answering.answer import Citation, NormLink, Point
from lotse.answering.memory import ACCOUNT, PERSONAL_FACETS, STATE
from lotse.answering.settings import Settings
from lotse.content.model import Cite, FacetValues, Guide, Passage, Source, values_of

MIN_PASSAGES = 2
# Most who ask have one of them. They can be told by a click.
USUAL_STATUSES = ("beamte", "tarif")


# Two of them are never compared by value, which would compare all texts of their passages.
@dataclass(frozen=True, eq=False)
class Fit:
    """A passage and how well it fits the question.

    Attributes:
        score: of the passage ranking (see `Question.passages`), plus `facet_bonus` for circumstances known earlier and
            minus it for a Land that is not the person's.
        facet_match: whether a known circumstance is one that the passage is about.
    """

    passage: Passage
    score: float
    facet_match: bool


def fitting(
    guide: Guide,
    topic: str,
    scores: Mapping[str, float],
    facets: Mapping[str, Iterable[str]],
    counted: Collection[str],
    settings: Settings,
    repeated: str | None = None,
) -> list[Fit]:
    """Passages of a topic, the best first.

    Left out are passages about another status or occupation than the person's, and those of a setting they have not
    named. A passage about another Land stays, further down: it may be the only one that answers the question, and it
    says where it holds.

    Args:
        guide: the guidance.
        topic: id of the topic.
        scores: by passage id, from the passage ranking; a passage without a score counts as 0.02 worse than the worst.
        facets: circumstances known in this conversation: values by facet.
        counted: the facets that the scores take into account already.
        settings: gives `facet_bonus`.
        repeated: id of the passage whose own question the message repeats; who does so has named its setting.
    """
    bottom = min(scores.values(), default=0.5) - 0.02
    fits = []
    for passage in guide.of_topic.get(topic, ()):
        if any(_is_about_others(passage, facet, facets.get(facet, ())) for facet in PERSONAL_FACETS):
            continue
        if passage.only_for and passage.id != repeated and not agrees(passage.only_for, facets):
            continue
        agreeing = [facet for facet in passage.facets if passage.facet_values(facet) & frozenset(facets.get(facet, ()))]
        score = scores.get(passage.id, bottom) + settings.facet_bonus * sum(facet not in counted for facet in agreeing)
        if _is_about_others(passage, ACCOUNT, facets.get(ACCOUNT, ())):
            score -= settings.facet_bonus
        if STATE not in counted and _is_about_others(passage, STATE, facets.get(STATE, ())):
            score -= settings.facet_bonus
        fits.append(Fit(passage, score, bool(agreeing)))
    return sorted(fits, key=lambda fit: -fit.score)


def agrees(circumstances: Mapping[str, FacetValues], said: Mapping[str, Iterable[str]]) -> bool:
    """Whether one of these circumstances was said.

    Args:
        circumstances: values by facet, as a passage or a topic gives them.
        said: values by facet.
    """
    return any(values_of(circumstances, facet) & frozenset(said.get(facet, ())) for facet in circumstances)


def _is_about_others(passage: Passage, facet: str, known: Iterable[str]) -> bool:
    values, own = passage.facet_values(facet), frozenset(known)
    return bool(values and own and not values & own)


def choose(fits: list[Fit], rests_on: Iterable[str], settings: Settings, at_least: int = MIN_PASSAGES) -> list[Fit]:
    """Two to `settings.points` passages: those close to the best, and one that supports the short answer.

    Args:
        fits: the best first.
        rests_on: ids of the passages that support the short answer.
        settings: gives `points` and `point_distance`.
        at_least: how many there are even if no other is close to the best.
    """
    if not fits:
        return []
    near = [fit for fit in fits if fit.score >= fits[0].score - settings.point_distance]
    chosen = near[: settings.points]
    supporting = [fit for fit in fits if fit.passage.id in set(rests_on)]
    if supporting and not any(fit in supporting for fit in chosen):
        chosen = [*chosen[: settings.points - 1], supporting[0]]
    fewest = max(at_least, MIN_PASSAGES)
    if len(chosen) < fewest:
        chosen += [fit for fit in fits if fit not in chosen][: fewest - len(chosen)]
    return chosen


class Citations:
    """Numbers citations in the order in which an answer uses them.

    Each passage keeps its own citation even if two cite the same section: the citation that a reader opens must show
    the statement it belongs to. A text that an answer uses twice keeps the numbers it got first.

    Attributes:
        all: the citations so far, numbered from 1.
    """

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.all: list[Citation] = []
        self._numbers: dict[tuple[str, str], list[int]] = {}

    def add(self, passage: str, cites: Iterable[Cite], excerpt: str) -> list[int]:
        """Add the citations of one text, unless it has them already, and return their numbers.

        Args:
            passage: id of the passage.
            cites: sources and norms of the text.
            excerpt: the text.
        """
        if (passage, excerpt) not in self._numbers:
            self._numbers[passage, excerpt] = self._add(passage, list(cites), excerpt)
        return self._numbers[passage, excerpt]

    def _add(self, passage: str, cites: list[Cite], excerpt: str) -> list[int]:
        norms = [self._norm(cite) for cite in cites if cite.norm]
        sources = [cite for cite in cites if cite.source]
        first = len(self.all) + 1
        for index, cite in enumerate(sources):
            source = self.guide.sources[cite.source or ""]
            section = source.sections.get(cite.section or "")
            self.all.append(
                Citation(
                    n=len(self.all) + 1,
                    passage=passage,
                    title=source.title,
                    section=section.title if section else None,
                    publisher=source.publisher,
                    url=(section.url if section else None) or source.url,
                    as_of=source_date(source),
                    excerpt=excerpt,
                    norms=norms if index == 0 else [],
                    remark=source.remark,
                )
            )
        if not sources and norms:
            laws = [self.guide.norms[cite.norm] for cite in cites if cite.norm]
            self.all.append(
                Citation(
                    n=len(self.all) + 1,
                    passage=passage,
                    title=", ".join(dict.fromkeys(law.law for law in laws)),
                    url=laws[0].url,
                    as_of=max(law.as_of for law in laws).isoformat(),
                    excerpt=excerpt,
                    norms=norms,
                )
            )
        return list(range(first, len(self.all) + 1))

    def _norm(self, cite: Cite) -> NormLink:
        norm = self.guide.norms[cite.norm or ""]
        return NormLink(label=cited_norm_label(norm.label, cite.at), url=norm.url, as_of=norm.as_of.isoformat())


def points_of(
    chosen: list[Fit], status: str | None, guide: Guide, citations: Citations, usual: bool = True
) -> list[Point]:
    """The points of an answer; their citations are added to `citations`.

    A known status adds its variant to the passage. If no status is known, the usual variants of the first passage that
    has any follow it as separate points, so that an answer never hides that the law differs. Trainees and soldiers read
    theirs once they have told: four variants below one passage would hide the next.

    Args:
        chosen: the passages, the first first.
        status: of the person; None if it is not known.
        guide: names statuses and sources.
        citations: those of the answer so far.
        usual: whether the usual variants follow if no status is known; not where a passage only says what a question
            may be about.
    """
    points: list[Point] = []
    variants_shown = False
    for fit in chosen:
        passage = fit.passage
        numbers = citations.add(passage.id, passage.cites, passage.text)
        points.append(
            Point(
                text=passage.text,
                cites=numbers,
                level=passage.level,
                title=passage.title,
                language=passage.language,
                certainty=passage.certainty,
            )
        )
        both = [name for name in passage.by_status if name in USUAL_STATUSES]
        names = [status] if status else [] if variants_shown or not usual else both
        for name in names:
            variant = passage.by_status.get(name)  # type: ignore[call-overload]
            if variant is None:
                continue
            variants_shown = True
            numbers = citations.add(passage.id, variant.cites, variant.text)
            label = guide.status_label(name)
            points.append(
                Point(
                    text=variant.text,
                    cites=numbers,
                    level=passage.level,
                    # It leads a statement in, so it begins like a sentence.
                    status=label[:1].upper() + label[1:],
                    language=passage.language,
                )
            )
    return points


def cited_norm_label(label: str, at: str | None) -> str:
    """“§ 33 BeamtStG” and “Abs. 2” make “§ 33 Abs. 2 BeamtStG”."""
    if not at:
        return label
    head, _, rest = label.partition(" ")
    number, _, law = rest.partition(" ")
    return " ".join(part for part in (head, number, at, law) if part)


def source_date(source: Source) -> str:
    """The date of a source in ISO form, as precisely as it is known: 2023-02-07, 2012-09 or 2012."""
    return source.as_of.isoformat()[: {"year": 4, "month": 7, "day": 10}[source.as_of_precision]]
