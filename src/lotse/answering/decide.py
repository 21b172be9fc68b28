"""Decides how to answer a message: which move wins, in the order of docs/understanding.md#which-move-wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lotse.answering.answer import Answer, Outcome
from lotse.answering.answer_builder import MORE, guidance
from lotse.answering.check_moves import check_turn, state_after, with_way_back
from lotse.answering.circumstances import adds_to_the_answer, again, remembered_answer, told
from lotse.answering.conversation_model import goes_on, in_conversation
from lotse.answering.conversation_moves import (
    approving,
    asks_about_privacy,
    corrected,
    corrects_a_circumstance,
    denied,
    denied_wish,
    keep,
    left_out,
    none_of_these,
    open_question,
    opens_vaguely,
    plain_yes,
    repair,
    without_deleting,
)
from lotse.answering.dialogue import check, foreign, forgotten, introduced, offer_to_forget, problem, smalltalk
from lotse.answering.follow_ups import (
    about_the_answer,
    briefly,
    disclosure,
    handed_over,
    in_short,
    next_steps,
    switched,
)
from lotse.answering.given_questions import (
    WITHHOLD,
    GivenQuestion,
    answer_about,
    asked_for,
    changed,
    marked,
    move_of,
    with_offer,
)
from lotse.answering.language import SWITCH
from lotse.answering.memory import PERSONAL_FACETS, Memory
from lotse.answering.message_kinds import vents, with_own_side
from lotse.answering.message_parts import ReadParts, read_parts
from lotse.answering.need import meet_need
from lotse.answering.new_points import best_of_topics
from lotse.answering.personal_data import MASK
from lotse.answering.phrases import holds, words_of
from lotse.answering.probabilities import OUTSIDE, concerned_topics, topic_of, with_need
from lotse.answering.question import KnownQuestion, Question
from lotse.answering.refusals import ask_back, refused, unsure
from lotse.answering.remembering import asked, at_its_answer, remember
from lotse.answering.settings import Settings
from lotse.answering.status import with_told
from lotse.answering.turn_context import TurnContext
from lotse.answering.word_moves import by_words
from lotse.checks import Check
from lotse.content.model import Guide
from lotse.content.wording import Wording

SMALLTALK = frozenset({"greet", "goodbye", "thank", "bot_challenge", "capabilities", "smalltalk", "decline", "privacy"})
PRIVACY = "privacy"
ABOUT_THE_ANSWER = frozenset({"request_sources", MORE, "request_reason", "request_simpler", "request_example"})
FOLLOW_UP = frozenset({"refine", "unclear", "affirm"})
MOVES: Mapping[str, Callable[[TurnContext], Answer]] = {
    "start_check": check,
    "request_person": handed_over,
    "request_short": in_short,
    "request_steps": next_steps,
    "disclosure": disclosure,
    "correct_topic": corrected,
    "not_helpful": repair,
    "none_of_these": none_of_these,
    "keep_conversation": keep,
}


@dataclass(frozen=True)
class Decision:
    """The answer of a turn and the conversation state after it.

    Attributes:
        given: the question that was given to improve the guide or taken back; None if there is none.
    """

    answer: Answer
    memory: Memory
    given: GivenQuestion | None = None


def decide(
    question: Question,
    guide: Guide,
    settings: Settings,
    wording: Wording,
    other_languages: Mapping[str, str] | None = None,
    checks: Mapping[str, Check] | None = None,
) -> Decision:
    """The answer to one message, and the new conversation state. Pure: the same input gives the same answer.

    Args:
        question: the message as it was understood, with the conversation state.
        guide: the checked guidance, in the language of the conversation.
        settings: thresholds and lengths.
        wording: sentences that are not guidance, in the same language.
        other_languages: by ISO 639-1 code, the sentence for a language that the guide does not support.
        checks: the guided checks by id, in the same language.
    """
    read = understood(question, guide, settings)
    question, without_context = read.question, read.probabilities
    probabilities = in_conversation(question, without_context, guide, settings)
    probabilities = with_need(probabilities, question, guide, settings)
    context = TurnContext(
        question, guide, settings, wording, probabilities, without_context, read.asked_too, checks or {}
    )
    sentence = (other_languages or {}).get(question.foreign or "")
    if sentence:
        answer = foreign(question.foreign or "", sentence)
        met = meet_need(context, answer)
        return Decision(met.answer, question.memory.copy(update={"asked": asked(context, answer), **met.memory}))
    turn = check_turn(context, _answer)
    met = meet_need(context, turn.answer.copy(update={"language": guide.language}))
    answer, open_questions = with_offer(context, with_way_back(context, turn, met.answer))
    given = changed(context)
    if answer.outcome in ("answered", "refined") and not question.memory.noticed:
        answer = answer.with_notice(wording.notice)
    if MASK in question.text and question.draft is None:
        answer = answer.with_notice(wording.personal_data)
    memory = remembered_answer(context, answer, remember(context, answer))
    changes = {**turn.memory, **met.memory, "open_questions": marked(open_questions, given)}
    if answer.outcome != "forgotten":
        changes["check"] = state_after(turn, met.answer)
    if vents(question, settings) or adds_to_the_answer(context):
        # Anger and a status may look like need; help is shown, but they are no question for an office.
        changes.pop("asked", None)
    # The points are remembered, as they come on request.
    return Decision(_as_brief_as_asked(context, answer), memory.copy(update=changes), given)


def _as_brief_as_asked(context: TurnContext, answer: Answer) -> Answer:
    """The answer; who wants a yes or a no gets the short answer alone."""
    question, asked_for = context.question, context.settings.words.yes_or_no
    wanted = not question.picked and holds(words_of(question.text), asked_for)
    return briefly(answer) if wanted and answer.outcome in ("answered", "refined") else answer


def understood(question: Question, guide: Guide, settings: Settings) -> ReadParts:
    """The message by itself: what it tells is remembered, and the part of it that counts is chosen.

    Args:
        question: the message as it was parsed, with the conversation state.
        guide: gives the topics.
        settings: thresholds and words.
    """
    read = read_parts(with_told(at_its_answer(with_own_side(question, settings), guide.topics)), guide.topics, settings)
    return replace(read, probabilities=without_deleting(read.question, read.probabilities, settings.words))


def _answer(context: TurnContext) -> Answer:
    """The answer; nobody is sent away in a conversation about their need: who turns to nobody else reads who helps."""
    answer = _choose(context)
    in_need = bool(concerned_topics(context.question.memory, context.guide))
    return handed_over(context) if answer.outcome == "refused" and in_need else answer


def _choose(context: TurnContext) -> Answer:
    question = context.question
    if question.problem:
        return problem(context, question.problem)
    if not context.probabilities:
        return unsure(context)
    known = question.known
    if known and known.topic in context.guide.topics and not _may_be_a_reply(context, known):
        return _repeated(context, known)
    answer = _told_by_its_words(context)
    if answer is not None:
        return answer
    if question.text.strip().rstrip(".)").isdigit():
        # The input gate has already turned numbers of offered choices into payloads; any other number is not a
        # question.
        return problem(context, "command")
    if not any(character.isalnum() for character in question.text):
        # “🤷🤷” and “…” have no words to understand.
        return ask_back(context) if question.memory.at_hand else smalltalk(context, "smalltalk")
    answer = told(context)
    if answer is not None:
        return answer
    if corrects_a_circumstance(context):
        return corrected(context)
    best, probability = max(context.probabilities.items(), key=lambda item: item[1])
    if topic_of(best) is None and best != OUTSIDE:
        answer = _about_the_conversation(context, best, probability)
        if answer is not None:
            return answer
    return _going_on(context) if goes_on(context.question, context.guide) else _guidance(context)


def _repeated(context: TurnContext, known: KnownQuestion) -> Answer:
    """The answer to a question of the guide; a topic's title asks for the topic as a whole, also once more."""
    outcome: Outcome = "refined" if known.topic == context.question.memory.topic else "answered"
    return guidance(context, known.topic, outcome, asks_anew=known.passage is not None)


