"""Tells the language of a message: letter statistics, function words, dictionaries and, for Cyrillic, letters."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from simplemma import in_target_language

from lotse.content.word_lists import LanguageWords
from lotse.nlu.spacy_pipeline import LEMMA_LANGUAGES

UNDETERMINED = "und"
"""ISO 639-2 code of a language that is none of the guide's, without being certain which one."""

# How much a message of nothing but function words of a language counts against the letter statistics (a logarithm).
_FUNCTION_WORDS = 6.0
# If the German or English dictionary knows a larger share of the words, the message is not in another language.
# Measured on the training messages: French, Turkish or Polish questions reach 0.5 at most, Low German 0.6.
FOREIGN_SHARE, CLEAR = 0.5, 0.3
# From this certainty a language other than the guide's is named; below, it is only said to be another one.
NAMED_FROM = 0.75
# A dictionary that knows more than this share of the words knows them all, but for a typo.
_ALL = 0.9
# Scripts of the languages that are recognised.
_SCRIPTS = regex.compile(r"[\p{Cyrillic}\p{Arabic}\p{Greek}\p{Han}\p{Devanagari}]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_OTHER_SCRIPT = regex.compile(r"(?!\p{Latin})\p{L}")
_LATIN = regex.compile(r"\p{Latin}")
_FOREIGN_LETTER = regex.compile(r"(?![äöüß])[\p{Latin}--[a-z]]", regex.V1)
# Letters that only one of the languages written in Cyrillic has.
_CYRILLIC = {
    "uk": regex.compile("[іїєґ]"),
    "hr": regex.compile("[јљњђћџ]"),
    "ru": regex.compile("[ыэё]"),
    "bg": regex.compile("ъ(?![еёюя])"),
}


@dataclass(frozen=True)
class LanguageKnowledge:
    """What languages are told apart by.

    Attributes:
        languages: ISO 639-1 codes, the guide's first.
        alike: languages that count as another one.
        german: with one of these words a message is German.
        low_german: the same for messages that look like one of `like_low_german`.
        function_words: by language.
    """

    languages: tuple[str, ...]
    alike: dict[str, str]
    german: frozenset[str]
    low_german: frozenset[str]
    like_low_german: frozenset[str]
    function_words: dict[str, frozenset[str]]

    @staticmethod
    def of(words: LanguageWords) -> LanguageKnowledge:
        """From the word lists and spaCy's stop words."""
        languages = (*LEMMA_LANGUAGES, *words.recognised, *words.alike)
        function_words = {
            language: frozenset({*words.words.get(language, ()), *_stop_words(language)}) for language in languages
        }
        look_alikes = words.low_german
        return LanguageKnowledge(
            languages,
            words.alike,
            frozenset(words.german),
            frozenset(look_alikes.words),
            frozenset(look_alikes.looks_like),
            function_words,
        )


@lru_cache(maxsize=8)
def recogniser(languages: tuple[str, ...]) -> Any:
    """langid's model (Lui and Baldwin 2012), restricted to some languages; it comes with its package."""
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in languages if language in identifier.nb_classes])
    return identifier


