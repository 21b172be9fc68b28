"""Answers about the previous answer: sources, further points, reason, plain version, an example, a person to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lotse.answering.answer import Answer, Citation, Handover, Outcome, Point, Step
from lotse.answering.answer_builder import (
    MORE,
    CitedParts,
    cited_parts,
    cites_of,
    follow_ups,
    guidance,
    passage_of,
    points_at_once,
)
from lotse.answering.handover_draft import hand_over
from lotse.answering.passages import Citations, Fit, fitting, points_of
from lotse.answering.phrases import holds, words_of
from lotse.answering.refusals import choices
from lotse.answering.status import without_denied
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Example, Passage, Topic

# The topic whose steps say what to do after a mistake.
MISTAKES = "consequences"
# Outcomes of replies that are not from the guide.
WITHOUT_SOURCES = frozenset({"refused", "handed_over", "check"})
# An end of a sentence follows a word, not an abbreviation such as “z. B.”.
_SENTENCE_END = re.compile(r"(?<=\w{3}[.!?])\s+(?=[A-ZÄÖÜ„“])")
_ANY_END = re.compile(r"[.!?\n]+")


def about_the_answer(context: TurnContext, intent: str) -> Answer:
    """Sources, further points, reason, plain version or an example for the current topic.

    Args:
        context: the message and the content.
        intent: ``request_sources``, ``request_more``, ``request_reason``, ``request_simpler`` or ``request_example``.
    """
    topic = context.answered_topic()
    without = intent == "request_sources" and _without_sources(context)
    if topic is None:
        return choices(context, [], context.wording.no_sources if without else context.wording.no_topic)
    if intent == "request_example" and not topic.examples:
        # All examples belonged to passages that house rules have replaced.
        intent = "request_simpler"
    guide, wording = context.guide, context.wording
    citations = Citations(guide)
    outcome: Outcome = "explained"
    title = topic.title
    points: list[Point] = []
    short_cites: list[int] = []
    if intent == "request_sources":
        outcome, named = "sources", _named_point(context)
        topic, title = (guide.topics[named.topic], named.title) if named else (topic, topic.title)
        short = wording.sources.format(title=title)
        short = f"{wording.no_sources_there} {short}" if without and named is None else short
        citations.all = _on(context, named) if named else _last(context, topic).citations
    elif intent == MORE:
        points, citations.all = _more(context, topic)
        short = wording.more.format(title=topic.title) if points else wording.no_more
    elif intent == "request_reason":
        short = wording.reason.format(title=topic.title)
        passage = passage_of(guide, topic.rests_on[0])
        numbers = citations.add(passage.id, topic.why.cites, topic.why.text)
        points = [Point(text=topic.why.text, cites=numbers, language=passage.language)]
    elif intent == "request_simpler":
        simpler = _simplified(context, topic)
        short = simpler.plain if simpler and simpler.plain else topic.plain
        title = simpler.title if simpler else topic.title
        supporting = [simpler.id] if simpler else topic.rests_on
        short_cites = [number for name in supporting for number in cites_of(guide, name, citations)]
        if simpler and context.question.memory.status:
            # What the law adds for the person's status is not lost.
            fit = Fit(simpler, 0.0, False)
            points = [
                point for point in points_of([fit], context.question.memory.status, guide, citations) if point.status
            ]
    else:
        short = wording.example.format(title=topic.title)
        for example in _examples(context, topic):
            passage = passage_of(guide, example.passage)
            numbers = citations.add(passage.id, passage.cites, passage.text)
            text = f"{example.text} ({wording.verdicts[example.verdict]})"
            points.append(Point(text=text, cites=numbers, level=passage.level, language=passage.language))
    return Answer(
        outcome=outcome,
        topic=topic.topic,
        title=title,
        short=short,
        short_cites=short_cites,
        points=points,
        citations=citations.all,
        follow_ups=follow_ups(context, topic, [], leave_out=intent),
        why=context.why(topic),
    )


def in_short(context: TurnContext) -> Answer:
    """The verdict on the topic at hand and one sentence."""
    topic = context.answered_topic()
    if topic is None:
        return choices(context, [], context.wording.no_topic)
    memory, guide, citations = context.question.memory, context.guide, Citations(context.guide)
    # An answer to a special case had a verdict of its own, which the topic's would contradict.
    special = memory.said if topic.topic == memory.topic and memory.said != topic.short else None
    before = memory.verdict if topic.topic == memory.topic else None
    # The topic's plain yes or no in a sentence would say what the answer before did not.
    other = before is not None and topic.verdict in ("allowed", "not_allowed") and before != topic.verdict
    verdict = (before if special or other or before == "info" else None) or topic.verdict
    # Information is no traffic light; who wants a yes or a no is told that there is none, and reads every condition.
    asks = holds(words_of(context.question.text), context.settings.words.yes_or_no)
    whole = special or topic.short
    # What two passages say, each in a line of its own, is not cut after the first.
    in_full = asks or "\n" in whole
    short = (None if special or other else topic.brief) or (whole if in_full else _first_sentence(whole))
    if verdict == "info":
        short = (context.wording.no_yes_or_no if asks else context.wording.in_short).format(short=short)
    elif special or other or not topic.brief:
        short = f"{context.wording.verdicts[verdict]}: {short}"
    cites = [number for name in topic.rests_on for number in cites_of(guide, name, citations)]
    return Answer(
        outcome="explained",
        topic=topic.topic,
        title=topic.title,
        short=short,
        short_cites=[] if special else cites,
        citations=[] if special else citations.all,
        follow_ups=follow_ups(context, topic, [], leave_out="request_short"),
        why=context.why(topic),
    )


def briefly(answer: Answer) -> Answer:
    """An answer of a topic without its points and steps; they come on request.

    Args:
        answer: whose short answer says something by itself. What the short answer cites has the first numbers.
    """
    cited = [citation for citation in answer.citations if citation.n in answer.short_cites]
    return (
        answer.copy(update={"points": [], "points_at_once": None, "steps": [], "citations": cited}) if cited else answer
    )


def next_steps(context: TurnContext) -> Answer:
    """What to do next about the topic at hand: what the passage says that led, then the steps; else who to turn to."""
    topic = context.answered_topic()
    if topic is None:
        return choices(context, [], context.wording.no_topic)
    topic = context.with_fitting_steps(topic)
    wording, led = context.wording, _told_with_it(context, topic) or _led(context, topic)
    # The editors' order tells what comes first; only what rests on the passage that led comes before.
    own = [step for step in topic.steps if led and passage_of(context.guide, step.passage) == led]
    first = topic.copy(update={"steps": [*own, *(step for step in topic.steps if step not in own)]})
    citations = Citations(context.guide)
    cites = cites_of(context.guide, led.id, citations) if led else []
    steps = _cited_steps(context, first, citations)
    short = wording.steps if steps else wording.steps_missing.format(title=topic.title)
    return Answer(
        outcome="explained",
        topic=topic.topic,
        title=topic.title,
        short=f"{wording.writing_at_hand.format(short=led.short)} {short}" if led else short,
        short_cites=cites,
        steps=steps,
        citations=citations.all,
        contacts=context.contacts(topic.contacts),
        follow_ups=follow_ups(context, topic, [], leave_out="request_steps"),
        why=context.why(topic),
    )


def disclosure(context: TurnContext) -> Answer:
    """Whether to tell one's superior or somebody concerned, whatever the topic; with the steps after a mistake."""
    topic = context.guide.topics.get(MISTAKES)
    citations = Citations(context.guide)
    steps = _cited_steps(context, topic, citations) if topic else []
    at_hand = context.topic_at_hand()
    # Where something has to be told, as after a data breach, that is nobody's own decision.
    seen = (context.guide.passages.get(name) for name in context.question.memory.seen)
    reportable = set(context.settings.reportable)
    must = [passage for passage in seen if passage and {passage.id, passage.overrides} & reportable]
    short, cites = context.wording.disclosure, list[int]()
    if must and must[0].short:
        short, cites = must[0].short, cites_of(context.guide, must[0].id, citations)
    return Answer(
        outcome="explained",
        topic=at_hand.topic if at_hand else None,
        title=at_hand.title if at_hand else None,
        short=short,
        short_cites=cites,
        steps=steps,
        citations=citations.all,
        contacts=context.contacts(context.settings.disclosure_contacts),
        follow_ups=[context.move("request_person", at_hand), *([context.topic_choice(MISTAKES)] if topic else [])],
    )


