"""Builds the answer of a topic: the passages that fit the question, their citations, and follow-up choices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from lotse.answering.answer import Answer, Citation, FollowUp, Outcome, Point, Step
from lotse.answering.assumptions import CORRECTION, assumed, is_uncertain
from lotse.answering.check_payloads import start_choice
from lotse.answering.leading import Asked, Lead, Ranked, as_asked, leading, rank
from lotse.answering.passages import Citations, Fit, choose, points_of
from lotse.answering.status import addressed, asks_status, open_statuses, usual_number, without_denied
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import Ruling, tells_the_case, verdict_label
from lotse.checks import Check
from lotse.content.model import Guide, Passage, Topic, Verdict
from lotse.content.model import Step as ContentStep

MIN_POINTS = 2
# The intent that asks for the points which are not shown at once.
MORE = "request_more"
# Intents that every answer offers, whoever asked for it.
MOVES = ("request_simpler", "request_example", "request_person")


def guidance(context: TurnContext, topic_id: str, outcome: Outcome, asks_anew: bool = False) -> Answer:
    """The answer of one topic, the passages that fit the question best first.

    Args:
        context: the message and the content.
        topic_id: a topic of the guide.
        outcome: ``answered``, or ``refined`` if it goes on with the topic of the last answer.
        asks_anew: whether the message may ask something new of the topic of the last answer. Then the new point leads,
            what was shown before comes later, and if the guide says nothing of its own, the answer says so.

    Raises:
        KeyError: the guide has no such topic.
    """
    before = context.guide.topics[topic_id]
    topic = context.with_fitting_steps(before)
    afterwards = topic.steps != before.steps
    asked = as_asked(
        context, topic, outcome, asks_anew, [passage_of(context.guide, name).id for name in topic.rests_on]
    )
    ranked = rank(context, asked)
    lead = leading(context, asked, ranked)
    topic = _with_steps(context, asked, ranked, lead, afterwards)
    if lead.form == "nothing new":
        return _nothing_new(context, topic, outcome, lead.ruling)
    chosen, cited = _checkable(context, asked, ranked, lead, topic)
    points = cited.points
    short: str | None = _short(context, topic, lead)
    if short is None:
        told = _told_by(lead.point, points, context.guide.language)
        short = told.text if told else context.wording.new_point
        # What leads is not said twice.
        points = [item for item in points if item is not told]
    short, verdict = _as_heard(context, asked, ranked, lead, short)
    ruling = lead.ruling if verdict == lead.ruling.verdict else replace(lead.ruling, verdict=verdict, assumed=())
    return Answer(
        outcome=outcome,
        topic=topic.topic,
        title=lead.title or topic.title,
        verdict=verdict,
        verdict_label=verdict_label(verdict, context.wording),
        assumed=assumed(context, topic, outcome, ruling, _led(asked, lead)),
        short=short,
        short_cites=cited.short_cites,
        steps=cited.steps,
        points=points,
        points_at_once=points_at_once(context, points),
        citations=cited.citations,
        follow_ups=follow_ups(context, topic, points, uncertain=is_uncertain(context, topic, outcome)),
        contacts=context.contacts(topic.contacts),
        addressed=addressed(context, chosen, points),
        notice=_notice(context, topic, chosen, points),
        why=context.why(topic),
    )


def _led(asked: Asked, lead: Lead) -> Passage | None:
    """The passage by which a message was understood: it leads an answer that does not go on with the one before."""
    return None if lead.form == "text" and asked.anew else lead.passage


def _with_steps(context: TurnContext, asked: Asked, ranked: Ranked, lead: Lead, afterwards: bool) -> Topic:
    """The topic with the next steps that fit the case.

    Args:
        context: the message and the content.
        asked: what is asked.
        ranked: the passages of the topic.
        lead: what the answer begins with.
        afterwards: whether the topic has the steps for who has done it already.
    """
    topic, memory = asked.topic, context.question.memory
    if asked.anew and (not afterwards or (memory.deed_told and topic.topic == memory.topic)):
        # What to do next was shown with the first answer.
        topic = topic.copy(update={"steps": []})
    led = _led(asked, lead)
    if led is None or led.id in asked.primary or (afterwards and led.verdict != "not_allowed"):
        return topic
    near = list(dict.fromkeys([led.id, *(fit.passage.id for fit in ranked.fits)]))[: context.settings.steps_near]
    return topic.copy(update={"steps": _steps_near(context.guide, topic, near)})


def _checkable(
    context: TurnContext, asked: Asked, ranked: Ranked, lead: Lead, topic: Topic
) -> tuple[list[Fit], CitedParts]:
    """The passages that become points, and what the answer cites: no more than a reader can check.

    Args:
        context: the message and the content.
        asked: what is asked.
        ranked: the passages of the topic.
        lead: what the answer begins with.
        topic: with the next steps of the answer.
    """
    settings = context.settings
    # A passage that leads with its text is not among the points.
    fewest = MIN_POINTS + 1 if lead.point and not asked.anew else MIN_POINTS
    at_least = max(usual_number(context, topic, ranked.facets, ranked.counted), fewest)
    chosen = choose(ranked.fits, () if lead.point else asked.primary, settings, at_least)
    chosen = without_denied(chosen, context.question.memory)
    # A rule of the authority is never among the points that are shown on request only.
    chosen.sort(key=lambda fit: fit.passage.level != "house")
    leader = lead.passage or lead.point
    supporting = [leader.id] if leader else [passage.id for passage in lead.near] or topic.rests_on
    while True:
        cited = cited_parts(context, topic, supporting, chosen)
        if len(cited.citations) <= settings.citations or len(chosen) <= fewest:
            return chosen, cited
        # More than a reader can check, and more than some clients show: the passage that fits least goes.
        chosen = _without_the_weakest(chosen, {*supporting, *(step.passage for step in topic.steps)}, supporting)


def _short(context: TurnContext, topic: Topic, lead: Lead) -> str | None:
    """The short answer: of the passage that may lead, else of the topic; None if a passage's text takes its place.

    The text says its conditions with it, where the short answer would say a plain yes or no.
    """
    if lead.form == "short" and lead.passage:
        return lead.passage.short
    if lead.form == "near":
        near = (context.wording.near_one.format(title=item.title, short=item.short) for item in lead.near)
        return "\n".join([context.wording.near, *near])
    if lead.form == "case":
        return context.wording.case_told.format(short=topic.short)
    return topic.short if lead.form == "topic" else None


def _as_heard(context: TurnContext, asked: Asked, ranked: Ranked, lead: Lead, short: str) -> tuple[str, Verdict]:
    """The short answer and the verdict, if the last answer began with the same words.

    Word for word as before, it would read as if nobody had listened; and what the guide does not treat is not plainly
    allowed.
    """
    wording, question = context.wording, context.question
    said, verdict = question.memory.said, lead.ruling.verdict
    introduces = short == wording.new_point or question.known is not None
    if not asked.anew or lead.form == "case" or introduces or not (said and said.endswith(short)):
        return short, verdict
    if ranked.fits[0].score >= context.settings.specific_at:
        return wording.said_for_this.format(short=short), verdict
    return wording.said_again.format(short=short), "depends" if verdict == "allowed" else verdict


def _steps_near(guide: Guide, topic: Topic, near: Collection[str]) -> list[ContentStep]:
    """The topic's next steps that rest on one of these passages: the others are about other cases.

    Args:
        guide: of the topic.
        topic: the topic.
        near: ids of the leading passage and of those that fit next.
    """
    rests = [(step, passage_of(guide, step.passage)) for step in topic.steps]
    # What stands in another topic is what to do after a mistake, whatever the case was.
    return [step for step, passage in rests if passage.id in near or passage.topic != topic.topic]


def _told_by(point: Passage | None, points: list[Point], language: str) -> Point | None:
    """The statement of a new point, if it can lead the answer; None if it has to stay below a sentence of introduction.

    Rules of the authority, statements that are not settled and those without a translation are marked as such, and the
    short answer has no room for a mark. An answer of one statement keeps it as its point.
    """
    plain = (
        item
        for item in points
        if point is not None
        and item.title == point.title
        and (item.level, item.certainty, item.language, item.status) == ("guide", "settled", language, None)
    )
    return next(plain, None) if len(points) > 1 else None


def _nothing_new(context: TurnContext, topic: Topic, outcome: Outcome, ruling: Ruling) -> Answer:
    """What was said before, else the short answer of the topic at hand: the guide says nothing of its own about it."""
    memory, wording = context.question.memory, context.wording
    own = [context.guide.passages[name] for name in memory.supporting if name in context.guide.passages]
    led = [p for p in own if p.topic == topic.topic and p.short and (memory.said or "").endswith(p.short)]
    said = led[0].short if led and topic.topic == memory.topic else None
    cited = cited_parts(context, topic, [led[0].id] if said else topic.rests_on, [])
    sentence = wording.nothing_new_told if tells_the_case(context.question) else wording.nothing_new
    return Answer(
        outcome=outcome,
        topic=topic.topic,
        title=topic.title,
        verdict=ruling.verdict,
        verdict_label=verdict_label(ruling.verdict, context.wording),
        short=sentence.format(short=said or topic.short),
        short_cites=cited.short_cites,
        citations=cited.citations,
        follow_ups=follow_ups(context, topic, []),
        contacts=context.contacts(topic.contacts),
        notice=_notice(context, topic, [], []),
        why=context.why(topic),
    )


def passage_of(guide: Guide, name: str) -> Passage:
    """A passage, or the house rule that replaces it; checked content has one of them.

    Args:
        guide: with the house rules.
        name: id of the passage.

    Raises:
        KeyError: there is neither.
    """
    if name in guide.passages:
        return guide.passages[name]
    of_topic = guide.of_topic.get(name.split(".")[0], ())
    found = next((passage for passage in of_topic if passage.overrides == name), None)
    if found is None:
        raise KeyError(name)
    return found


def cites_of(guide: Guide, name: str, citations: Citations) -> list[int]:
    """The numbers of a passage's citations; they are added to `citations` if nothing has added them yet."""
    passage = passage_of(guide, name)
    return citations.add(passage.id, passage.cites, passage.text)


