"""The search baseline over the real guide, and what a stock assistant makes of a parse."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content import Guide, load_guide
from lotse.evaluation.baselines import PassageSearch, reply_of_parse
from lotse.evaluation.questions import LabelledQuestion
from lotse.evaluation.stock_rasa import Parse, nlu_digest, read_examples

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide(DATA)


@pytest.fixture(scope="module")
def search(guide: Guide) -> PassageSearch:
    return PassageSearch(guide, with_questions=True)


def test_every_passage_text_finds_its_topic(guide: Guide, search: PassageSearch) -> None:
    found = [search.ask(passage.text).topic == passage.topic for passage in guide.passages.values()]
    assert sum(found) > 0.95 * len(found)


def test_indexed_questions_find_their_topic_more_often(guide: Guide, search: PassageSearch) -> None:
    asked = [(passage.questions[0], passage.topic) for passage in guide.passages.values()]

    def right(system: PassageSearch) -> int:
        return sum(system.ask(question).topic == topic for question, topic in asked)

    assert right(search) > right(PassageSearch(guide, with_questions=False))


@pytest.mark.parametrize("text", ["", "und die der das", "Xyzzyx 🙂", "\x00"])
def test_no_known_word_is_refused(search: PassageSearch, text: str) -> None:
    assert search.ask(text).outcome == "refused"


def test_words_are_stemmed_so_that_forms_meet(search: PassageSearch) -> None:
    words = search.words
    assert words("Die Behörden und ihre Konten") == words("der Behörde ihr Konten") == ["behord", "kont"]


def test_the_threshold_makes_it_refuse_what_is_outside(guide: Guide) -> None:
    search = PassageSearch(guide, True)
    inside = next(iter(guide.passages.values()))
    dev = [
        LabelledQuestion(text=inside.text, topic=inside.topic),
        LabelledQuestion(text="Wann öffnet das Schwimmbad am Sonntag?", topic="out_of_scope"),
    ]
    search.choose_threshold(dev)
    assert [search.ask(question.text).outcome for question in dev] == ["answered", "refused"]


@pytest.mark.parametrize(
    ("intent", "outcome", "topic"),
    [
        ("ask_likes", "answered", "likes"),
        ("greet", "smalltalk", None),
        ("out_of_scope", "refused", None),
        ("nlu_fallback", "refused", None),
    ],
)
def test_a_stock_parse_becomes_a_reply(intent: str, outcome: str, topic: str | None) -> None:
    reply = reply_of_parse(Parse(intent, (("ask_likes", 0.6),), 0.002))
    assert (reply.outcome, reply.topic, reply.probability, reply.milliseconds) == (outcome, topic, 0.6, 2.0)


def test_examples_are_read_by_intent_and_without_a_writer() -> None:
    everything, without = read_examples(DATA / "nlu"), read_examples(DATA / "nlu", frozenset({"author_a"}))
    assert "ask_blocking" in everything and 0 < len(without["ask_blocking"]) < len(everything["ask_blocking"])


def test_the_digest_changes_with_the_messages(tmp_path: Path) -> None:
    file = tmp_path / "likes.yml"
    file.write_text("nlu: []", encoding="utf-8")
    before = nlu_digest(tmp_path)
    file.write_text("nlu: [1]", encoding="utf-8")
    assert nlu_digest(tmp_path) != before
