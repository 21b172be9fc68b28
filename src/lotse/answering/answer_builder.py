"""Builds the answer of a topic: the passages that fit the question, their citations, and follow-up choices."""

from __future__ import annotations

from lotse.answering.answer import Answer, FollowUp, Outcome, Point
from lotse.answering.passages import Citations, Fit, choose, fitting, points_of
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Guide, Passage, Topic

MIN_POINTS = 2


def guidance(context: TurnContext, topic_id: str, outcome: Outcome) -> Answer:
    """The answer of one topic, the passages that fit the question best first.

    Args:
        context: the message and the content.
        topic_id: a topic of the guide.
        outcome: ``answered``, or ``refined`` if it goes on with the topic of the last answer.

    Raises:
        KeyError: the guide has no such topic.
    """
    question, guide, settings = context.question, context.guide, context.settings
    topic, memory = guide.topics[topic_id], question.memory
    facets = memory.facets if outcome == "refined" or topic.topic == memory.topic else _own_facets(context)
    primary = [passage_of(guide, topic, name).id for name in topic.rests_on]
    # The passage ranking has counted the circumstances of the message itself already.
    counted = frozenset(question.facets if question.passages else ())
    fits = fitting(guide, topic.topic, question.passages, facets, counted, settings)
    if question.picked and topic.topic != memory.topic:
        # A picked topic has no words of its own: its general passages come first, as the editors ordered them.
        fits = [Fit(fit.passage, 0.0, False) for fit in fits]
        fits.sort(key=lambda fit: fit.passage.id not in primary)
    chosen = choose(fits, primary, settings)
    specific = _specific(context, chosen)
    supporting = [specific.id] if specific else topic.rests_on
    while True:
        citations = Citations(guide)
        points = points_of(chosen, memory.status, guide, citations)
        short_cites = [number for name in supporting for number in cites_of(guide, topic, name, citations)]
        if len(citations.all) <= settings.citations or len(chosen) <= MIN_POINTS:
            break
        # More than a reader can check, and more than some clients show: the passage that fits least goes.
        chosen = [*chosen[:-2], chosen[-1]] if chosen[-1].passage.id in supporting else chosen[:-1]
    verdict = specific.verdict if specific and specific.verdict else topic.verdict
    status_label = guide.status_label(memory.status) if memory.status and any(point.status for point in points) else ""
    return Answer(
        outcome=outcome,
        topic=topic.topic,
        title=topic.title,
        verdict=verdict,
        verdict_label=context.wording.verdicts[verdict],
        short=specific.short if specific and specific.short else topic.short,
        short_cites=short_cites,
        points=points,
        citations=citations.all,
        follow_ups=follow_ups(context, topic, points),
        contacts=context.contacts(topic.contacts),
        addressed=context.wording.addressed.format(status=status_label) if status_label else None,
        notice=_notices(context, topic, chosen, points),
        why=context.why(topic),
    )


def passage_of(guide: Guide, topic: Topic, name: str) -> Passage:
    """A passage by its id, or the house rule that replaces it; checked content has one of them."""
    if name in guide.passages:
        return guide.passages[name]
    return next(passage for passage in guide.of_topic[topic.topic] if passage.overrides == name)


def cites_of(guide: Guide, topic: Topic, name: str, citations: Citations) -> list[int]:
    """The numbers of a passage's citations; they are added to `citations` if no point has added them yet."""
    passage = passage_of(guide, topic, name)
    shown = [item.n for item in citations.all if item.passage == passage.id and item.excerpt == passage.text]
    return shown or citations.add(passage.id, passage.cites, passage.text)


def follow_ups(context: TurnContext, topic: Topic, points: list[Point], leave_out: str = "") -> list[FollowUp]:
    """Follow-up choices after an answer of this topic.

    Args:
        context: the message and the content.
        topic: the topic that was answered.
        points: of the answer; if some apply to one status only, the choices offer to state one's status.
        leave_out: intent that has just been answered.
    """
    labels = context.wording.labels
    choices: list[FollowUp] = []
    second = context.second_topic(topic) if points else None
    if second:
        choices.append(context.topic_choice(second))
    if any(point.status for point in points) and not context.question.memory.status:
        for status in ("beamte", "tarif"):
            choices.append(FollowUp(label=labels[f"status_{status}"], payload=f'/refine{{"status": "{status}"}}'))
    for intent in ("request_simpler", "request_example", "request_person"):
        if intent != leave_out:
            choices.append(FollowUp(label=labels[intent], payload=f"/{intent}"))
    related = [name for name in topic.related if name != second and name in context.guide.topics]
    return choices + [context.topic_choice(name) for name in related[:2]]


def _own_facets(context: TurnContext) -> dict[str, list[str]]:
    """The circumstances of the message, and those of the person and the account from before."""
    own = {facet: list(values) for facet, values in context.question.facets.items()}
    for facet in ("status", "platform"):
        if facet in context.question.memory.facets:
            own.setdefault(facet, context.question.memory.facets[facet])
    return own


def _specific(context: TurnContext, chosen: list[Fit]) -> Passage | None:
    """The first passage, if it fits so well that its own verdict is the answer to this case."""
    if not chosen or chosen[0].passage.verdict is None:
        return None
    sure = chosen[0].score >= context.settings.specific_at or chosen[0].facet_match
    return chosen[0].passage if sure and not context.question.picked else None


def _notices(context: TurnContext, topic: Topic, chosen: list[Fit], points: list[Point]) -> str | None:
    wording = context.wording
    parts = []
    second = context.second_topic(topic)
    if second:
        parts.append(wording.also.format(title=context.guide.topics[second].title))
    if any(point.status for point in points) and not context.question.memory.status:
        parts.append(wording.ask_status)
    certainties = {fit.passage.certainty for fit in chosen}
    parts += [wording.certainty[name] for name in ("disputed", "uncertain") if name in certainties]
    if any(fit.passage.review_by < context.question.today for fit in chosen):
        parts.append(wording.overdue)
    return " ".join(parts) or None
