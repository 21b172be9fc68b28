"""What to answer. The only place where thresholds act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotse.answering import answer_builder
from lotse.answering.answer import Answer
from lotse.answering.handover_draft import remembered
from lotse.answering.language import SWITCH
from lotse.answering.personal_data import MASK
from lotse.answering.probabilities import OUTSIDE, lean, topic_of, weigh
from lotse.answering.question import LASTING_FACETS, Memory, Offer, Question
from lotse.answering.settings import Settings, Wording
from lotse.content.model import Guide

SMALLTALK = frozenset({"greet", "goodbye", "thank", "bot_challenge", "capabilities", "smalltalk", "deny"})
ABOUT_THE_ANSWER = frozenset({"request_sources", "request_reason", "request_simpler", "request_example"})
FOLLOW_UP = frozenset({"refine", "unclear", "affirm"})


@dataclass(frozen=True)
class Decision:
    """The answer of a turn and what to remember after it."""

    answer: Answer
    memory: Memory


def decide(
    question: Question,
    guide: Guide,
    settings: Settings,
    wording: Wording,
    other_languages: Mapping[str, str] | None = None,
) -> Decision:
    """Answer one message.

    Args:
        question: the message as it was understood, with the conversation's memory.
        guide: the checked guidance, in the language of the conversation.
        settings: thresholds and lengths.
        wording: everything said that is not guidance, in the same language.
        other_languages: what is said in languages the guide does not speak.
    """
    question = _with_known_facets(question)
    alone = weigh(question, guide.topics, settings)
    desk = answer_builder.Desk(question, guide, settings, wording, lean(alone, question, settings), alone)
    foreign = (other_languages or {}).get(question.foreign or "")
    if foreign:
        answer = desk.foreign(question.foreign or "", foreign)
        return Decision(answer, question.memory.copy(update={"asked": _asked(desk, answer)}))
    answer = _choose(desk).copy(update={"language": guide.language})
    if MASK in question.text:
        answer = answer.copy(update={"notice": " ".join(filter(None, [wording.personal_data, answer.notice]))})
    if answer.outcome in ("answered", "refined") and not question.memory.noticed:
        answer = answer.copy(update={"notice": " ".join(filter(None, [wording.notice, answer.notice]))})
    return Decision(answer, _remember(desk, answer))


def _choose(desk: answer_builder.Desk) -> Answer:
    question = desk.question
    if question.problem:
        return desk.problem(question.problem)
    if not desk.weighed:
        return desk.unsure()
    if question.text.strip().rstrip(".)").isdigit():
        # A bare number that picked nothing is no question; channels have already turned valid ones into payloads.
        return desk.problem("command")
    if not any(character.isalnum() for character in question.text):
        # “🤷🤷” and “…” have no words to understand.
        return desk.ask_back() if question.memory.at_hand else desk.smalltalk("smalltalk")
    best, probability = max(desk.weighed.items(), key=lambda item: item[1])
    if topic_of(best) is None and best != OUTSIDE:
        dialogue = _dialogue(desk, best, probability)
        if dialogue is not None:
            return dialogue
    return _guidance(desk)


def _dialogue(desk: answer_builder.Desk, intent: str, probability: float) -> Answer | None:
    """The answer to something said about the conversation, None if it is a question after all."""
    question, settings, memory = desk.question, desk.settings, desk.question.memory
    if intent == "unclear" and memory.at_hand and probability >= settings.dialogue_at:
        # “Und das andere?” names nothing that could be answered.
        return desk.ask_back()
    if intent == "affirm" and not question.picked:
        return _agreed(desk)
    if intent in FOLLOW_UP:
        return _follow_up(desk)
    if probability < settings.dialogue_at:
        return None
    if intent == "deny" and memory.at_hand and desk.question.words > settings.word_of_mouth:
        # “Die Leute hinten zählen nicht, oder?” denies nothing.
        return _follow_up(desk)
    if intent in SMALLTALK:
        return desk.smalltalk(intent)
    if intent == SWITCH:
        # “Auf Deutsch bitte” in a German conversation asks for plain words.
        return desk.switched() if question.switched else desk.about_the_answer("request_simpler")
    if intent == "forget_me":
        # The only thing that cannot be undone.
        return desk.forgotten() if probability >= settings.forget_at or question.picked else desk.offer_to_forget()
    if intent == "start_check":
        return desk.check()
    if intent == "request_person":
        return desk.handed_over()
    if intent == "correct_topic":
        # “Ich behalte die ja nicht” sounds like a correction, but goes on.
        return _corrected(desk) if desk.alone[intent] >= settings.correction_at else _follow_up(desk)
    if intent in ABOUT_THE_ANSWER:
        return desk.about_the_answer(intent)
    return None


def _agreed(desk: answer_builder.Desk) -> Answer:
    """“Ja”: to the topic that was offered first, if the last answer asked about topics; “ja, auf LinkedIn” goes on."""
    memory = desk.question.memory
    offered = topic_of(memory.offered[0].payload.lstrip("/")) if memory.listed and memory.offered else None
    if offered in memory.alternatives and offered in desk.guide.topics:
        return desk.answer(offered, "answered")
    if desk.question.facets and memory.at_hand:
        return _follow_up(desk)
    return desk.smalltalk("deny" if memory.at_hand else "greet")


def _follow_up(desk: answer_builder.Desk) -> Answer:
    """A message that leans on the one before: the same topic in a new circumstance, or another topic after all."""
    memory, settings = desk.question.memory, desk.settings
    # What makes a follow-up one of another topic is what it says by itself.
    ranking = desk.topics_alone()
    at_hand = memory.at_hand
    if at_hand is None or at_hand not in desk.guide.topics:
        topic, probability = ranking[0] if ranking else (None, 0.0)
        if topic and probability >= settings.answer_at:
            return desk.answer(topic, "answered")
        return desk.introduced() if memory.status else desk.unsure()
    share = sum(probability for _, probability in ranking)
    if ranking and share >= settings.answer_at:
        topic, probability = ranking[0]
        if topic != at_hand and probability >= settings.keep_topic_at * max(share, 1e-6):
            return desk.answer(topic, "answered")
    return desk.answer(at_hand, "refined")


def _corrected(desk: answer_builder.Desk) -> Answer:
    """“Nein, ich meinte …”: the best topic other than the one just answered."""
    memory = desk.question.memory
    ranking = [(topic, probability) for topic, probability in desk.topics() if topic != memory.topic]
    share = sum(probability for _, probability in ranking)
    if ranking and ranking[0][1] >= max(desk.settings.choice_at, desk.settings.corrected_at * share):
        return desk.answer(ranking[0][0], "answered")
    # What the correction itself names comes before what the corrected message may have meant.
    named = [topic for topic, _ in ranking[:1] if desk.question.words > desk.settings.word_of_mouth]
    others = [topic for topic in memory.alternatives if topic != memory.topic]
    return desk.choices([*named, *others] if others else [topic for topic, _ in ranking], desk.wording.corrected)


def _guidance(desk: answer_builder.Desk) -> Answer:
    question, settings, memory = desk.question, desk.settings, desk.question.memory
    ranking = desk.topics()
    topic, probability = ranking[0] if ranking else (None, 0.0)
    outside = desk.weighed.get(OUTSIDE, 0.0)
    if topic is None:
        return desk.refused() if outside >= settings.refuse_at else desk.unsure()
    runner_up = ranking[1][1] if len(ranking) > 1 else 0.0
    certain = probability >= settings.answer_at and probability - runner_up >= settings.lead_at
    if (question.picked or certain) and outside < settings.doubt_at:
        return desk.answer(topic, "refined" if _leans_on(desk, topic) else "answered")
    if _leans_on(desk, memory.topic) and outside < settings.refuse_at:
        return desk.answer(memory.topic, "refined")
    if outside >= settings.refuse_at or outside > sum(probability for _, probability in ranking):
        return desk.refused()
    return desk.unsure()


def _leans_on(desk: answer_builder.Desk, topic: str | None) -> bool:
    """Whether a short message belongs to the topic of the last answer."""
    question, settings, memory = desk.question, desk.settings, desk.question.memory
    if topic is None or topic != memory.topic or question.picked:
        return False
    if question.words > settings.short_message_words:
        return False
    return any(name == topic for name, _ in desk.topics()[:3]) or bool(question.facets)


def _with_known_facets(question: Question) -> Question:
    """Remember the circumstances named in this message."""
    facets = {**question.memory.facets, **{facet: list(values) for facet, values in question.facets.items()}}
    memory = question.memory.copy(update={"facets": facets})
    return Question(**{**question.__dict__, "memory": memory})


def _asked(desk: answer_builder.Desk, answer: Answer) -> list[str]:
    best = max(desk.weighed.items(), key=lambda item: item[1], default=None)
    return remembered(desk.question, best, answer, desk.settings.dialogue_at)


def _remember(desk: answer_builder.Desk, answer: Answer) -> Memory:
    memory = desk.question.memory
    if answer.outcome == "forgotten":
        # Not the conversation, but how to talk to the person.
        return Memory(language=memory.language, language_chosen=memory.language_chosen)
    offered = [Offer(label=item.label, payload=item.payload) for item in answer.follow_ups]
    known = {offer.payload for offer in offered}
    earlier = [offer for offer in memory.offered if offer.payload not in known]
    changes: dict[str, object] = {
        "offered": [*offered, *earlier][: desk.settings.remembered_offers],
        "listed": len(offered),
        "asked": _asked(desk, answer),
        "choosing": answer.outcome == "choices" or (memory.choosing and answer.outcome == "error"),
        "unanswered": memory.unanswered + 1 if answer.outcome in ("choices", "refused", "error") else 0,
    }
    if answer.outcome in ("choices", "refused"):
        likely = [topic for topic, probability in desk.topics() if probability >= desk.settings.choice_at]
        changes["alternatives"] = likely[: desk.settings.choices] if answer.outcome == "choices" else []
    if answer.outcome in ("answered", "refined"):
        changes["noticed"] = True
        changes["shown"] = list(dict.fromkeys(citation.passage for citation in answer.citations))
        changes["alternatives"] = [topic for topic, _ in desk.topics() if topic != answer.topic][
            : desk.settings.choices
        ]
        changes["topic"] = answer.topic
        if answer.topic != memory.topic:
            if memory.topic:
                changes["earlier_topics"] = [memory.topic, *memory.earlier_topics][:3]
            # Circumstances of the old question are not those of the new one.
            changes["facets"] = {
                facet: values
                for facet, values in memory.facets.items()
                if facet in LASTING_FACETS or facet in desk.question.facets
            }
    return memory.copy(update=changes)
