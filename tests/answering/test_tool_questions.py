"""Questions about artificial intelligence at work, which the classifier takes for questions about the assistant."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

PRIVATE, OFFICIAL, FAKE = "posting_about_work.ai_content", "authority_channels.ai_tools", "opinions.deepfake"


def test_ai_at_work_gets_the_passage_that_fits(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(
        {"bot_challenge": 0.95},
        text="Darf ich ChatGPT für einen Post auf Instagram benutzen?",
        passages={PRIVATE: 0.67, "account_security.work_devices": 0.66},
    )
    passage = assistant.guide.passages[PRIVATE]
    assert (answer.outcome, answer.topic, answer.verdict) == ("answered", "posting_about_work", "depends")
    assert answer.short == passage.short
    assert answer.citations[0].passage == PRIVATE


@pytest.mark.parametrize(("facets", "passage"), [({}, PRIVATE), ({"account": "official"}, OFFICIAL)])
def test_what_holds_for_the_official_account_leads_only_if_it_is_meant(
    assistant: Assistant, talk: Talk, facets: dict[str, str], passage: str
) -> None:
    answer = talk.say(
        {"bot_challenge": 0.9, "ask_likes": 0.01},
        text="Darf ich ChatGPT benutzen?",
        passages={OFFICIAL: 0.78, PRIVATE: 0.74},
        facets=facets,
    )
    assert answer.short == assistant.guide.passages[passage].short


@pytest.mark.parametrize("person", [None, "colleague"])
def test_a_fake_of_somebody_leads_only_if_somebody_was_named(
    assistant: Assistant, talk: Talk, person: str | None
) -> None:
    answer = talk.say(
        {"out_of_scope": 0.9, "ask_likes": 0.01},
        text="Darf ich das mit KI bearbeiten?",
        passages={FAKE: 0.7, PRIVATE: 0.66},
        facets={"content": "ai_generated", **({"person": person} if person else {})},
    )
    assert answer.short == assistant.guide.passages[FAKE if person else PRIVATE].short


def test_during_a_conversation_ai_is_a_question_of_its_own(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_posting_about_work", text="Darf ich über meine Arbeit posten?")
    answer = talk.say({"bot_challenge": 0.9}, text="darf ich ChatGPT dafür nehmen?", passages={PRIVATE: 0.69})
    assert (answer.outcome, answer.short) == ("refined", assistant.guide.passages[PRIVATE].short)


def test_a_topic_that_fits_better_is_answered_even_if_the_assistant_seems_meant(talk: Talk) -> None:
    answer = talk.say(
        {"bot_challenge": 0.5, "ask_messengers": 0.4},
        text="Darf ich die KI in WhatsApp dienstlich nutzen?",
        passages={"messengers.work_and_breaks": 0.76, PRIVATE: 0.64},
    )
    assert (answer.outcome, answer.topic) == ("answered", "messengers")


def test_where_nothing_fits_the_answer_says_so_and_names_who_decides(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"bot_challenge": 0.9}, text="Darf ich Bescheide mit ChatGPT prüfen?", passages={PRIVATE: 0.31})
    assert (answer.outcome, answer.short) == ("refused", assistant.wording.tools)
    assert answer.contacts and answer.follow_ups


def test_ai_in_general_is_a_question_like_any_other(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"out_of_scope": 0.9}, text="Wie funktioniert KI?", form="other", passages={PRIVATE: 0.55})
    assert (answer.outcome, answer.short) == ("refused", assistant.wording.refused[0])
