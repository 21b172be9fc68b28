"""Answers to messages whose words alone say what they want, whatever the classifier makes of them.

Each is a closed set of phrases: “sicher?”, “noch was?”, “schreib mir einen Post”, “ihr seid doch alle unfähig”.
"""

from __future__ import annotations

import re

from lotse.answering.answer import Answer
from lotse.answering.answer_builder import MORE, guidance
from lotse.answering.circumstances import for_somebody_else, in_state
from lotse.answering.conversation_moves import TOLD, none_of_these, repair
from lotse.answering.dialogue import smalltalk
from lotse.answering.follow_ups import MISTAKES, about_the_answer, handed_over, in_short
from lotse.answering.message_kinds import (
    asks_about_tools,
    asks_for_wording,
    asks_who_helps,
    asks_who_wrote_it,
    concerns_others,
    doubts,
    feels_misunderstood,
    names_somebody,
    state_named,
    vents,
    wants_a_text,
)
from lotse.answering.new_points import rivals
from lotse.answering.offices import one_office
from lotse.answering.phrases import Core, Words, holds, is_of, words_beside, words_of
from lotse.answering.probabilities import TOPIC_PREFIX, concerned_topics
from lotse.answering.status import open_statuses
from lotse.answering.summaries import asks_for_points, asks_how_certain, certainties, in_points
from lotse.answering.texts import names_a_sample, no_text, suits_well, words_to_send
from lotse.answering.tool_questions import about_tools
from lotse.answering.turn_context import TurnContext
from lotse.content.model import Topic

NOT_HELPFUL = "not_helpful"
_SENTENCE_END = re.compile(r"[.!?\n]+")


def by_words(context: TurnContext) -> Answer | None:
    """The answer to a typed message of a closed set; None if it belongs to none."""
    question, words = context.question, context.settings.words
    if _says(context, words.closing):
        thanks = holds(words_of(question.text), words.thanking)
        return smalltalk(context, "closing" if thanks else "goodbye")
    if _says(context, words.thanks_anyway):
        offers = [context.move("request_person", context.topic_at_hand())]
        return smalltalk(context, "thanks_anyway").copy(update={"follow_ups": offers})
    if concerned_topics(question.memory, context.guide) and holds(words_of(question.text), words.helping.in_need):
        return handed_over(context)
    if question.memory.at_hand and names_somebody(question, words):
        offers = [context.move("request_person", context.topic_at_hand())]
        return smalltalk(context, "named_somebody").copy(update={"follow_ups": offers})
    topic = context.guide.topics.get(question.memory.at_hand or "")
    if topic and holds(words_of(question.text), words.letters):
        compared = words_to_send(context)
        if compared is not None:
            return compared.copy(update={"short": context.wording.letter})
    ends_so = is_of(_last_sentence(question.text), words.what_to_write.core, words.what_to_write.around)
    wants_words = ends_so or (asks_for_wording(question, words) and suits_well(context))
    sentences = words_to_send(context) if topic and wants_words else None
    if sentences is not None:
        return sentences
    wants_text = wants_a_text(question, words)
    # “Schlag mir eine Netiquette vor, höchstens fünf Punkte” wants no summary.
    if topic and asks_for_points(context) and not (wants_text and names_a_sample(context)):
        return in_points(context)
    if topic and asks_how_certain(context):
        return certainties(context)
    if wants_text:
        return no_text(context)
    if asks_who_wrote_it(question, words):
        return smalltalk(context, "bot_challenge")
    answer = one_office(context) or (about_tools(context) if asks_about_tools(question, words) else None)
    if answer is not None:
        return answer
    if feels_misunderstood(question, words) and question.memory.outcome is not None:
        return none_of_these(context) if question.memory.choosing else repair(context)
    if (
        vents(question, context.settings)
        and context.without_context.get(NOT_HELPFUL, 0.0) < context.settings.dialogue_at
    ):
        return vented(context)
    return _about_the_answer(context, topic) if topic else None


