"""Which passage a message in a conversation asks for, of all topics."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from lotse.answering import Memory
from lotse.answering.asked_passages import asked_passages, passage_candidates, shares_of_topics
from lotse.answering.question import Question
from lotse.conversation.assistant import Assistant

AT_HAND, OTHER = "blocking", "likes"
ALONE = {"ask_blocking": 0.3, "ask_likes": 0.3, "refine": 0.4}


def going_on(assistant: Assistant, text: str = "und was ist mit der Presse?", shown: Sequence[str] = ()) -> Question:
    """A message that two passages fit equally well, one of them of the topic at hand."""
    near = dict.fromkeys(assistant.guide.passages, 0.2) | {"blocking.press": 0.6, "likes.politics": 0.6}
    return Question(text=text, passages=near, memory=Memory(topic=AT_HAND, shown=list(shown)))


def test_the_probabilities_of_all_candidates_sum_to_one(assistant: Assistant) -> None:
    found = asked_passages(going_on(assistant), ALONE, assistant.guide, assistant.settings)
    assert sum(math.exp(value) for value in found.values()) == pytest.approx(1)


def test_of_two_that_fit_the_one_of_the_topic_at_hand_is_asked_for(assistant: Assistant) -> None:
    found = asked_passages(going_on(assistant), ALONE, assistant.guide, assistant.settings)
    assert max(found, key=lambda name: found[name]) == "blocking.press"
    shares = shares_of_topics(found, assistant.guide)
    assert shares[AT_HAND] == max(shares.values())


def test_what_fits_clearly_better_is_asked_for_whatever_is_at_hand(assistant: Assistant) -> None:
    question = going_on(assistant, text="Darf ich eigentlich auch den Beitrag einer Partei liken, die ich gut finde?")
    near = {**question.passages, "blocking.press": 0.25}
    asked = Question(text=question.text, passages=near, memory=question.memory)
    alone = {"ask_blocking": 0.02, "ask_likes": 0.9}
    found = asked_passages(asked, alone, assistant.guide, assistant.settings)
    assert max(found, key=lambda name: found[name]) == "likes.politics"


def test_every_passage_of_the_topic_at_hand_is_a_candidate(assistant: Assistant) -> None:
    asked = Question(text="und sonst?", passages={"likes.basic": 0.5}, memory=Memory(topic=AT_HAND))
    candidates = passage_candidates(asked, ALONE, assistant.guide)
    general = {passage.id for passage in assistant.guide.of_topic[AT_HAND] if not passage.only_for}
    assert set(candidates) == {"likes.basic", *general}


def test_what_holds_only_elsewhere_is_no_candidate(assistant: Assistant) -> None:
    elsewhere = next(passage for passage in assistant.guide.passages.values() if passage.only_for)
    near = {elsewhere.id: 0.9, "blocking.press": 0.5}
    asked = Question(text="und sonst?", passages=near, memory=Memory(topic=AT_HAND))
    assert elsewhere.id not in passage_candidates(asked, ALONE, assistant.guide)


def test_nothing_near_and_no_topic_at_hand_give_nothing(assistant: Assistant) -> None:
    assert asked_passages(Question(text="und?"), ALONE, assistant.guide, assistant.settings) == {}