def _may_be_a_reply(context: TurnContext, known: KnownQuestion) -> bool:
    """Whether a message that is also the title of a passage may go on with another topic: “und Kollegen?”.

    A question of the passage, typed as it stands, does not.
    """
    memory, settings = context.question.memory, context.settings
    passage = context.guide.passages.get(known.passage or "")
    asked = words_of(context.question.text)
    if passage is not None and any(words_of(question) == asked for question in passage.questions):
        return False
    goes_on = memory.at_hand is not None and memory.at_hand != known.topic
    return goes_on and known.passage is not None and context.question.words <= settings.bare_denial_words


def _told_by_its_words(context: TurnContext) -> Answer | None:
    """The answer to a message whose words alone say what it does; None if they do not."""
    memory = context.question.memory
    move = move_of(context)
    if move is not None:
        return answer_about(context, move)
    if context.question.picked:
        return None
    if memory.confirming and plain_yes(context):
        return forgotten(context)
    if approving(context):
        return _agreed(context) if memory.choosing else smalltalk(context, "thank")
    if asks_about_privacy(context):
        return smalltalk(context, "privacy")
    if opens_vaguely(context):
        return open_question(context)
    return by_words(context)


def _about_the_conversation(context: TurnContext, intent: str, probability: float) -> Answer | None:
    """The answer to a message about the conversation; None if it is a question to the guide after all."""
    question, settings, memory = context.question, context.settings, context.question.memory
    if probability >= settings.dialogue_at and not question.switched and denied_wish(context, intent):
        return left_out(context, intent)
    if intent == "unclear" and (probability >= settings.dialogue_at or memory.at_hand):
        if memory.at_hand is None:
            return open_question(context)
        return ask_back(context)
    if intent == "affirm" and not question.picked:
        return _agreed(context)
    if intent in FOLLOW_UP:
        return _follow_up(context)
    if probability < settings.dialogue_at and not goes_on(question, context.guide):
        return None
    if intent == "deny":
        if asked_for(memory):
            return answer_about(context, WITHHOLD)
        if memory.at_hand and question.words > settings.bare_denial_words and not memory.confirming:
            # “Die Leute hinten zählen nicht, oder?” denies nothing.
            return _follow_up(context)
        return denied(context)
    unclear = intent == PRIVACY and context.without_context.get(intent, 0.0) < settings.alone_at
    if unclear and max(question.all_passages.values(), default=0.0) >= settings.specific_at:
        # “Mit meinem privaten Handy?” is no question about this conversation.
        return None
    if intent in SMALLTALK:
        return smalltalk(context, intent)
    if intent == SWITCH:
        if not question.switched and context.without_context.get("request_person", 0.0) >= settings.second_topic_at:
            # “Is there somebody I can ask in English?”
            return handed_over(context)
        # “Auf Deutsch bitte” in a German conversation asks for plain words, “the rules, in English please” does not.
        wishes = {name: context.without_context.get(name, 0.0) for name in sorted(ABOUT_THE_ANSWER)}
        wish = max(wishes, key=lambda name: wishes[name])
        wish = "request_simpler" if wish == MORE or wishes[wish] < settings.second_wish_at else wish
        return switched(context) if question.switched else about_the_answer(context, wish)
    if intent == "forget_me":
        # Deleting cannot be undone, so a typed wish is asked back about.
        return forgotten(context) if question.picked else offer_to_forget(context)
    if intent == "correct_topic" and question.denied and memory.at_hand:
        # “Nein, der ist kein Journalist, sondern ein Nachbar” corrects a circumstance, not the topic.
        return _follow_up(context)
    if intent == "correct_topic" and context.without_context[intent] < settings.correction_at:
        # “Ich behalte die ja nicht” sounds like a correction, but goes on.
        return _follow_up(context)
    if intent in ABOUT_THE_ANSWER:
        return about_the_answer(context, intent)
    move = MOVES.get(intent)
    return move(context) if move else None


