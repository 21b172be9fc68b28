"""Messages that tell or correct the account, the authority or whom the question is about."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk


@pytest.mark.parametrize(
    "text", ["das ist privat", "das ist aber mein privates Konto", "nein, ich meine mein privates Konto"]
)
def test_telling_the_account_gives_the_answer_for_it(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_blocking", passages={"blocking.private_account": 0.88, "blocking.official_account": 0.9})
    answer = talk.say({"ask_private_label": 0.9}, text=text, facets={"account": "private"}, form="statement")
    assert (answer.outcome, answer.topic) == ("refined", "blocking")
    assert "privates Konto" in (answer.addressed or "")
    assert "privaten Konto" in answer.short.split(".")[0]
    assert talk.memory["facets"]["account"] == ["private"]


def test_an_account_makes_no_verdict_milder_if_the_topic_is_uncertain(talk: Talk) -> None:
    first = talk.say({"ask_opinions": 0.5, "ask_likes": 0.05})
    assert first.verdict == "depends"
    answer = talk.say(
        {"refine": 0.9}, text="das ist mein privates Konto", facets={"account": "private"}, form="statement"
    )
    assert answer.verdict == "depends"


def test_a_question_about_an_account_is_no_telling(talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say(
        {"ask_private_label": 0.9}, text="Muss ich mein privates Konto kennzeichnen?", facets={"account": "private"}
    )
    assert answer.topic == "private_label"


@pytest.mark.parametrize(
    ("mine", "denied", "text"),
    [
        ({"platform": "instagram"}, {"platform": "tiktok"}, "nicht TikTok, sondern Insta"),
        ({"account": "private"}, {}, "das ist ein privates Konto"),
    ],
)
def test_a_topic_of_another_platform_or_account_is_left(
    talk: Talk, mine: dict[str, str], denied: dict[str, str], text: str
) -> None:
    for likely, topic in (
        ({"ask_authority_tiktok": 0.8, "ask_posting_about_work": 0.1}, "posting_about_work"),
        ({}, None),
    ):
        talk.memory = None
        talk.say(likely or "ask_authority_tiktok", facets={"platform": "tiktok"})
        answer = talk.say({"correct_topic": 0.9}, text=text, facets=mine, form="statement", only_tells=bool(denied))
        assert answer.topic == topic
        assert topic is not None or (answer.outcome, "/ask_authority_tiktok" in talk.offers) == ("choices", False)


def test_a_platform_told_while_choosing_picks_no_new_topic(talk: Talk) -> None:
    talk.say({"ask_posting_about_work": 0.2, "ask_event_photos": 0.19})
    answer = talk.say(
        {"ask_authority_tiktok": 0.98},
        text="also auf tiktok",
        facets={"platform": "tiktok"},
        form="statement",
        only_tells=True,
    )
    assert (answer.outcome, answer.topic) == ("answered", "posting_about_work")


def test_a_question_for_somebody_else_forgets_who_the_person_is(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_messengers", facets={"status": "beamte", "occupation": "teaching"})
    first = talk.turn.answer
    answer = talk.say(
        {"correct_topic": 1.0},
        text="Es geht nicht um mich, sondern um meine Kollegin",
        facets={"person": "colleague"},
        form="other",
    )
    assert (answer.outcome, answer.topic, answer.short) == ("refined", "messengers", first.short)
    assert answer.addressed == assistant.wording.others_matter
    assert not {"status", "occupation"} & talk.memory["facets"].keys()


def test_the_own_authority_instead_of_somebody_else_is_understood(talk: Talk) -> None:
    talk.say("ask_event_photos", facets={"person": "citizen"})
    answer = talk.say({"request_short": 0.47, "deny": 0.3}, text="nein nicht er, wir, also das amt", form="statement")
    assert (answer.outcome, answer.topic) == ("refined", "event_photos")
    assert "amtliches Konto" in (answer.addressed or "")