@dataclass(frozen=True)
class CitedParts:
    """The parts of an answer that cite, and their citations, numbered in reading order."""

    short_cites: list[int]
    steps: list[Step]
    points: list[Point]
    citations: list[Citation]


def cited_parts(context: TurnContext, topic: Topic, supporting: Collection[str], chosen: list[Fit]) -> CitedParts:
    """The parts of a topic's answer that cite.

    Every step cites its passage. If that is more than a reader can check even with the fewest points, steps cite only
    what the answer rests on anyway.

    Args:
        context: the message and the content.
        topic: the topic.
        supporting: names of the passages that the short answer rests on.
        chosen: the passages that become points, in their order.
    """
    names = [passage_of(context.guide, step.passage).id for step in topic.steps]
    cited = _cited_parts(context, topic, supporting, names, chosen)
    if len(cited.citations) <= context.settings.citations or len(chosen) > MIN_POINTS:
        return cited
    shown = {fit.passage.id for fit in chosen} | {passage_of(context.guide, name).id for name in supporting}
    return _cited_parts(context, topic, supporting, [name for name in names if name in shown], chosen)


def _cited_parts(
    context: TurnContext, topic: Topic, supporting: Iterable[str], cited_steps: Collection[str], chosen: list[Fit]
) -> CitedParts:
    guide, citations = context.guide, Citations(context.guide)
    short_cites = [number for name in supporting for number in cites_of(guide, name, citations)]
    steps = []
    for step in topic.steps:
        passage = passage_of(guide, step.passage)
        numbers = citations.add(passage.id, passage.cites, passage.text) if passage.id in cited_steps else []
        steps.append(Step(text=step.text, cites=numbers))
    points = points_of(chosen, context.question.memory.status, guide, citations)
    return CitedParts(short_cites, steps, points, citations.all)