def recognise(text: str, knowledge: LanguageKnowledge) -> tuple[str, float]:
    """The language of a text and its certainty.

    Args:
        text: a message.
        knowledge: what languages are told apart by.

    Returns:
        An ISO 639-1 code or `UNDETERMINED`, and a certainty from 0 to 1; 0 if the text shows no language.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words:
        return LEMMA_LANGUAGES[0], 0.0
    known = {language: in_target_language(text, lang=language) for language in LEMMA_LANGUAGES}
    ranking = _ranking(text, words, knowledge, knowledge.languages)
    code, certainty = ranking[0]
    if _OTHER_SCRIPT.search(text) and len(_OTHER_SCRIPT.findall(text)) > len(_LATIN.findall(text)):
        code, certainty = _other_script(text, words, knowledge, code, certainty)
        code = knowledge.alike.get(code, code)
        return (code, certainty) if certainty >= NAMED_FROM and code not in known else (UNDETERMINED, 1.0)
    if code not in known and _is_foreign(text, words, known, code, knowledge):
        # Certainties of languages that are answered alike add up.
        code = knowledge.alike.get(code, code)
        certainty = sum(share for name, share in ranking if knowledge.alike.get(name, name) == code)
        shown = knowledge.function_words[code] & set(words) or _FOREIGN_LETTER.search(text.casefold())
        return (code, round(certainty, 4)) if certainty >= NAMED_FROM and shown else (UNDETERMINED, 0.9)
    own = _ranking(text, words, knowledge, LEMMA_LANGUAGES)
    if knowledge.german & set(words) and known["en"] <= FOREIGN_SHARE:
        # Dialect, whose spelling is in no dictionary.
        return LEMMA_LANGUAGES[0], 1.0
    if code in known:
        return _german_or_english(text, known, code, certainty)
    if max(known.values()) > FOREIGN_SHARE:
        best = max(known, key=known.__getitem__)
        return _german_or_english(text, known, best, known[best])
    return own[0][0], 0.0


def _german_or_english(text: str, known: dict[str, float], code: str, certainty: float) -> tuple[str, float]:
    """Between the two, the dictionary decides if it is clear, otherwise the letter statistics."""
    best = max(known, key=known.__getitem__)
    if known[best] > FOREIGN_SHARE and known[best] - known[code] >= CLEAR:
        return best, round(known[best], 4)
    if min(known.values()) > FOREIGN_SHARE:
        # “Are you a robot?” is in both dictionaries.
        best, share = recogniser(LEMMA_LANGUAGES).classify(text)
        return str(best), round(float(share), 4)
    return code, round(float(certainty), 4)


def _is_foreign(text: str, words: list[str], known: dict[str, float], code: str, knowledge: LanguageKnowledge) -> bool:
    """Whether a text in Latin letters is neither German nor English: its words speak for another language."""
    if knowledge.german & set(words) or max(known.values()) > _ALL:
        return False
    if code in knowledge.like_low_german and knowledge.low_german & set(words):
        return False
    own = knowledge.function_words["de"] | knowledge.function_words["en"]
    others = knowledge.function_words.get(code, frozenset())
    foreign = sum(word in others and word not in own for word in words)
    native = sum(word in own and word not in others for word in words)
    letters = bool(_FOREIGN_LETTER.search(text.casefold()))
    if max(known.values()) > FOREIGN_SHARE and foreign < 2 and not letters:
        return False
    if not native and not max(known.values()):
        # No word of it is German or English.
        return True
    return (foreign > native) or (letters and foreign >= native)


def _other_script(
    text: str, words: list[str], knowledge: LanguageKnowledge, code: str, certainty: float
) -> tuple[str, float]:
    if not _SCRIPTS.search(text):
        return UNDETERMINED, 1.0
    if not regex.search(r"\p{Cyrillic}", text):
        return code, certainty
    folded = text.casefold()
    for language, letters in _CYRILLIC.items():
        if letters.search(folded):
            return language, 1.0
    # Hardly a Ukrainian sentence goes without its own letters; one that does has words of its own.
    candidates = ["ru", "bg"]
    if set(words) & (knowledge.function_words["uk"] - knowledge.function_words["ru"]):
        candidates.append("uk")
    return _ranking(text, words, knowledge, candidates)[0]


def _ranking(
    text: str, words: list[str], knowledge: LanguageKnowledge, languages: Iterable[str]
) -> list[tuple[str, float]]:
    """Languages with their shares, the likeliest first: letter statistics, and the share of function words."""
    shares: dict[str, float] = dict(recogniser(tuple(languages)).rank(text))
    scores = {
        language: math.log(max(float(share), 1e-9))
        + _FUNCTION_WORDS * sum(word in knowledge.function_words[language] for word in words) / len(words)
        for language, share in shares.items()
    }
    best = max(scores.values())
    weights = {language: math.exp(score - best) for language, score in scores.items()}
    total = sum(weights.values())
    return sorted(((language, weight / total) for language, weight in weights.items()), key=lambda pair: -pair[1])


def _stop_words(language: str) -> Iterable[str]:
    try:
        words: Iterable[str] = importlib.import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    except ImportError:
        return ()
    return words