def handed_over(context: TurnContext) -> Answer:
    """The contact points of the current topic, and the last question as a draft for one of them."""
    topic = context.topic_at_hand()
    if topic is None:
        names = context.settings.general_contacts
        return Answer(
            outcome="handed_over",
            short=_handing_over(context, context.wording.handed_over_general),
            contacts=context.contacts(names),
            handover=draft_to(context, names, None),
        )
    return Answer(
        outcome="handed_over",
        topic=topic.topic,
        title=topic.title,
        short=_handing_over(context, context.wording.handed_over.format(title=topic.title)),
        contacts=context.contacts(topic.contacts),
        handover=draft_to(context, topic.contacts, topic),
        follow_ups=follow_ups(context, topic, [], leave_out="request_person"),
    )


def switched(context: TurnContext) -> Answer:
    """The answer after a change of language: the last topic in the new language, or a confirmation."""
    at_hand = context.question.memory.at_hand
    if at_hand is not None and at_hand in context.guide.topics:
        return guidance(context, at_hand, "refined")
    return Answer(outcome="smalltalk", short=context.wording.language_switched)


def _cited_steps(context: TurnContext, topic: Topic, citations: Citations) -> list[Step]:
    """The steps of a topic; the citations they rest on are added to `citations`."""
    return [Step(text=step.text, cites=cites_of(context.guide, step.passage, citations)) for step in topic.steps]


