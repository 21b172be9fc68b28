"""Which language a message is in, and when that is left open."""

from __future__ import annotations

from functools import cache

import pytest
import yaml

from lotse.answering import load_settings
from lotse.content.word_lists import load_language_words
from lotse.content.wording import load_other_languages
from lotse.nlu.languages import UNDETERMINED, LanguageKnowledge
from lotse.nlu.languages import recognise as recognise_with
from lotse.paths import data

GUIDE = ("de", "en")
# Messages of the training data that are in another language, ask for one in it, or are no language.
IN_OTHER_LANGUAGES = (
    "Quanto costa",
    "parlez",
    "français",
    "по-русски",
    "українською",
    "po polsku",
    "hablas",
    "per favore",
    "türkçe",
    "asdfghjk",
)


@cache
def knowledge() -> LanguageKnowledge:
    return LanguageKnowledge.of(load_language_words(data()))


def recognise(text: str) -> tuple[str, float]:
    return recognise_with(text, knowledge())


def told_so(text: str) -> str | None:
    """The language that a person is told so in; None if the message is read as German or English."""
    settings = load_settings(data())
    code, certainty = recognise(text)
    long_enough = len(text.split()) >= settings.foreign_words or not text.isascii()
    return code if code not in GUIDE and certainty >= settings.foreign_at and long_enough else None


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
    code, certainty = recognise(text)
    assert code == language or certainty < load_settings(data()).language_at, (code, certainty)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Puis-je bloquer mon chef sur Instagram?", "fr"),
        ("Bonjour, j'ai une question", "fr"),
        ("¿Puedo bloquear a mi jefe en Instagram?", "es"),
        ("No entiendo el alemán", "es"),
        ("Patronumu Instagram'da engelleyebilir miyim?", "tr"),
        ("Merhaba, bir sorum var", "tr"),
        ("Czy mogę zablokować szefa na Instagramie?", "pl"),
        ("Posso bloccare il mio capo su Instagram?", "it"),
        ("Не розумію, чи можна таке писати", "uk"),
        ("Чи можу я заблокувати свого начальника?", "uk"),
        ("Можно ли мне писать о работе?", "ru"),
        ("Здравствуйте, можно вопрос", "ru"),
        ("هل يمكنني حظر مديري على إنستغرام؟", "ar"),
        ("Pot să-mi blochez șeful pe Instagram?", "ro"),
        ("Mag ik mijn chef op Instagram blokkeren?", "nl"),
        ("Må jeg skrive om mit arbejde?", "da"),
        ("Mohu psát o své práci?", "cs"),
        ("Posso escrever sobre o meu trabalho?", "pt"),
        ("Írhatok a munkámról a Facebookon?", "hu"),
        ("Μπορώ να γράψω για τη δουλειά μου;", "el"),
        ("Mogu li pisati o svom poslu?", "hr"),
        ("Могу ли да пишем о свом послу, ђаци питају", "hr"),
        ("آیا می‌توانم درباره کارم بنویسم؟", "fa"),
        ("我可以写我的工作吗？", "zh"),
        ("你好", "zh"),
        ("Tôi có thể viết về công việc của mình không?", "vi"),
        ("Мога ли да пиша за работата си, въпросът ми е", "bg"),
        ("A mund të shkruaj për punën time?", "sq"),
        ("Ez dikarim li ser karê xwe binivîsim?", "ku"),
        ("Får jag skriva om mitt jobb?", "sv"),
        ("क्या मैं अपने काम के बारे में लिख सकता हूँ?", "hi"),
    ],
)
def test_a_person_is_told_in_their_language(text: str, language: str) -> None:
    assert told_so(text) == language


@pytest.mark.parametrize("text", ["muas i des melda", "koi Ahnung, i derf des oba scho", "bloß bei mir dahoam hoid"])
def test_dialect_that_no_dictionary_knows_is_german(text: str) -> None:
    code, certainty = recognise(text)
    assert code == "de" and certainty >= 0.9


def test_an_english_message_with_a_german_word_stays_english() -> None:
    assert recognise("danke, and what about my private account?")[0] == "en"


@pytest.mark.parametrize("text", ["ናይ ስራሕ ስእሊ ክልጥፍ እኽእል ዶ?", "მაქვს ერთი კითხვა", "שלום, יש לי שאלה"])
def test_a_language_that_nobody_knows_here_is_not_taken_for_another(text: str) -> None:
    assert told_so(text) == UNDETERMINED


@pytest.mark.parametrize("text", ["", "haha", "???", "asdkfj alskdjf", "LinkedIn?", "12 34", "ki?", "yo"])
def test_what_shows_no_language_is_never_taken_for_a_foreign_one(text: str) -> None:
    assert told_so(text) is None


def test_no_training_message_in_german_or_english_is_taken_for_a_foreign_one() -> None:
    messages = [
        line.strip()[2:]
        for path in sorted((data() / "nlu").glob("*.yml"))
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
        for line in block["examples"].splitlines()
    ]
    assert len(messages) > 1000
    taken = [text for text in messages if text.isascii() and told_so(text)]
    taken += [text for text in messages if not text.isascii() and len(text.split()) > 2 and told_so(text)]
    assert [text for text in taken if not any(part in text for part in IN_OTHER_LANGUAGES)] == []


def test_there_is_a_sentence_for_every_language_that_is_recognised() -> None:
    words = load_language_words(data())
    assert {*words.recognised, *words.alike.values(), UNDETERMINED} == set(load_other_languages(data()))
