"""The conversation so far in a few points: the short answers of the passages that have led its answers."""

from __future__ import annotations

from lotse.answering.answer import Answer, Point, Step
from lotse.answering.answer_builder import cites_of, follow_ups, passage_of
from lotse.answering.follow_ups import in_short, next_steps
from lotse.answering.passages import Citations
from lotse.answering.phrases import holds, words_of
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Passage

# One point is no list.
_FEWEST = 2


def asks_for_points(context: TurnContext) -> bool:
    """Whether the person wants what was said as a list: “in drei, vier Punkten bitte”."""
    question, words = context.question, context.settings.words.points
    return not question.picked and holds(words_of(question.text), words.lists)


def in_points(context: TurnContext) -> Answer:
    """What was said as a list: the next steps if the person wants to know what to do, else the conversation so far.

    What a single answer said comes in a sentence.
    """
    said, words = words_of(context.question.text), context.settings.words.points
    led = _led(context)
    if holds(said, words.doing):
        several = context.question.memory.earlier_topics and holds(said, words.everything)
        return _steps_of_all(context) if several else next_steps(context)
    if len(led) < _FEWEST:
        return in_short(context)
    citations = Citations(context.guide)
    points = [
        Point(
            text=passage.short,
            title=passage.title,
            cites=cites_of(context.guide, passage.id, citations),
            level=passage.level,
            language=passage.language,
            certainty=passage.certainty,
        )
        for passage in led
        if passage.short
    ]
    topic = context.answered_topic()
    return Answer(
        outcome="explained",
        topic=topic.topic if topic else None,
        title=topic.title if topic else None,
        short=context.wording.summary,
        points=points,
        citations=citations.all,
        follow_ups=follow_ups(context, topic, []) if topic else [],
    )


def _steps_of_all(context: TurnContext) -> Answer:
    """The first next steps of each topic of the conversation, in the order in which they came up."""
    memory, guide, citations = context.question.memory, context.guide, Citations(context.guide)
    names = [*reversed(memory.earlier_topics), *([memory.topic] if memory.topic else [])]
    steps = [
        Step(text=f"{topic.label}: {step.text}", cites=cites_of(guide, step.passage, citations))
        for topic in (context.with_fitting_steps(guide.topics[name]) for name in names if name in guide.topics)
        for step in topic.steps[: context.settings.steps_of_each]
    ]
    if not steps:
        return next_steps(context)
    topic = context.answered_topic()
    # The title of one topic would stand above what is about all.
    return Answer(
        outcome="explained",
        topic=topic.topic if topic else None,
        short=context.wording.steps_of_all,
        steps=steps,
        citations=citations.all,
        contacts=context.contacts(topic.contacts) if topic else [],
        follow_ups=follow_ups(context, topic, []) if topic else [],
    )


def asks_how_certain(context: TurnContext) -> bool:
    """Whether the person wants to know how certain what was said is: “wie sicher ist das?”, “was steht davon fest?”."""
    question = context.question
    return not question.picked and holds(words_of(question.text), context.settings.words.how_certain)


def certainties(context: TurnContext) -> Answer:
    """How certain what was said is: of each passage that led, else of those the topic rests on, what editors say of it.

    None of them says anything of the person's own case, and the answer says so.
    """
    guide, wording, topic = context.guide, context.wording, context.answered_topic()
    rests_on = [passage_of(guide, name) for name in topic.rests_on] if topic else []
    citations = Citations(guide)
    points = [
        Point(
            text=f"{passage.short or passage.text} {wording.how_certain_points[passage.certainty]}",
            title=passage.title,
            cites=cites_of(guide, passage.id, citations),
            level=passage.level,
            language=passage.language,
            certainty=passage.certainty,
        )
        for passage in _led(context) or rests_on
    ]
    return Answer(
        outcome="explained",
        topic=topic.topic if topic else None,
        title=topic.title if topic else None,
        short=wording.how_certain,
        points=points,
        citations=citations.all,
        contacts=context.contacts(topic.contacts) if topic else [],
        follow_ups=follow_ups(context, topic, []) if topic else [],
    )


def _led(context: TurnContext) -> list[Passage]:
    """The passages that led the last answers and have a short answer, in the order of the conversation."""
    guide = context.guide
    known = [guide.passages[name] for name in context.question.memory.led if name in guide.passages]
    return [passage for passage in known if passage.short][-context.settings.points :]