def _led(context: TurnContext, topic: Topic) -> Passage | None:
    """The passage whose short answer led the last answer on this topic; None if the topic's own did."""
    guide, memory = context.guide, context.question.memory
    passages = (guide.passages[name] for name in memory.shown if name in guide.passages)
    led = (passage for passage in passages if passage.topic == topic.topic and passage.short == memory.said)
    return next(led, None) if memory.said and memory.said != topic.short else None


def _told_with_it(context: TurnContext, topic: Topic) -> Passage | None:
    """The passage about what a message of several sentences tells beside the wish: “Eine will doch nicht. Was nun?”

    None if nothing of the topic fits, or only what has led an answer before.
    """
    question, guide = context.question, context.guide
    # Few people begin a sentence with a capital letter in a chat.
    if question.picked or len([part for part in _ANY_END.split(question.text) if part.strip()]) < 2:
        return None
    scores = {name: score for name, score in question.all_passages.items() if name in guide.passages}
    of_topic = [name for name in scores if guide.passages[name].topic == topic.topic]
    best = max(of_topic, key=lambda name: scores[name], default=None)
    if best is None or scores[best] < context.settings.choice_point_at or best in question.memory.led:
        return None
    return guide.passages[best] if guide.passages[best].short else None


def _named_point(context: TurnContext) -> Passage | None:
    """The passage whose point a wish for sources names: “wo steht das mit der Mäßigung?”; None if it names none."""
    question, guide = context.question, context.guide
    memory = question.memory
    if question.picked or question.words < context.settings.named_source_words:
        return None
    topics = {memory.topic, memory.at_hand, *memory.earlier_topics}
    near = {
        name: score
        for name, score in question.all_passages.items()
        if name in guide.passages and guide.passages[name].topic in topics
    }
    best = max(near, key=lambda name: near[name], default=None)
    return guide.passages[best] if best and near[best] >= context.settings.choice_point_at else None


def _on(context: TurnContext, passage: Passage) -> list[Citation]:
    """The citations of a passage, with those for the person's status, else the usual ones."""
    citations = Citations(context.guide)
    points_of([Fit(passage, 0.0, False)], context.question.memory.status, context.guide, citations)
    return citations.all


def _without_sources(context: TurnContext) -> bool:
    """Whether the last reply came from no source: a refusal, offices, topics to go through."""
    memory = context.question.memory
    return not context.question.picked and memory.outcome in WITHOUT_SOURCES


