"""The conversation so far as a list, and where something that is named is laid down."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

FIRST, SECOND = "messengers.approved", "messengers.team_cases"


def _two_answers(talk: Talk) -> None:
    talk.say("ask_messengers", text="Darf ich dienstlich WhatsApp nutzen?", passages={FIRST: 0.8})
    talk.say("refine", text="und Fälle in der Teamgruppe?", passages={SECOND: 0.8})


@pytest.mark.parametrize(
    "text",
    [
        "Können Sie mir daraus vier Stichpunkte machen?",
        "fassen Sie das bitte zusammen",
        "das Ganze bitte als Liste",
        "can you give me the key points",
    ],
)
def test_the_conversation_comes_as_a_list(assistant: Assistant, talk: Talk, text: str) -> None:
    _two_answers(talk)
    answer = talk.say({"out_of_scope": 0.6}, text, form="statement")
    assert (answer.outcome, answer.short) == ("explained", assistant.wording.summary)
    guide = assistant.guide
    assert [point.text for point in answer.points] == [guide.passages[name].short for name in (FIRST, SECOND)]
    assert all(point.cites for point in answer.points) and answer.verdict is None


@pytest.mark.parametrize(
    "text", ["Schreiben Sie mir in drei Punkten auf, was ich heute machen soll", "als Liste, was ist zu tun?"]
)
def test_what_to_do_comes_as_the_next_steps(talk: Talk, text: str) -> None:
    _two_answers(talk)
    answer = talk.say({"out_of_scope": 0.6}, text)
    assert answer.outcome == "explained" and answer.steps


def test_one_answer_is_no_list(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_messengers", text="Darf ich dienstlich WhatsApp nutzen?", passages={FIRST: 0.8})
    answer = talk.say({"out_of_scope": 0.6}, "fass das mal zusammen", form="statement")
    assert answer.short != assistant.wording.summary and answer.outcome == "explained"


def test_a_source_that_is_named_comes_alone(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_opinions", text="Darf ich als Beamtin Wahlwerbung teilen?", facets={"status": "beamte"})
    talk.say("ask_likes", text="Und einen Beitrag liken?")
    answer = talk.say(
        {"request_sources": 0.8}, "Wo steht das mit der politischen Mäßigung?", passages={"opinions.political": 0.7}
    )
    passage = assistant.guide.passages["opinions.political"]
    assert (answer.outcome, answer.topic) == ("sources", "opinions")
    assert answer.short == assistant.wording.sources.format(title=passage.title)
    assert answer.citations and {citation.passage for citation in answer.citations} == {passage.id}


def test_sources_without_a_name_are_those_of_the_last_answer(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_likes", text="Darf ich einen Beitrag liken?")
    answer = talk.say({"request_sources": 0.8}, "Wo steht das?", passages={"opinions.political": 0.7})
    assert (answer.outcome, answer.topic) == ("sources", "likes")


def test_a_text_in_so_many_points_is_no_list_of_what_was_said(talk: Talk) -> None:
    _two_answers(talk)
    answer = talk.say(
        {"ask_authority_channels": 0.4}, "Könntest du eine Netiquette vorschlagen? Höchstens fünf Punkte", form="other"
    )
    assert answer.outcome == "explained" and answer.points
    assert "Netiquette" in (answer.points[0].title or "")


ALL_IN_ORDER = "Schreib mir bitte auf, in welcher Reihenfolge ich was bis Freitag erledige"


def test_what_to_do_about_several_topics_comes_in_the_order_of_the_conversation(
    assistant: Assistant, talk: Talk
) -> None:
    talk.say("ask_messengers", text="Darf ich dienstlich WhatsApp nutzen?", passages={FIRST: 0.8})
    talk.say("ask_secondary_employment", text="Und darf ich mit Streamen Geld verdienen?")
    answer = talk.say({"out_of_scope": 0.6}, ALL_IN_ORDER, form="statement")
    assert (answer.outcome, answer.short, answer.title) == ("explained", assistant.wording.steps_of_all, None)
    labels = [assistant.guide.topics[name].label for name in ("messengers", "secondary_employment")]
    assert [step.text.split(":")[0] for step in answer.steps] == [labels[0]] * 2 + [labels[1]] * 2
    assert all(step.cites for step in answer.steps) and answer.verdict is None


def test_in_a_conversation_about_one_topic_all_its_steps_come(assistant: Assistant, talk: Talk) -> None:
    _two_answers(talk)
    answer = talk.say({"out_of_scope": 0.6}, ALL_IN_ORDER, form="statement")
    assert answer.short != assistant.wording.steps_of_all and len(answer.steps) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "Wie sicher ist das?",
        "Und sag mir ehrlich, wo du dir selbst nicht sicher bist.",
        "Was davon steht fest und was ist nur Ihre Einschätzung?",
        "how sure are you about this? a colleague says something else",
    ],
)
def test_how_certain_what_was_said_is_stands_with_each_point(assistant: Assistant, talk: Talk, text: str) -> None:
    _two_answers(talk)
    answer = talk.say({"out_of_scope": 0.6}, text, form="other")
    assert (answer.outcome, answer.short) == ("explained", assistant.wording.how_certain)
    for point, name in zip(answer.points, (FIRST, SECOND), strict=True):
        passage = assistant.guide.passages[name]
        assert passage.short and point.text.startswith(passage.short)
        assert point.text.endswith(assistant.wording.how_certain_points[passage.certainty])
        assert (point.certainty, bool(point.cites)) == (passage.certainty, True)
    assert answer.verdict is None and answer.contacts


def test_before_any_answer_nothing_is_certain_or_not(assistant: Assistant, talk: Talk) -> None:
    assert talk.say({"bot_challenge": 0.9}, "wie sicher ist das hier?").short != assistant.wording.how_certain


def test_how_safe_a_service_is_asks_something_else(assistant: Assistant, talk: Talk) -> None:
    _two_answers(talk)
    answer = talk.say("refine", "und wie sicher ist Signal?", passages={FIRST: 0.7})
    assert answer.short != assistant.wording.how_certain
