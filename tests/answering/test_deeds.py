"""Next steps for somebody who has done already what they ask about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.answering import Memory
from lotse.answering.question import Question
from lotse.answering.remembering import at_its_answer
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


def test_a_deed_told_before_choices_counts_for_the_topic_that_is_picked(talk: Talk) -> None:
    offered = talk.say({"ask_likes": 0.2, "ask_reposts": 0.19}, "hab gestern was gelikt", tells_deed=True)
    assert offered.outcome == "choices"
    picked = talk.pick("Darf ich fremde Beiträge liken?")
    assert [step.text for step in picked.steps] == [TAKE_BACK]


def test_a_button_of_another_answer_knows_of_no_deed(assistant: Assistant) -> None:
    memory = Memory(topic="likes", deed_told=True, answered_question=["Hab ich gelikt"])
    before = at_its_answer(Question(about="blocking", memory=memory), assistant.guide.topics).memory
    assert (before.topic, before.deed_told, before.answered_question) == ("blocking", False, [])


def test_what_to_do_after_a_mistake_stays_whatever_the_case(assistant: Assistant) -> None:
    talk = Talk(assistant)
    forbidding = next(
        passage
        for passage in assistant.guide.of_topic["posting_about_work"]
        if passage.verdict == "not_allowed" and passage.short
    )
    said = {facet: sorted(passage)[0] for facet, passage in forbidding.facets.items() if not isinstance(passage, str)}
    answer = talk.say(
        "ask_posting_about_work",
        "Ich habe es schon gepostet",
        passages={forbidding.id: 0.95},
        tells_deed=True,
        facets=said,
    )
    passage_of = {citation.n: citation.passage for citation in answer.citations}
    assert {passage_of[number] for step in answer.steps for number in step.cites} >= {"consequences.data_exposed"}
