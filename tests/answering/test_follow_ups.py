"""The last answer in short, what to do now, and whether to own up to something."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk


def test_in_short_gives_the_verdict_and_one_sentence(assistant: Assistant, talk: Talk) -> None:
    topic = assistant.guide.topics["blocking"]
    talk.say("ask_blocking")
    answer = talk.say("request_short", text="ja oder nein?")
    assert (answer.outcome, answer.topic, answer.points) == ("explained", "blocking", [])
    label = assistant.wording.verdicts[topic.verdict]
    assert answer.short == topic.brief or answer.short.startswith(f"{label}: ")
    assert len(answer.short) < len(f"{label}: {topic.short}") or topic.brief


def test_in_short_keeps_the_verdict_of_a_special_case(assistant: Assistant, talk: Talk) -> None:
    special = next(
        passage
        for passage in assistant.guide.passages.values()
        if passage.verdict and passage.verdict != assistant.guide.topics[passage.topic].verdict
    )
    talk.memory = {"topic": special.topic, "verdict": special.verdict, "said": special.short}
    answer = talk.say("request_short")
    assert answer.short.startswith(assistant.wording.verdicts[special.verdict or "info"])


@pytest.mark.parametrize("before", ["depends", "info"])
def test_in_short_says_no_plain_yes_where_the_answer_said_none(assistant: Assistant, talk: Talk, before: str) -> None:
    topic = next(topic for topic in assistant.guide.topics.values() if topic.verdict == "allowed")
    talk.memory = {"topic": topic.topic, "verdict": before, "said": topic.short}
    answer = talk.say("request_short", text="ja oder nein?")
    # Information is no traffic light, so there is neither a yes nor a no.
    begins = {"depends": f"{assistant.wording.verdicts['depends']}: ", "info": assistant.wording.no_yes_or_no}
    assert answer.short.startswith(begins[before].partition("{")[0])


def test_what_now_gives_steps_or_people_to_ask(assistant: Assistant, talk: Talk) -> None:
    for topic in assistant.guide.topics.values():
        talk.memory = None
        talk.say(f"ask_{topic.topic}")
        answer = talk.say("request_steps", text="und jetzt?")
        assert (answer.outcome, answer.topic) == ("explained", topic.topic)
        assert [step.text for step in answer.steps] == [step.text for step in topic.steps]
        assert all(step.cites for step in answer.steps)
        assert answer.contacts


def test_whether_to_own_up_is_answered_whatever_the_topic(assistant: Assistant, talk: Talk) -> None:
    for before in ("ask_blocking", None):
        talk.memory = None
        if before:
            talk.say(before)
        answer = talk.say("disclosure", text="soll ich es ihr sagen?")
        assert (answer.outcome, answer.short) == ("explained", assistant.wording.disclosure)
        assert "superior" not in [contact.label for contact in answer.contacts] and answer.contacts


@pytest.mark.parametrize("intent", ["request_short", "request_steps"])
def test_without_a_topic_there_is_nothing_to_shorten(assistant: Assistant, talk: Talk, intent: str) -> None:
    answer = talk.say({intent: 0.9})
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.no_topic)


@pytest.mark.parametrize("text", ["anonym?", "Ist das hier vertraulich?", "are you anonymous"])
def test_a_bare_question_about_privacy_gets_the_truth(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_private_label")
    talk.say("request_person")
    answer = talk.say("ask_private_label", text=text, facets={"account": "anonymous"})
    assert (answer.outcome, answer.short) == ("smalltalk", assistant.wording.smalltalk["privacy"])


@pytest.mark.parametrize(
    "intent", ["request_short", "request_simpler", "request_sources", "request_reason", "request_steps"]
)
def test_a_wish_about_the_answer_means_the_last_one_and_no_topic_that_was_only_offered(talk: Talk, intent: str) -> None:
    talk.say("ask_blocking", "Darf ich Leute blockieren?")
    assert (
        talk.say({"ask_messengers": 0.2, "ask_contact_requests": 0.19}, "Gilt das fürs Lagerfeuer?").outcome
        == "choices"
    )
    assert talk.say(intent, "Bitte noch einmal kürzer").topic == "blocking"


def test_passages_that_have_to_be_told_exist(assistant: Assistant) -> None:
    assert set(assistant.settings.reportable) <= set(assistant.guide.passages)


def test_what_has_to_be_told_is_nobodys_own_decision(assistant: Assistant, talk: Talk) -> None:
    name = assistant.settings.reportable[0]
    talk.say("ask_consequences", text="Auf meinem Foto war eine Akte zu sehen", passages={name: 0.95})
    answer = talk.say("disclosure", text="muss ich das wirklich melden?")
    assert answer.short == assistant.guide.passages[name].short
    assert {citation.passage for citation in answer.citations if citation.n in answer.short_cites} == {name}


def test_a_yes_or_no_on_something_new_gets_the_short_answer_alone(talk: Talk) -> None:
    talk.say("ask_hostility", text="Jemand beleidigt mich auf Facebook.")
    whole = talk.say("ask_likes", text="Und einen Like wegnehmen?")
    talk.memory = None
    talk.say("ask_hostility", text="Jemand beleidigt mich auf Facebook.")
    brief = talk.say("ask_likes", text="Kurz: einen Like wegnehmen, ja oder nein?")
    assert (brief.topic, brief.short, brief.verdict) == (whole.topic, whole.short, whole.verdict)
    assert whole.points and not brief.points and not brief.steps
    assert [citation.n for citation in brief.citations] == brief.short_cites
    # The points come on request.
    assert talk.say("request_more", text="mehr dazu").topic == "likes"
