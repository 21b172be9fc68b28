"""A message that repeats a question of the guide is answered with it, whatever the classifiers think."""

from __future__ import annotations

import pytest

from lotse.answering import Answer
from tests.answering.conftest import Talk
from tests.parsed_messages import parsed

UNSURE = {"out_of_scope": 0.6, "thank": 0.3, "ask_likes": 0.05}


def repeat(talk: Talk, text: str, topic: str, passage: str | None = None, similarity: float = 1.0) -> Answer:
    """A message that repeats a text of the guide, although the intent ranking says otherwise."""
    ranking = [{"name": name, "confidence": value} for name, value in UNSURE.items()]
    known = {"topic": topic, "passage": passage, "similarity": similarity}
    return talk.understood(
        parsed(text=text, intent=ranking[0], intent_ranking=ranking, entities=[], passages={}, known_question=known)
    )


def test_a_title_is_answered_with_its_topic(talk: Talk) -> None:
    answer = repeat(talk, "Darf ich andere blockieren?", "blocking")
    assert (answer.outcome, answer.topic) == ("answered", "blocking")
    assert answer.why.certainty == "high"


@pytest.mark.parametrize("passage", ["blocking.press", "blocking.bullying", "blocking.unfollow_is_enough"])
def test_a_question_of_a_passage_is_answered_with_this_passage_first(talk: Talk, passage: str) -> None:
    answer = repeat(talk, "eine Frage aus dem Leitfaden, wie sie dort steht", "blocking", passage)
    assert answer.topic == "blocking"
    assert answer.points[0].text == talk.assistant.guide.passages[passage].text


def test_a_repeated_question_changes_the_topic_of_a_conversation(talk: Talk) -> None:
    talk.say("ask_likes")
    assert repeat(talk, "Darf ich andere blockieren?", "blocking").topic == "blocking"


def test_a_few_words_that_are_also_the_title_of_a_passage_go_on_with_the_conversation(talk: Talk) -> None:
    talk.say("ask_blocking")
    assert repeat(talk, "und die Presse?", "networking", "networking.private_free").topic != "networking"
