"""The language of an answer: recognised for each message, kept during the conversation, and changed on request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from lotse.answering.message_kinds import wants_a_text
from lotse.answering.phrases import negated
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.translation import ORIGINAL

# Letters of the alphabets that German, English and their neighbours are written in.
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")

SWITCH = "switch_language"
FACET = "language"


def choose_language(question: Question, settings: Settings, spoken: Collection[str]) -> Question:
    """The question with the language of the answer set in its conversation state.

    A requested language (“auf Deutsch bitte”) stays until another one is requested. Without a request, the language of
    the message counts if it was recognised with enough certainty, otherwise that of the conversation so far:
    “LinkedIn?” has no language.

    Args:
        question: as it was understood.
        settings: certainties and lengths from which a language counts.
        spoken: ISO 639-1 codes of the guide's languages, the original first.

    Returns:
        The question, with `foreign` set if it is written in, or asks for, a language that the guide does not support.
    """
    memory = question.memory
    wish = _wish(question, settings) if not wants_a_text(question, settings.words) else None
    if wish and _denied(question, settings):
        # “Bitte nicht auf Englisch” asks for the other language where English is spoken, and for nothing elsewhere.
        current = spoken_or_original(memory.language, spoken)
        wish = next((language for language in spoken if language != wish), wish) if wish == current else current
    if wish:
        if wish not in spoken:
            return replace(question, foreign=wish)
        switched = wish != (memory.language or next(iter(spoken)))
        return replace(_in(question, wish, chosen=True), switched=switched)
    if memory.language_chosen and memory.language in spoken:
        return question
    code, certainty = question.language
    typed = not question.picked and not question.problem
    if typed and code and certainty >= settings.language_at:
        long_enough = question.words >= settings.language_words or memory.language is None
        if code in spoken and long_enough:
            return _in(question, code)
        # A word or two in Latin letters may be anything; in other letters they are another language.
        tells = question.words >= settings.foreign_words or _LATIN.search(question.text) is None
        if code not in spoken and certainty >= settings.foreign_at and tells and not question.known:
            return replace(question, foreign=code)
    return question


def spoken_or_original(language: str | None, spoken: Iterable[str]) -> str:
    """A language to speak: the given one if the guide speaks it, else the original.

    Args:
        language: remembered, or wished for by anybody; None if nothing is known.
        spoken: languages of the guide.
    """
    return language if language is not None and language in spoken else ORIGINAL


def _wish(question: Question, settings: Settings) -> str | None:
    if not question.intents or question.intents[0][0] != SWITCH or question.intents[0][1] < settings.dialogue_at:
        return None
    named = question.facets.get(FACET)
    return named[-1] if named else None


def _denied(question: Question, settings: Settings) -> bool:
    words = settings.words
    wish = words.negated_wishes.get(SWITCH)
    return wish is not None and negated(question.text, wish, words.negations, words.negation_distance)


def _in(question: Question, language: str, chosen: bool = False) -> Question:
    changes = {"language": language, "language_chosen": chosen}
    return replace(question, memory=question.memory.copy(update=changes))
