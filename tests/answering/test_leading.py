"""What leads an answer if it is open which of two passages is meant."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

QUESTION = "Einer schreibt unter jeden Beitrag dasselbe, kann ich den aussperren?"
# As in the ranking of a real message, the others are far behind.
FAR = {"blocking.bullying": 0.20}
NEAR = {"blocking.critics": 0.50, "blocking.disruption": 0.48}
TWO = {**NEAR, **FAR}


def test_two_passages_that_leave_the_others_behind_lead_together(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"ask_blocking": 0.9}, QUESTION, passages=TWO, form="other")
    guide, wording = assistant.guide, assistant.wording
    named = [wording.near_one.format(title=guide.passages[n].title, short=guide.passages[n].short) for n in NEAR]
    assert answer.short.splitlines() == [wording.near, *named]
    assert answer.title == guide.topics["blocking"].title
    supporting = {citation.passage for citation in answer.citations if citation.n in answer.short_cites}
    assert supporting == set(NEAR)


@pytest.mark.parametrize(
    "passages",
    [
        {"blocking.critics": 0.43, "blocking.disruption": 0.42, **FAR},
        {**TWO, "blocking.citizens": 0.47},
        {"blocking.critics": 0.44, "blocking.disruption": 0.38, **FAR},
    ],
    ids=["far from both", "a third is as near", "one is ahead, but far"],
)
def test_otherwise_the_topic_leads(assistant: Assistant, talk: Talk, passages: dict[str, float]) -> None:
    answer = talk.say({"ask_blocking": 0.9}, QUESTION, passages=passages, form="other")
    assert answer.short == assistant.guide.topics["blocking"].short


def test_two_passages_say_no_milder_verdict_than_the_topic(assistant: Assistant, talk: Talk) -> None:
    alone = talk.say({"ask_blocking": 0.9}, QUESTION, form="permission").verdict
    talk.memory = None
    assert alone == "allowed"
    assert talk.say({"ask_blocking": 0.9}, QUESTION, passages=TWO, form="permission").verdict == "depends"


def test_a_picked_topic_is_led_by_itself(assistant: Assistant, talk: Talk) -> None:
    talk.say({"ask_blocking": 0.3, "ask_likes": 0.3}, QUESTION)
    assert talk.pick("/ask_blocking").short == assistant.guide.topics["blocking"].short


def test_another_topic_is_ranked_with_the_question_before_as_well(talk: Talk) -> None:
    talk.say("ask_networking", "Darf ich einem Klienten auf Insta folgen?")
    alone = {"messengers.absence": 0.50, "messengers.official_business": 0.46}
    together = {"messengers.official_business": 0.65, "messengers.absence": 0.40}
    answer = talk.say("ask_messengers", "und per WhatsApp schreiben?", passages=alone, passages_in_context=together)
    passage = {citation.n: citation.passage for citation in answer.citations}
    assert passage[answer.short_cites[0]] == "messengers.official_business"


def test_in_short_both_passages_are_said(talk: Talk) -> None:
    led = talk.say({"ask_blocking": 0.9}, QUESTION, passages=TWO, form="other").short
    assert led in talk.say("request_short", "kurz bitte").short
