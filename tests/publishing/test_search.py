"""What the search of the guide's pages finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content import load_guide
from lotse.content.folding import fold
from lotse.content.word_lists import load_search_words
from lotse.nlu import passage_ranker
from lotse.publishing.search import MAX_HITS, GuideSearch, Hit, searched_texts

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def german() -> GuideSearch:
    return GuideSearch(load_guide(DATA, "de"), load_search_words(DATA))


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("blockieren", "blocking"),
        ("blokieren", "blocking"),
        ("Nebentätigkeit mit Instagram", "secondary_employment"),
        ("WhatsApp", "messengers"),
        ("Diensthandy", "work_time_use"),
        # Words that the guide does not use.
        ("rausschmeißen", "consequences"),
        ("Kann man mich rausschmeissen?", "consequences"),
        ("gefeuert", "consequences"),
        ("Ehrenamt", "secondary_employment"),
    ],
)
def test_the_first_place_is_of_the_topic_that_is_meant(german: GuideSearch, query: str, topic: str) -> None:
    assert german.find(query)[0].topic.topic == topic


@pytest.mark.parametrize("query", ["Selfie", "Selfies posten"])
def test_a_selfie_is_a_picture(german: GuideSearch, query: str) -> None:
    first = german.find(query)[0]
    assert first.topic.topic == "event_photos"
    assert "Selfie" in first.title


def test_every_synonym_finds_a_place_in_each_of_its_languages() -> None:
    words = load_search_words(DATA)
    for language in ("de", "en"):
        search = GuideSearch(load_guide(DATA, language), words)
        for synonym in words.synonyms:
            for typed in synonym.typed if language in synonym.guide else ():
                assert fold(typed) == typed
                assert search.find(typed.rstrip("*")), typed


@pytest.mark.parametrize("query", ["", " ", "xyzzy qqq", "👍", "\x00"])
def test_what_the_guide_does_not_say_is_not_found(german: GuideSearch, query: str) -> None:
    assert not german.find(query)


def test_no_more_places_than_fit_one_page_are_found(german: GuideSearch) -> None:
    assert len(german.find("Darf ich als Beamtin privat in sozialen Medien etwas veröffentlichen?")) <= MAX_HITS


def test_passages_are_found_by_the_texts_of_the_assistants_own_index(monkeypatch: pytest.MonkeyPatch) -> None:
    guide = load_guide(DATA, "de")
    monkeypatch.setattr(passage_ranker, "encode_remembering", lambda texts: [None] * len(texts))
    indexed = {(entry.passage, entry.sample.folded) for entry in passage_ranker.entries_of(guide)}
    searched = {
        (passage.id, fold(text))
        for topic, passages in guide.of_topic.items()
        for passage in passages
        for text in searched_texts(Hit(guide.topics[topic], passage))
    }
    # What people ask on with in a conversation is no search.
    follow_ups = {(name, fold(text)) for name, passage in guide.passages.items() for text in passage.follow_ups}
    assert follow_ups and searched == indexed - follow_ups


def test_english_words_find_the_english_guide() -> None:
    assert GuideSearch(load_guide(DATA, "en")).find("block my boss")[0].topic.topic == "blocking"