def vented(context: TurnContext) -> Answer:
    """A kind sentence for somebody who is angry, and a person to talk to."""
    topic = context.topic_at_hand()
    rejected = topic is not None and context.question.memory.outcome in TOLD
    offers = [context.move("request_simpler", topic)] if rejected else []
    return Answer(
        outcome="smalltalk",
        short=context.wording.vented,
        follow_ups=[*offers, context.move("request_person", topic)],
    )


def _about_the_answer(context: TurnContext, topic: Topic) -> Answer | None:
    """The answer to a message of a closed set that only makes sense after an answer."""
    question, words = context.question, context.settings.words
    state = state_named(question, words)
    if state is not None:
        return in_state(context, state)
    if question.memory.confirming or question.memory.choosing:
        return None
    if holds(words_of(question.text), words.yes_or_no) and context.clear_topic in (None, topic.topic):
        # A message that a passage fits asks something of its own beside it; its answer is made brief afterwards.
        fits = max(question.all_passages.values(), default=0.0) >= context.settings.choice_point_at
        beside = len(words_beside(words_of(question.text), words.yes_or_no)) > context.settings.search_words
        return None if fits and beside else in_short(context)
    if concerns_others(question, words):
        return for_somebody_else(context)
    if doubts(question, words):
        answer = about_the_answer(context, "request_sources")
        return answer.copy(update={"short": context.wording.doubting.format(title=topic.title)})
    if asks_who_helps(question, words):
        answer = guidance(context, topic.topic, "refined", asks_anew=True)
        # Without a passage of its own it asks for somebody to turn to, or for something else.
        return answer if answer.points and rivals(context).at_hand >= context.settings.new_point_at else None
    if holds(words_of(question.text), words.asking_for_sources) and question.words <= context.settings.story_words:
        return about_the_answer(context, "request_sources")
    if _says(context, words.asking_for_more):
        return about_the_answer(context, MORE)
    if _says(context, words.dos_and_donts):
        return about_the_answer(context, "request_example")
    if _says(context, words.for_me):
        return _for_the_person(context, topic)
    if _says(context, words.all_the_same) and topic.topic != MISTAKES and MISTAKES in context.guide.topics:
        return guidance(context.about_only({f"{TOPIC_PREFIX}{MISTAKES}": 1.0}), MISTAKES, "answered")
    return None


def _for_the_person(context: TurnContext, topic: Topic) -> Answer:
    """The plain version of the topic at hand; the status is asked for if it makes a difference and is unknown."""
    answer = about_the_answer(context, "request_simpler")
    last = guidance(context, topic.topic, "refined")
    open_ones = open_statuses(context, last.points)
    own = [point for point in last.points if point.status] if context.question.memory.status else []
    if own and not answer.points:
        short = f"{context.wording.difference['status'].format(value=own[0].status)} {own[0].text}\n{answer.short}"
        cited = [citation for citation in last.citations if citation.n in own[0].cites]
        shift = {citation.n: n for n, citation in enumerate(cited, start=1)}
        rest = [citation.copy(update={"n": citation.n + len(cited)}) for citation in answer.citations]
        return answer.copy(
            update={
                "short": short,
                "short_cites": [*shift.values(), *(n + len(cited) for n in answer.short_cites)],
                "citations": [*(item.copy(update={"n": shift[item.n]}) for item in cited), *rest],
            }
        )
    offers = [context.move("refine", topic, f"status_{status}", status=status) for status in open_ones]
    notice = context.wording.ask_status if open_ones else None
    return answer.copy(update={"follow_ups": [*offers, *answer.follow_ups], "notice": notice})


def _last_sentence(text: str) -> Words:
    """The words of the last sentence: “Das finde ich unhöflich. Was schreibe ich ihm?”"""
    sentences = [words for words in map(words_of, _SENTENCE_END.split(text)) if words]
    return sentences[-1] if sentences else ()


def _says(context: TurnContext, core: Core) -> bool:
    return is_of(words_of(context.question.text), core.core, core.around)
