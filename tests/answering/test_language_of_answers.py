"""Which language an answer is in."""

from __future__ import annotations

import pytest

from lotse.answering import Answer, Memory, Question, choose_language
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

SENTENCE = "a message that is long enough to show its language"


def said(talk: Talk, code: str, certainty: float = 0.99, intent: str = "ask_blocking", text: str = SENTENCE) -> Answer:
    return talk.say(intent, text=text, language={"code": code, "certainty": certainty})


def test_each_message_is_answered_in_its_own_language(assistant: Assistant, talk: Talk) -> None:
    assert said(talk, "en").language == "en"
    english = talk.turn.answer
    assert english.title == assistant.guides["en"].topics["blocking"].title
    assert assistant.wordings["en"].notice in (english.notice or "")
    assert said(talk, "de").title == assistant.guide.topics["blocking"].title


def test_an_unclear_message_keeps_the_language_of_the_conversation(talk: Talk) -> None:
    assert said(talk, "fr", 0.4).language == "de"
    assert said(talk, "en").language == "en"
    assert said(talk, "de", 0.5).language == "en"
    assert said(talk, "de", 0.99, text="LinkedIn?").language == "en"
    assert talk.pick('/request_simpler{"topic": "blocking"}').language == "en"


def test_a_wish_counts_until_the_next_wish(assistant: Assistant, talk: Talk) -> None:
    said(talk, "de")
    answer = said_wish(talk, "en")
    assert (answer.outcome, answer.language, answer.topic) == ("refined", "en", "blocking")
    assert said(talk, "de").language == "en"
    assert said_wish(talk, "de").language == "de"
    assert said(talk, "en").language == "de"


def said_wish(talk: Talk, language: str) -> Answer:
    return talk.say("switch_language", text="bitte wechseln", language=language)


def test_a_wish_without_a_topic_is_granted_too(assistant: Assistant, talk: Talk) -> None:
    answer = said_wish(talk, "en")
    assert (answer.outcome, answer.short) == ("smalltalk", assistant.wordings["en"].language_switched)


def test_german_please_in_german_asks_for_plain_words(assistant: Assistant, talk: Talk) -> None:
    said(talk, "de")
    answer = said_wish(talk, "de")
    assert (answer.outcome, answer.short) == ("explained", assistant.guide.topics["blocking"].plain)


def test_other_languages_are_told_which_ones_it_speaks(assistant: Assistant, talk: Talk) -> None:
    answer = said(talk, "fr", 0.99)
    assert (answer.outcome, answer.language, answer.short) == ("refused", "fr", assistant.other_languages["fr"])
    assert said_wish(talk, "tr").short == assistant.other_languages["tr"]
    # A word or two, or doubt, is no reason to turn anybody away.
    assert said(talk, "fr", 0.99, text="bonjour").language == "de"
    assert said(talk, "fr", 0.70).language == "de"


def test_forgetting_keeps_the_language(talk: Talk) -> None:
    said(talk, "en")
    assert said(talk, "en", intent="forget_me").outcome == "choices"
    assert talk.pick("/forget_me").outcome == "forgotten"
    assert said(talk, "de", 0.3).language == "en"


@pytest.mark.parametrize("problem", ["empty", "command"])
def test_what_cannot_be_read_changes_no_language(problem: str, assistant: Assistant) -> None:
    question = Question(problem=problem, language=("en", 1.0), memory=Memory())  # type: ignore[arg-type]
    assert choose_language(question, assistant.settings, ["de", "en"]).memory.language is None


def test_every_topic_answers_in_every_language(assistant: Assistant, talk: Talk) -> None:
    for language, guide in assistant.guides.items():
        for name, topic in guide.topics.items():
            answer = said(talk, language, intent=f"ask_{name}")
            assert (answer.language, answer.title) == (language, topic.title)
            assert all(point.language == language for point in answer.points)
            assert {contact.label for contact in answer.contacts} <= {c.label for c in guide.contacts.values()}


def test_a_wish_beside_one_for_the_language_spoken_already_is_met(talk: Talk) -> None:
    english = {"code": "en", "certainty": 0.99}
    talk.say("ask_likes", text="May I like posts of parties?", language=english)
    wish = {"switch_language": 0.8, "request_sources": 0.15}
    text = "Where can I find the rules for this? Preferably something in English."
    assert talk.say(wish, text, language="en").outcome == "sources"
