"""Messages that repeat a title, label or question of the guide."""

from __future__ import annotations

import pytest

from lotse.content.word_lists import KnownQuestionWords
from lotse.nlu.known_questions import KnownQuestions, KnownText

WORDS = KnownQuestionWords(
    ignored=["ich", "man", "sie", "bitte", "meine", "die", "the"],
    same={"darf": ["duerfen", "may"], "kollege": ["kollegin", "kollegen"], "nicht": ["kein", "keine"]},
)
TEXTS = [
    KnownText("Darf ich andere blockieren?", "blocking"),
    KnownText("Andere blockieren", "blocking"),
    KnownText("Darf ich meine Kollegin abonnieren?", "networking", "networking.colleagues"),
    KnownText("Darf ich keine Uniform tragen?", "event_photos", "event_photos.uniform"),
    KnownText("Likes", "likes"),
]


@pytest.fixture
def known() -> KnownQuestions:
    return KnownQuestions(TEXTS, WORDS)


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("Darf ich andere blockieren?", "blocking"),
        ("darf ich andere blockieren", "blocking"),
        ("DARF MAN ANDERE BLOCKIEREN", "blocking"),
        ("Dürfen Sie andere blockieren!!", "blocking"),
        ("Andere blockieren – darf man das", None),
        ("Bitte: andere blockieren, darf ich?", "blocking"),
        ("darf ich andere blokieren", "blocking"),
        ("dafr ich andere blockieren", None),
        ("andere blockiern", "blocking"),
        ("Darf ich Kollegen abonnieren?", "networking"),
        ("darf ich meine kollegin abonieren", "networking"),
        ("likes", "likes"),
        ("Bikes", None),
        ("liks", None),
        ("Darf ich andere nicht blockieren?", None),
        ("Darf ich eine Uniform tragen?", None),
        ("Darf ich anderes blockieren und melden?", None),
        ("", None),
        ("?!", None),
    ],
)
def test_a_text_of_the_guide_is_found_despite_small_differences(
    known: KnownQuestions, message: str, topic: str | None
) -> None:
    found = known.matches(message, 0.85)
    assert [match.known.topic for match in found[:1]] == ([topic] if topic else [])


def test_the_same_words_are_as_similar_as_can_be(known: KnownQuestions) -> None:
    assert known.matches("blockieren, andere, darf ich", 0.85)[0].similarity == 1.0
    assert known.matches("darf ich andere blokieren", 0.85)[0].similarity < 1.0


def test_all_owners_of_the_same_text_are_named() -> None:
    twice = [KnownText("Privates Konto", "blocking", "blocking.a"), KnownText("privates konto", "likes", "likes.b")]
    found = KnownQuestions(twice, WORDS).matches("Privates Konto", 0.85)
    assert {match.known.topic for match in found} == {"blocking", "likes"}


def test_a_text_of_words_that_do_not_matter_is_still_compared() -> None:
    assert KnownQuestions([KnownText("Sie", "likes")], WORDS).matches("sie", 0.85)[0].known.topic == "likes"
