"""The conversation so far in a few points: the short answers of the passages that have led its answers."""

from __future__ import annotations

from lotse.answering.answer import Answer, Point
from lotse.answering.answer_builder import cites_of, follow_ups
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
        return next_steps(context)
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


def _led(context: TurnContext) -> list[Passage]:
    """The passages that led the last answers and have a short answer, in the order of the conversation."""
    guide = context.guide
    known = [guide.passages[name] for name in context.question.memory.led if name in guide.passages]
    return [passage for passage in known if passage.short][-context.settings.points :]
