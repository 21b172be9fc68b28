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
