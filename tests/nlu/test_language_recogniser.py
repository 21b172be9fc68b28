"""Which language a message is in, and when that is left open."""

from __future__ import annotations

import pytest

from lotse.answering import load_settings
from lotse.nlu.language_recogniser import LanguageRecogniser, recognise
from lotse.paths import data

LANGUAGES = tuple(LanguageRecogniser.get_default_config()["languages"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Darf ich meinen Chef auf LinkedIn adden?", "de"),
        ("chef folgen ok? hab kein bock auf ärger", "de"),
        ("Bi uns in't Amt weer Grillfest un nu steiht dat in't Netz", "de"),
        ("und wenn i a Buidl in Uniform drin hob?", "de"),
        ("nervst du immer so", "de"),
        ("May I block my line manager on Instagram?", "en"),
        ("are you a real person btw?", "en"),
        ("Are you a robot?", "en"),
        ("can soldiers tweet against defence policy", "en"),
    ],
)
def test_german_with_dialect_and_english_are_told_apart(text: str, language: str) -> None:
    code, certainty = recognise(text, LANGUAGES)
    assert code == language or certainty < load_settings(data()).language_at, (code, certainty)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Puis-je bloquer mon chef sur Instagram?", "fr"),
        ("¿Puedo bloquear a mi jefe en Instagram?", "es"),
        ("Patronumu Instagram'da engelleyebilir miyim?", "tr"),
        ("Czy mogę zablokować szefa na Instagramie?", "pl"),
        ("Posso bloccare il mio capo su Instagram?", "it"),
        ("Чи можу я заблокувати свого начальника?", "uk"),
        ("هل يمكنني حظر مديري على إنستغرام؟", "ar"),
        ("Pot să-mi blochez șeful pe Instagram?", "ro"),
    ],
)
def test_other_languages_are_recognised(text: str, language: str) -> None:
    code, certainty = recognise(text, LANGUAGES)
    assert code == language
    assert certainty >= load_settings(data()).foreign_at


@pytest.mark.parametrize("text", ["", "haha", "???", "asdkfj alskdjf", "LinkedIn?", "12 34"])
def test_what_shows_no_language_is_never_taken_for_a_foreign_one(text: str) -> None:
    settings = load_settings(data())
    code, certainty = recognise(text, LANGUAGES)
    assert code in ("de", "en") or certainty < settings.foreign_at or len(text.split()) < settings.foreign_words