def _simplified(context: TurnContext, topic: Topic) -> Passage | None:
    """The passage whose plain version is easier than the last answer; None if that is the topic's.

    It is the passage that the short answer rested on; if that was the topic's, the first point, as far as it fits the
    question well.
    """
    guide, memory = context.guide, context.question.memory
    if topic.topic != memory.topic:
        return None
    names = memory.supporting[:1]
    if memory.said in (None, topic.short):
        best = context.settings.specific_at
        names = [name for name in memory.shown[:1] if memory.answered.scores.get(name, 0.0) >= best]
    for name in names:
        passage = guide.passages.get(name)
        if passage and passage.topic == topic.topic and passage.language == guide.language and passage.plain:
            return passage
    return None


def _first_sentence(text: str) -> str:
    return _SENTENCE_END.split(text, maxsplit=1)[0]


def _last(context: TurnContext, topic: Topic) -> CitedParts:
    """What the last answer cited, with its numbers; the topic's primary passages if that answer had another topic."""
    guide, memory = context.guide, context.question.memory
    shown = [guide.passages[name] for name in memory.shown if name in guide.passages]
    fits = [Fit(passage, 0.0, False) for passage in shown if passage.topic == topic.topic]
    if not fits:
        fits = [Fit(passage_of(guide, name), 0.0, False) for name in topic.rests_on]
    known = {passage.id for passage in guide.of_topic[topic.topic]}
    supporting = [name for name in memory.supporting if name in known]
    return cited_parts(context, topic, supporting or topic.rests_on, without_denied(fits, memory))


def _more(context: TurnContext, topic: Topic) -> tuple[list[Point], list[Citation]]:
    """The points of the last answer that were not shown at once, and their citations.

    A channel that folds has shown none of them in the open, so there they are all of them. Of an older answer nothing
    is known any more; then they are those of passages that the topic's short answer does not rest on.
    """
    guide, memory = context.guide, context.question.memory
    if not any(guide.passages[name].topic == topic.topic for name in memory.shown if name in guide.passages):
        primary = [passage_of(guide, name).id for name in topic.rests_on]
        fits = fitting(guide, topic.topic, {}, memory.facets, (), context.settings)
        others = [fit for fit in fits if fit.passage.id not in primary][: context.settings.points]
        citations = Citations(guide)
        return points_of(without_denied(others, memory), memory.status, guide, citations), citations.all
    last = _last(context, topic)
    shown = 0 if context.question.folding else points_at_once(context, last.points) or len(last.points)
    points = last.points[shown:]
    numbers = {number for point in points for number in point.cites}
    return points, [citation for citation in last.citations if citation.n in numbers]


def _examples(context: TurnContext, topic: Topic) -> list[Example]:
    """Two examples, those of passages just shown first."""
    shown = set(context.question.memory.shown)
    return sorted(topic.examples, key=lambda example: example.passage not in shown)[:2]


def _handing_over(context: TurnContext, sentence: str) -> str:
    """The sentence above the offices; with a hint if there is no question yet that could be sent to one of them."""
    return sentence if context.question.memory.asked else f"{context.wording.handover.no_question} {sentence}"


def draft_to(context: TurnContext, names: Iterable[str], topic: Topic | None) -> Handover:
    """The draft of a question to one of these contact points.

    Args:
        context: the message and the content.
        names: ids of the contact points.
        topic: that was answered last; None if there is none.
    """
    memory, wording = context.question.memory, context.wording.handover
    # “Und wen frage ich wegen der Gruppe?” means the question before one that was refused.
    returns = bool(memory.answered_question) and context.clear_topic in {memory.topic} - {None}
    asked = memory.answered_question if returns else memory.asked
    if topic is not None and topic.topic in context.settings.topics_without_draft:
        asked = []
    # After a refusal or choices the current topic is not what was asked.
    known = topic is not None and (returns or not memory.unanswered)
    subject = wording.subject.format(title=topic.title) if topic and known else wording.subject_general
    return hand_over(context.guide.contacts, context.offices(names), "\n".join(asked), subject)
