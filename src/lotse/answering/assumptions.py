"""What an answer took for granted because the message left it open, said in its first line, and how to correct it."""

from __future__ import annotations

from lotse.answering.answer import Outcome
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import Ruling
from lotse.content.model import Passage, Topic

CORRECTION = "correct_topic"


def is_uncertain(context: TurnContext, topic: Topic, outcome: Outcome) -> bool:
    """Whether a message may have meant another topic than the one it is answered with.

    Args:
        context: the message and the content.
        topic: that is answered.
        outcome: ``refined`` goes on with a topic that the person has accepted.
    """
    question = context.question
    if question.picked or outcome != "answered":
        return False
    if question.known is not None and question.known.topic == topic.topic:
        return False
    return dict(context.topics).get(topic.topic, 0.0) < context.settings.assumed_below


def assumed(
    context: TurnContext, topic: Topic, outcome: Outcome, ruling: Ruling, leading: Passage | None = None
) -> str | None:
    """How an uncertain message was understood, and which circumstance its verdict took for granted; None if neither.

    Args:
        context: the message and the content.
        topic: that is answered.
        outcome: of the answer.
        ruling: its verdict.
        leading: the passage that leads the answer; None if the topic does.
    """
    wording, facets = context.wording, context.guide.facets
    understood = (
        wording.assumed_passage.format(title=leading.title) if leading else wording.assumed.format(title=topic.title)
    )
    sentences = [understood] if is_uncertain(context, topic, outcome) else []
    taken = [facets[facet].assumed for facet in ruling.assumed]
    sentences += [wording.assumed_circumstance.format(circumstance=value.text) for value in taken if value]
    return " ".join(sentences) or None
