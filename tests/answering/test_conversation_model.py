"""How likely each topic and each move is, given the conversation."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.answering import Memory, Question
from lotse.answering.conversation_model import KIND_OF_MOVE, candidates, in_conversation
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

AFTER = Memory(topic="blocking", outcome="answered", shown=["blocking.citizens"])


def read(assistant: Assistant, question: Question, probabilities: dict[str, float]) -> dict[str, float]:
    return in_conversation(question, probabilities, assistant.guide, assistant.settings)


def test_a_first_message_and_a_pick_are_read_as_they_are(assistant: Assistant) -> None:
    probabilities = {"ask_likes": 0.6, "refine": 0.4}
    assert read(assistant, Question(text="Darf ich liken?"), probabilities) == probabilities
    assert read(assistant, Question(text="/ask_likes", picked=True, memory=AFTER), probabilities) == probabilities


def test_a_no_counts_by_itself(assistant: Assistant) -> None:
    probabilities = {"deny": 0.9, "ask_likes": 0.1}
    assert read(assistant, Question(text="nein", memory=AFTER), probabilities) == probabilities


def test_a_fragment_goes_on_with_the_topic_at_hand(assistant: Assistant) -> None:
    question = Question(
        text="und am Wochenende?",
        memory=AFTER,
        passages={"blocking.citizens": 0.5, "likes.basic": 0.4},
        in_context={"blocking.citizens": 0.6, "likes.basic": 0.3},
    )
    found = read(assistant, question, {"refine": 0.8, "ask_likes": 0.1})
    assert max(found, key=lambda name: found[name]) == "ask_blocking"


def test_a_move_that_is_clear_by_itself_counts_whatever_was_said(assistant: Assistant) -> None:
    clear = {"request_person": 0.9, "ask_likes": 0.1}
    assert read(assistant, Question(text="wen kann ich fragen", memory=AFTER), clear) == clear
    follow_up = read(assistant, Question(text="und dann", memory=AFTER), {"refine": 0.9, "ask_likes": 0.1})
    assert follow_up == {"ask_blocking": 0.9}


def test_moves_of_one_kind_count_together_at_the_likeliest(assistant: Assistant) -> None:
    found = read(assistant, Question(text="warum?", memory=AFTER), {"request_reason": 0.7, "request_simpler": 0.2})
    explaining = [name for name in found if KIND_OF_MOVE.get(name) == "explain"]
    assert explaining == ["request_reason"]
    assert max(found, key=lambda name: found[name]) == "request_reason"


@given(st.text(max_size=200), st.floats(0, 1), st.floats(0, 1))
def test_the_probabilities_are_those_of_one_choice(assistant: Assistant, text: str, refine: float, like: float) -> None:
    found = read(assistant, Question(text=text, memory=AFTER), {"refine": refine, "ask_likes": like})
    assert 0 < sum(found.values()) <= 1 + 1e-6
    assert all(0 <= value <= 1 for value in found.values())


def test_a_new_topic_needs_no_weights_of_its_own(assistant: Assistant) -> None:
    features = candidates(Question(text="und?", memory=AFTER), {}, assistant.guide, assistant.settings)
    assert set(features) == {*(f"ask_{topic}" for topic in assistant.guide.topics), *KIND_OF_MOVE}
    named = {name for values in features.values() for name in values}
    assert named <= set(assistant.settings.conversation_weights)


@pytest.mark.parametrize(
    "text",
    ["Gilt das auch für Azubis? Wir haben gerade zwei neue bekommen.", "ok und does that apply to trainees too?"],
)
def test_whether_it_holds_in_another_case_is_asked_of_what_was_said(talk: Talk, text: str) -> None:
    talk.say("ask_blocking")
    answer = talk.say({"out_of_scope": 0.45, "ask_event_photos": 0.2}, text)
    assert (answer.outcome, answer.topic) == ("refined", "blocking")


def test_who_asks_for_permission_makes_no_small_talk(talk: Talk) -> None:
    text = "darf ich denn im Stream sagen, wo ich arbeite? der Chat fragt ja ständig, was ich so mache"
    talk.say("ask_blocking")
    asked = {"capabilities": 0.56, "ask_private_label": 0.2}
    assert talk.say(asked, text, form="permission", passages={"private_label.employer": 0.6}).topic == "private_label"
    assert talk.say({"capabilities": 0.95}, "und was kannst du sonst so?", form="permission").outcome == "smalltalk"


def test_after_an_answer_nothing_is_refused_that_would_be_answered_by_itself(assistant: Assistant) -> None:
    text = "kann sie mich kündigen ja oder nein? ich bin 9 jahre da nie problem"
    question = Question(text=text, memory=Memory(topic="event_photos"))
    guide, settings = assistant.guide, assistant.settings
    by_itself = {"out_of_scope": 0.3, "ask_consequences": 0.25}
    assert max(in_conversation(question, by_itself, guide, settings).items(), key=itemgetter(1))[0] == "out_of_scope"
    by_itself = {"ask_consequences": 0.3, "out_of_scope": 0.29}
    assert "out_of_scope" not in in_conversation(question, by_itself, guide, settings)


def test_whether_it_holds_elsewhere_is_asked_of_the_topic_at_hand_unless_another_has_its_own_passage(
    assistant: Assistant,
) -> None:
    asked = Question(text="gilt das auch für WhatsApp?", memory=AFTER, form="other")
    messengers = {"messengers.official_business": 0.65, "blocking.citizens": 0.5}
    own = replace(asked, passages={"messengers.official_business": 0.55}, in_context=messengers)
    found = read(assistant, own, {"ask_messengers": 0.93, "refine": 0.03})
    assert max(found, key=lambda name: found[name]) == "ask_messengers"
    at_hand = replace(own, in_context={**messengers, "blocking.citizens": 0.7})
    assert read(assistant, at_hand, {"ask_messengers": 0.93, "refine": 0.03}) == {"ask_blocking": 1.0}
