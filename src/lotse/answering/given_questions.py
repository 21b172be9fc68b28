"""Whether a question that was not answered may be kept, without a name, to improve the guide.

One quiet choice stands under what was not answered. Picking it shows the very text, and only a yes to that keeps it.
Nobody is asked who is in need, whose message held personal data, or who tells a story.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from lotse.answering.answer import Answer
from lotse.answering.conversation_moves import plain_yes
from lotse.answering.memory import Memory, OpenQuestion
from lotse.answering.personal_data import MASK
from lotse.answering.question import GIVEN, OFFER
from lotse.answering.remembering import REJECTING, asked, best_intent
from lotse.answering.turn_context import TurnContext

GIVE, WITHHOLD, WITHDRAW = "give_question", "withhold_question", "withdraw_question"
_ASK = f"/{GIVE}"
_ID_LENGTH = 12


@dataclass(frozen=True)
class GivenQuestion:
    """What a turn changes about the questions that are kept.

    Attributes:
        id: of the question within its conversation.
        question: as it is to be kept; None if it is taken back.
        language: ISO 639-1 code of the conversation.
    """

    id: str
    question: OpenQuestion | None
    language: str

    def slot(self) -> dict[str, str]:
        """The value of the slot, for the tracker store."""
        kept = {"text": self.question.text, "outcome": self.question.outcome} if self.question else {}
        return {"id": self.id, "language": self.language, **kept}


def with_offer(context: TurnContext, answer: Answer) -> tuple[Answer, list[OpenQuestion]]:
    """The answer with a choice to give the question, if it was not answered, and the open questions after it.

    Topics to choose from are no failure yet: who gets them is asked only if the message before was not answered either,
    or none of them was meant.

    Args:
        context: the message and the content.
        answer: complete but for this choice.
    """
    memory, settings = context.question.memory, context.settings.improvement
    known = memory.open_questions
    if answer.outcome == "forgotten" or not settings.ask_for_questions:
        return answer, []
    new = _left_open(context, answer)
    if new is not None:
        known = [*(item for item in known if item.id != new.id), new][-settings.open_questions :]
    rejects = answer.outcome == "choices" and memory.choosing and (best_intent(context) or ("", 0.0))[0] in REJECTING
    again = memory.unanswered > 0
    asks = answer.outcome == "refused" or again if new is not None else rejects and again
    if answer.outcome in ("answered", "refined"):
        # The conversation has gone on: a choice below an older question says that it is not known any more.
        known = [item for item in known if item.given]
    in_check = memory.check is not None and not memory.check.done
    if not asks or not known or answer.help is not None or in_check or known[-1].given:
        return answer, known
    offer = context.move(OFFER, question=known[-1].id)
    return answer.copy(update={"follow_ups": [*answer.follow_ups, offer]}), known


def asked_for(memory: Memory) -> str | None:
    """The id of the question that the last answer asked for; None if it asked for none."""
    shown = (offer.payload for offer in memory.offered[: memory.listed])
    payload = next((payload for payload in shown if payload.startswith(_ASK)), None)
    return str(json.loads(payload[len(_ASK) :])[GIVEN]) if payload else None


def move_of(context: TurnContext) -> str | None:
    """Which move of this module a message is: by its choice, or by a plain yes where a question was asked for."""
    if context.question.picked:
        best = best_intent(context)
        return best[0] if best and best[0] in (OFFER, GIVE, WITHHOLD, WITHDRAW) else None
    return GIVE if asked_for(context.question.memory) and plain_yes(context) else None


def answer_about(context: TurnContext, move: str) -> Answer:
    """The answer to a choice about a question that can be given.

    Args:
        context: the message and the content.
        move: `OFFER`, `GIVE`, `WITHHOLD` or `WITHDRAW`.
    """
    words, days = context.wording.questions, context.settings.improvement.question_days
    question = open_question(context)
    if move == WITHDRAW:
        return _said(words.withdrawn)
    if move == WITHHOLD:
        return _said(words.withheld)
    if question is None:
        return _said(words.unknown)
    if move == OFFER:
        answer = _said(words.ask.format(question=question.text, days=days))
        choices = [context.move(GIVE, question=question.id), context.move(WITHHOLD, question=question.id)]
    else:
        answer = _said(words.given.format(days=days))
        choices = [context.move(WITHDRAW, question=question.id)]
    return answer.copy(update={"follow_ups": choices})


def open_question(context: TurnContext) -> OpenQuestion | None:
    """The question that a choice names, or that was just asked for; None if it is not known any more."""
    memory = context.question.memory
    name = context.question.given or asked_for(memory)
    return next((item for item in memory.open_questions if item.id == name), None)


def changed(context: TurnContext) -> GivenQuestion | None:
    """What a message changes about the questions that are kept; None if nothing.

    A question can be taken back when the conversation has forgotten it.

    Args:
        context: the message and the content.
    """
    move, question, language = move_of(context), open_question(context), context.guide.language
    if move == WITHDRAW and context.question.given:
        return GivenQuestion(context.question.given, None, language)
    return GivenQuestion(question.id, question, language) if move == GIVE and question else None


def marked(questions: Iterable[OpenQuestion], change: GivenQuestion | None) -> list[OpenQuestion]:
    """The open questions with the mark of the one that was given or taken back."""
    if change is None:
        return list(questions)
    given = change.question is not None
    return [item.copy(update={"given": given}) if item.id == change.id else item for item in questions]


def _left_open(context: TurnContext, answer: Answer) -> OpenQuestion | None:
    """The message, if it was a question of its own that is not answered and may be asked for."""
    question, settings = context.question, context.settings
    text = " ".join(question.text.split())
    if answer.outcome not in ("refused", "choices") or answer.help is not None or question.picked or MASK in text:
        return None
    if question.words < settings.question_words or len(text) > settings.improvement.longest_question:
        return None
    if asked(context, answer)[-1:] != [question.text.strip()]:
        return None
    name = hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]
    known = next((item for item in question.memory.open_questions if item.id == name), None)
    return known or OpenQuestion(id=name, text=text, outcome=answer.outcome)


def _said(sentence: str) -> Answer:
    return Answer(outcome="smalltalk", short=sentence)
