"""Decides how to answer a message. The only module that applies thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotse.answering.answer import Answer
from lotse.answering.answer_builder import guidance
from lotse.answering.dialogue import check, foreign, forgotten, introduced, offer_to_forget, problem, smalltalk
from lotse.answering.follow_ups import about_the_answer, handed_over, switched
from lotse.answering.handover_draft import remembered
from lotse.answering.language import SWITCH
from lotse.answering.memory import LASTING_FACETS, Memory, Offer
from lotse.answering.personal_data import MASK
from lotse.answering.probabilities import OUTSIDE, apply_conversation_prior, combine_rankings, topic_of
from lotse.answering.question import Question
from lotse.answering.refusals import ask_back, choices, refused, unsure
from lotse.answering.settings import Settings
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Guide
from lotse.content.wording import Wording

SMALLTALK = frozenset({"greet", "goodbye", "thank", "bot_challenge", "capabilities", "smalltalk", "deny"})
ABOUT_THE_ANSWER = frozenset({"request_sources", "request_reason", "request_simpler", "request_example"})
FOLLOW_UP = frozenset({"refine", "unclear", "affirm"})


@dataclass(frozen=True)
class Decision:
    """The answer of a turn and the conversation state after it."""

    answer: Answer
    memory: Memory


def decide(
    question: Question,
    guide: Guide,
    settings: Settings,
    wording: Wording,
    other_languages: Mapping[str, str] | None = None,
) -> Decision:
    """The answer to one message, and the new conversation state. Pure: the same input gives the same answer.

    Args:
        question: the message as it was understood, with the conversation state.
        guide: the checked guidance, in the language of the conversation.
        settings: thresholds and lengths.
        wording: sentences that are not guidance, in the same language.
        other_languages: by ISO 639-1 code, the sentence for a language that the guide does not support.
    """
    question = _with_known_facets(question)
    without_context = combine_rankings(question, guide.topics, settings)
    probabilities = apply_conversation_prior(without_context, question, settings)
    context = TurnContext(question, guide, settings, wording, probabilities, without_context)
    sentence = (other_languages or {}).get(question.foreign or "")
    if sentence:
        answer = foreign(question.foreign or "", sentence)
        return Decision(answer, question.memory.copy(update={"asked": _asked(context, answer)}))
    answer = _choose(context).copy(update={"language": guide.language})
    if MASK in question.text:
        answer = answer.copy(update={"notice": " ".join(filter(None, [wording.personal_data, answer.notice]))})
    if answer.outcome in ("answered", "refined") and not question.memory.noticed:
        answer = answer.copy(update={"notice": " ".join(filter(None, [wording.notice, answer.notice]))})
    return Decision(answer, _remember(context, answer))


def _choose(context: TurnContext) -> Answer:
    question = context.question
    if question.problem:
        return problem(context, question.problem)
    if not context.probabilities:
        return unsure(context)
    if question.text.strip().rstrip(".)").isdigit():
        # The input gate has already turned numbers of offered choices into payloads; any other number is not a
        # question.
        return problem(context, "command")
    if not any(character.isalnum() for character in question.text):
        # “🤷🤷” and “…” have no words to understand.
        return ask_back(context) if question.memory.at_hand else smalltalk(context, "smalltalk")
    best, probability = max(context.probabilities.items(), key=lambda item: item[1])
    if topic_of(best) is None and best != OUTSIDE:
        answer = _about_the_conversation(context, best, probability)
        if answer is not None:
            return answer
    return _guidance(context)


def _about_the_conversation(context: TurnContext, intent: str, probability: float) -> Answer | None:
    """The answer to a message about the conversation; None if it is a question to the guide after all."""
    question, settings, memory = context.question, context.settings, context.question.memory
    if intent == "unclear" and memory.at_hand and probability >= settings.dialogue_at:
        # “Und das andere?” names nothing that could be answered.
        return ask_back(context)
    if intent == "affirm" and not question.picked:
        return _agreed(context)
    if intent in FOLLOW_UP:
        return _follow_up(context)
    if probability < settings.dialogue_at:
        return None
    if intent == "deny" and memory.at_hand and context.question.words > settings.bare_denial_words:
        # “Die Leute hinten zählen nicht, oder?” denies nothing.
        return _follow_up(context)
    if intent in SMALLTALK:
        return smalltalk(context, intent)
    if intent == SWITCH:
        # “Auf Deutsch bitte” in a German conversation asks for plain words.
        return switched(context) if question.switched else about_the_answer(context, "request_simpler")
    if intent == "forget_me":
        # Deleting the conversation cannot be undone, so this intent needs the highest certainty.
        return forgotten(context) if probability >= settings.forget_at or question.picked else offer_to_forget(context)
    if intent == "start_check":
        return check(context)
    if intent == "request_person":
        return handed_over(context)
    if intent == "correct_topic":
        # “Ich behalte die ja nicht” sounds like a correction, but goes on.
        return _corrected(context) if context.without_context[intent] >= settings.correction_at else _follow_up(context)
    if intent in ABOUT_THE_ANSWER:
        return about_the_answer(context, intent)
    return None


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
    return smalltalk(context, "deny" if memory.at_hand else "greet")


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
        return introduced(context) if memory.status else unsure(context)
    share = sum(probability for _, probability in ranking)
    if ranking and share >= settings.answer_at:
        topic, probability = ranking[0]
        if topic != at_hand and probability >= settings.keep_topic_at * max(share, 1e-6):
            return guidance(context, topic, "answered")
    return guidance(context, at_hand, "refined")


def _corrected(context: TurnContext) -> Answer:
    """“Nein, ich meinte …”: the best topic other than the one just answered."""
    memory = context.question.memory
    ranking = [(topic, probability) for topic, probability in context.topics if topic != memory.topic]
    share = sum(probability for _, probability in ranking)
    if ranking and ranking[0][1] >= max(context.settings.choice_at, context.settings.corrected_at * share):
        return guidance(context, ranking[0][0], "answered")
    # A topic named by the correction has priority over the alternatives of the corrected message.
    named = [topic for topic, _ in ranking[:1] if context.question.words > context.settings.bare_denial_words]
    others = [topic for topic in memory.alternatives if topic != memory.topic]
    return choices(context, [*named, *others] if others else [topic for topic, _ in ranking], context.wording.corrected)


def _guidance(context: TurnContext) -> Answer:
    question, settings, memory = context.question, context.settings, context.question.memory
    ranking = context.topics
    topic, probability = ranking[0] if ranking else (None, 0.0)
    outside = context.probabilities.get(OUTSIDE, 0.0)
    if topic is None:
        return refused(context) if outside >= settings.refuse_at else unsure(context)
    runner_up = ranking[1][1] if len(ranking) > 1 else 0.0
    certain = probability >= settings.answer_at and probability - runner_up >= settings.lead_at
    if (question.picked or certain) and outside < settings.doubt_at:
        return guidance(context, topic, "refined" if _goes_on_with(context, topic) else "answered")
    if memory.topic is not None and _goes_on_with(context, memory.topic) and outside < settings.refuse_at:
        return guidance(context, memory.topic, "refined")
    if outside >= settings.refuse_at or outside > sum(probability for _, probability in ranking):
        return refused(context)
    return unsure(context)


def _goes_on_with(context: TurnContext, topic: str | None) -> bool:
    """Whether a short message belongs to this topic, that of the last answer."""
    question, settings, memory = context.question, context.settings, context.question.memory
    if topic is None or topic != memory.topic or question.picked:
        return False
    if question.words > settings.short_message_words:
        return False
    return any(name == topic for name, _ in context.topics[:3]) or bool(question.facets)


def _with_known_facets(question: Question) -> Question:
    """Remember the circumstances named in this message."""
    facets = {**question.memory.facets, **{facet: list(values) for facet, values in question.facets.items()}}
    memory = question.memory.copy(update={"facets": facets})
    return Question(**{**question.__dict__, "memory": memory})


def _asked(context: TurnContext, answer: Answer) -> list[str]:
    best = max(context.probabilities.items(), key=lambda item: item[1], default=None)
    return remembered(context.question, best, answer, context.settings.dialogue_at)


def _remember(context: TurnContext, answer: Answer) -> Memory:
    memory = context.question.memory
    if answer.outcome == "forgotten":
        # Not the conversation, but how to talk to the person.
        return Memory(language=memory.language, language_chosen=memory.language_chosen)
    offered = [Offer(label=item.label, payload=item.payload) for item in answer.follow_ups]
    known = {offer.payload for offer in offered}
    earlier = [offer for offer in memory.offered if offer.payload not in known]
    changes: dict[str, object] = {
        "offered": [*offered, *earlier][: context.settings.remembered_offers],
        "listed": len(offered),
        "asked": _asked(context, answer),
        "choosing": answer.outcome == "choices" or (memory.choosing and answer.outcome == "error"),
        "unanswered": memory.unanswered + 1 if answer.outcome in ("choices", "refused", "error") else 0,
    }
    if answer.outcome in ("choices", "refused"):
        likely = [topic for topic, probability in context.topics if probability >= context.settings.choice_at]
        changes["alternatives"] = likely[: context.settings.choices] if answer.outcome == "choices" else []
    if answer.outcome in ("answered", "refined"):
        changes["noticed"] = True
        changes["shown"] = list(dict.fromkeys(citation.passage for citation in answer.citations))
        changes["alternatives"] = [topic for topic, _ in context.topics if topic != answer.topic][
            : context.settings.choices
        ]
        changes["topic"] = answer.topic
        if answer.topic != memory.topic:
            if memory.topic:
                changes["earlier_topics"] = [memory.topic, *memory.earlier_topics][:3]
            # Circumstances of the old question are not those of the new one.
            changes["facets"] = {
                facet: values
                for facet, values in memory.facets.items()
                if facet in LASTING_FACETS or facet in context.question.facets
            }
    return memory.copy(update=changes)