def points_at_once(context: TurnContext, points: list[Point]) -> int | None:
    """How many of these points are shown before somebody asks for more; None if all are.

    What holds for the status that the person has told is always among them.
    """
    own = [place for place, point in enumerate(points, start=1) if point.status and context.question.memory.status]
    most = max([context.settings.points_at_once, *own[:1]])
    return most if len(points) > most and not context.question.folding else None


def follow_ups(
    context: TurnContext, topic: Topic, points: list[Point], leave_out: str = "", uncertain: bool = False
) -> list[FollowUp]:
    """Follow-up choices after an answer of this topic.

    Args:
        context: the message and the content.
        topic: the topic that was answered.
        points: of the answer; if some apply to one status only, the choices offer to state one's status.
        leave_out: intent that has just been answered.
        uncertain: whether another topic may have been meant; then the choices offer to say so.
    """
    choices: list[FollowUp] = []
    second = context.second_topic(topic) if points else None
    if second:
        choices.append(context.topic_choice(second))
    if uncertain:
        choices.append(context.move(CORRECTION, topic))
    for status in open_statuses(context, points):
        choices.append(context.move("refine", topic, f"status_{status}", status=status))
    if points_at_once(context, points):
        choices.append(context.move(MORE, topic))
    for intent in MOVES:
        if intent != leave_out:
            choices.append(context.move(intent, topic))
    choices += [
        start_choice(check.check, context.wording.checks.offer.format(label=check.label))
        for check in checks_of(context, topic)[:1]
    ]
    related = [name for name in topic.related if name != second and name in context.guide.topics]
    return choices + [context.topic_choice(name) for name in related[:2]]


def checks_of(context: TurnContext, topic: Topic) -> list[Check]:
    """The guided checks that fit a topic, those that name it first before the others; without the one under way."""
    running = context.question.memory.check
    under_way = running.check if running and not running.done else None
    fitting_ones = [
        check for check in context.checks.values() if topic.topic in check.topics and check.check != under_way
    ]
    return sorted(fitting_ones, key=lambda check: check.topics.index(topic.topic))


def _without_the_weakest(chosen: list[Fit], cited: Collection[str], supporting: Collection[str]) -> list[Fit]:
    """The passages without the one that fits least; the first, and what is cited anyway, stay as long as possible."""
    free = [fit for fit in chosen[1:] if fit.passage.id not in cited]
    if free:
        return [fit for fit in chosen if fit is not free[-1]]
    return [*chosen[:-2], chosen[-1]] if chosen[-1].passage.id in supporting else chosen[:-1]


def _notice(context: TurnContext, topic: Topic, chosen: list[Fit], points: list[Point]) -> str | None:
    wording = context.wording
    parts = []
    second = context.second_topic(topic)
    if second:
        parts.append(wording.also.format(title=context.guide.topics[second].title))
    if asks_status(context, points):
        parts.append(wording.ask_status)
    if any(fit.passage.review_by < context.question.today for fit in chosen):
        parts.append(wording.overdue)
    return " ".join(parts) or None