def _agreed(context: TurnContext) -> Answer:
    """The answer to “ja”: the topic offered first, if the last answer offered topics.

    With a circumstance (“ja, auf LinkedIn”) it is a follow-up.
    """
    memory = context.question.memory
    offered = topic_of(memory.offered[0].payload.lstrip("/")) if memory.listed and memory.offered else None
    if offered is not None and offered in memory.alternatives and offered in context.guide.topics:
        return guidance(context, offered, "answered")
    if context.question.facets and memory.at_hand:
        return _follow_up(context)
    if memory.confirming:
        return offer_to_forget(context)
    return smalltalk(context, "affirm")


def _follow_up(context: TurnContext) -> Answer:
    """The answer to a message that depends on the one before: the same topic in a new circumstance, or another one."""
    memory, settings = context.question.memory, context.settings
    # Whether a follow-up changes the topic is decided by the message alone, without the conversation.
    ranking = context.topics_without_context
    at_hand = memory.at_hand
    if at_hand is None or at_hand not in context.guide.topics:
        topic, probability = ranking[0] if ranking else (None, 0.0)
        if topic and probability >= settings.answer_at:
            return guidance(context, topic, "answered")
        told_of_oneself = any(facet in PERSONAL_FACETS for facet in context.question.facets)
        if told_of_oneself and context.question.form == "statement" and probability < settings.choice_at:
            return introduced(context)
        return _guidance(_without_follow_ups(context)) if told_of_oneself else unsure(context)
    if adds_to_the_answer(context) and at_hand == memory.topic:
        return again(context)
    return guidance(context, at_hand, "refined" if at_hand == memory.topic else "answered", asks_anew=True)


