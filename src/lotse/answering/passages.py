"""Selects the passages of a topic that become the points of an answer, with their citations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lotse.answering.answer import Citation, NormLink, Point
from lotse.answering.settings import Settings
from lotse.content.model import Cite, Guide, Passage, Source


@dataclass(frozen=True)
class Fit:
    """A passage and how well it fits the question.

    Attributes:
        score: of the passage ranking (see `Question.passages`), plus `facet_bonus` for circumstances known earlier.
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
) -> list[Fit]:
    """Passages of a topic, the best first; those about another status than the person's are left out.

    Args:
        guide: the guidance.
        topic: id of the topic.
        scores: by passage id, from the passage ranking; a passage without a score counts as 0.02 worse than the worst.
        facets: circumstances known in this conversation: values by facet.
        counted: the facets that the scores take into account already.
        settings: gives `facet_bonus`.
    """
    bottom = min(scores.values(), default=0.5) - 0.02
    fits = []
    for passage in guide.of_topic.get(topic, ()):
        status = passage.facet_values("status")
        known = frozenset(facets.get("status", ()))
        if status and known and not status & known:
            continue
        agreeing = [facet for facet in passage.facets if passage.facet_values(facet) & frozenset(facets.get(facet, ()))]
        score = scores.get(passage.id, bottom) + settings.facet_bonus * sum(facet not in counted for facet in agreeing)
        fits.append(Fit(passage, score, bool(agreeing)))
    return sorted(fits, key=lambda fit: -fit.score)


def choose(fits: list[Fit], rests_on: Iterable[str], settings: Settings) -> list[Fit]:
    """Two to `settings.points` passages: those close to the best, and one that supports the short answer.

    Args:
        fits: the best first.
        rests_on: ids of the passages that support the short answer.
        settings: gives `points` and `point_distance`.
    """
    if not fits:
        return []
    near = [fit for fit in fits if fit.score >= fits[0].score - settings.point_distance]
    chosen = near[: settings.points]
    supporting = [fit for fit in fits if fit.passage.id in set(rests_on)]
    if supporting and not any(fit in supporting for fit in chosen):
        chosen = [*chosen[: settings.points - 1], supporting[0]]
    if len(chosen) < 2:
        chosen += [fit for fit in fits if fit not in chosen][: 2 - len(chosen)]
    return chosen


class Citations:
    """Numbers citations in the order in which an answer uses them.

    Each passage keeps its own citation even if two cite the same section: the citation that a reader opens must show
    the statement it belongs to.

    Attributes:
        all: the citations so far, numbered from 1.
    """

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.all: list[Citation] = []

    def add(self, passage: str, cites: Iterable[Cite], excerpt: str) -> list[int]:
        """Add the citations of one text and return their numbers.

        Args:
            passage: id of the passage.
            cites: sources and norms of the text.
            excerpt: the text.
        """
        cites = list(cites)
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
                    note=source.note,
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


def points_of(chosen: list[Fit], status: str | None, guide: Guide, citations: Citations) -> list[Point]:
    """The points of an answer; their citations are added to `citations`.

    A known status adds its variant to the passage. If no status is known, the variants of the first passage that has
    any follow it as separate points, so that an answer never hides that the law differs.
    """
    points: list[Point] = []
    variants_shown = False
    for fit in chosen:
        passage = fit.passage
        numbers = citations.add(passage.id, passage.cites, passage.text)
        points.append(
            Point(text=passage.text, cites=numbers, level=passage.level, title=passage.title, language=passage.language)
        )
        names = [status] if status else [] if variants_shown else list(passage.by_status)
        for name in names:
            variant = passage.by_status.get(name)  # type: ignore[call-overload]
            if variant is None:
                continue
            variants_shown = True
            numbers = citations.add(passage.id, variant.cites, variant.text)
            label = guide.status_label(name)
            points.append(
                Point(text=variant.text, cites=numbers, level=passage.level, status=label, language=passage.language)
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
