"""Next steps for somebody who has done already what they ask about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.content.model import Step
from lotse.conversation.assistant import Assistant

from .conftest import Talk

TAKE_BACK = "Nehmen Sie den Like zurück, wenn Sie nicht dahinterstehen."
ASKED = "Ich habe den Beitrag gelikt, ist das schlimm?"


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    """A guide whose topic has one step for afterwards."""
    guide = assistant.guides["de"]
    topic = guide.topics["likes"].copy(update={"steps_done": [Step(text=TAKE_BACK, passage="likes.think_first")]})
    changed = replace(guide, topics={**guide.topics, "likes": topic})
    return Talk(replace(assistant, guides={**assistant.guides, "de": changed}))


def test_who_has_done_it_reads_what_to_do_afterwards(talk: Talk) -> None:
    answer = talk.say("ask_likes", ASKED, passages={"likes.basic": 0.5}, tells_deed=True)
    assert [step.text for step in answer.steps] == [TAKE_BACK]
    assert answer.steps[0].cites


def test_who_plans_it_reads_what_to_do_before(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("ask_likes", "Darf ich den Beitrag liken?", passages={"likes.basic": 0.5})
    assert [step.text for step in answer.steps] == [step.text for step in assistant.guide.topics["likes"].steps]


def test_a_deed_told_later_brings_the_steps_once(talk: Talk) -> None:
    talk.say("ask_likes", "Darf ich den Beitrag liken?", passages={"likes.basic": 0.5})
    told = talk.say("refine", "Ich habe ihn schon gelikt", passages={"likes.think_first": 0.5}, tells_deed=True)
    assert [step.text for step in told.steps] == [TAKE_BACK]
    later = talk.say("refine", "und auf LinkedIn?", passages={"likes.think_first": 0.5})
    assert later.steps == []


def test_what_to_do_now_remembers_the_deed(talk: Talk) -> None:
    talk.say("ask_likes", ASKED, passages={"likes.basic": 0.5}, tells_deed=True)
    assert [step.text for step in talk.say("request_steps", "was soll ich jetzt tun?").steps] == [TAKE_BACK]
    talk.say("ask_blocking", "Darf ich jemanden blockieren?")
    assert TAKE_BACK not in [step.text for step in talk.say("request_steps", "was soll ich jetzt tun?").steps]
