"""A message that tells the case in the middle of a conversation is taken into the answer."""

from __future__ import annotations

from typing import Any

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

TOLD = "es ist ein Video von der Feier, da sind Kollegen drauf"
CASE = {"content": "video", "situation": "event", "person": "colleague"}


@pytest.fixture
def photos(talk: Talk) -> Talk:
    """After an answer on photos."""
    talk.say(
        "ask_event_photos",
        text="Darf ich das posten?",
        passages={"event_photos.two_consents": 0.7, "event_photos.form": 0.65},
    )
    return talk


def tell(talk: Talk, intents: Any = "refine", **more: Any) -> Any:
    return talk.say(intents, text=TOLD, form="statement", facets=CASE, **more)


def test_what_the_guide_says_of_the_case_is_shown_even_if_no_passage_fits_well(
    assistant: Assistant, photos: Talk
) -> None:
    answer = tell(photos, passages={"event_photos.form": 0.28, "event_photos.taking": 0.27})
    topic = assistant.guide.topics["event_photos"]
    assert (answer.outcome, answer.topic) == ("refined", "event_photos")
    assert answer.short == assistant.wording.case_told.format(short=topic.short)
    first = assistant.guide.passages[answer.citations[answer.points[0].cites[0] - 1].passage]
    assert first.facet_values("situation") & {"event"} or first.facet_values("content") & {"video"}
    assert photos.memory["facets"]["content"] == ["video"]


def test_a_case_without_a_passage_of_its_own_is_not_said_to_have_one(assistant: Assistant, photos: Talk) -> None:
    answer = photos.say(
        "refine",
        text="da läuft auch Musik",
        form="statement",
        facets={"content": "music"},
        passages={"event_photos.form": 0.28},
    )
    assert answer.short.startswith(assistant.wording.nothing_new_told.partition("{")[0])


def test_who_asked_whether_it_is_allowed_gets_a_verdict_for_the_case_also_on_another_topic(talk: Talk) -> None:
    talk.say("ask_reposts", text="Darf ich sowas teilen?")
    answer = tell(talk, "ask_event_photos", passages={"event_photos.taking": 0.6})
    assert (answer.outcome, answer.topic, answer.verdict) == ("answered", "event_photos", "depends")


def test_a_case_told_is_not_allowed_by_another_topic_than_the_one_asked_about(talk: Talk) -> None:
    talk.say("ask_posting_about_work", text="Darf ich in Uniform ein Video drehen?")
    answer = talk.say(
        "ask_work_time_use",
        text="dann würde ich das ganz einfach immer in der langen Mittagspause drehen",
        form="statement",
        facets={"situation": "break"},
        passages={"work_time_use.break": 0.7},
    )
    assert (answer.topic, answer.verdict) == ("work_time_use", "depends")


def test_a_case_of_another_topic_leaves_one_that_has_nothing_on_it(photos: Talk) -> None:
    answer = photos.say(
        {"ask_opinions": 0.4, "ask_reposts": 0.13, "unclear": 0.13},
        text="also es geht um ein Meme über unseren Bürgermeister",
        form="statement",
        facets={"content": "meme"},
        passages={"blocking.official_account": 0.6, "opinions.memes_and_emojis": 0.57, "event_photos.form": 0.46},
    )
    assert (answer.outcome, answer.topic) == ("answered", "opinions")


def test_the_second_question_is_named_also_where_the_first_has_no_passage_of_its_own(
    assistant: Assistant, photos: Talk
) -> None:
    answer = photos.say(
        {"ask_event_photos": 0.9},
        text="Gilt das auch im Tunnel? Und darf ich Kollegen hinzufügen?",
        passages={"event_photos.form": 0.4},
        parts={
            "Gilt das auch im Tunnel?": {"ask_event_photos": 0.95},
            "Und darf ich Kollegen hinzufügen?": {"ask_networking": 0.9},
        },
    )
    assert assistant.wording.also.format(title=assistant.guide.topics["networking"].title) in (answer.notice or "")


def test_what_depended_is_not_allowed_by_a_word_that_tells_nothing_new(talk: Talk) -> None:
    liked, called = "likes.basic", {"content": "reaction", "condition": "union_call"}
    first = talk.say("ask_likes", text="Darf ich den Aufruf liken?", facets=called, passages={liked: 0.5})
    talk.memory = {**talk.memory, "verdict": "depends", "asked_permission": True}
    answer = talk.say(
        {"refine": 0.9},
        text="versteh ich nicht, ist doch nur ein Herz",
        form="statement",
        facets={"content": "reaction"},
        passages={liked: 0.64, "likes.unlawful_content": 0.57},
    )
    assert first.topic == answer.topic == "likes"
    assert answer.verdict == "depends"