def _without_follow_ups(context: TurnContext) -> TurnContext:
    """The probabilities if the message is a question of its own: “Ich bin Beamtin, darf ich Wahlwerbung machen?”"""
    topics = {name: value for name, value in context.without_context.items() if topic_of(name) or name == OUTSIDE}
    share = sum(topics.values()) or 1.0
    probabilities = {name: value / share for name, value in topics.items()}
    return replace(context, probabilities=probabilities, without_context=probabilities)


def _guidance(context: TurnContext) -> Answer:
    question, settings = context.question, context.settings
    ranking = context.topics
    topic, probability = ranking[0] if ranking else (None, 0.0)
    outside = context.probabilities.get(OUTSIDE, 0.0)
    if topic is None:
        return refused(context) if outside >= settings.refuse_at else unsure(context)
    runner_up = ranking[1][1] if len(ranking) > 1 else 0.0
    certain = probability >= settings.answer_at and probability - runner_up >= settings.lead_at
    if (question.picked or certain) and outside < settings.doubt_at:
        return guidance(context, topic, "answered", asks_anew=True)
    if outside >= settings.refuse_at or outside > sum(probability for _, probability in ranking):
        return refused(context)
    return _among_choices(context)


def _going_on(context: TurnContext) -> Answer:
    """The answer to a question in a conversation: on the topic at hand, on another one, or none."""
    memory, settings = context.question.memory, context.settings
    if not context.topics:
        return unsure(context)
    (topic, probability), *others = context.topics
    outside = context.probabilities.get(OUTSIDE, 0.0)
    if outside > probability:
        return refused(context) if outside >= settings.refuse_at else unsure(context)
    if topic == memory.at_hand:
        return _follow_up(context)
    runner_up = others[0][1] if others else 0.0
    if probability >= settings.switch_at and probability - runner_up >= settings.switch_lead_at:
        return guidance(context, topic, "answered", asks_anew=True)
    return _among_choices(context)


def _among_choices(context: TurnContext) -> Answer:
    """The choices, unless the likeliest topic has the passage that fits best of all, and it fits well."""
    question = context.question
    best = best_of_topics(question, context.guide)
    topic = max(best, key=lambda name: best[name], default=None)
    likeliest = context.topics[0][0] if context.topics else None
    if (
        topic is not None
        and topic == likeliest
        and best[topic] >= context.settings.settled_at
        and not question.memory.rejected
    ):
        return guidance(context, topic, "answered", asks_anew=True)
    return unsure(context)
