"""The passage ranking, and what circumstances change in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from lotse.nlu.ngrams import MessageFeatures
from lotse.nlu.passage_index import Entry, PassageIndex, PassageWeights

TEXTS = {
    "blocking.press": ["darf ich einen journalisten sperren", "presse blocken", "die zeitung aussperren"],
    "blocking.private": ["darf ich leute sperren", "jemanden blocken", "kontakte loeschen"],
    "likes.heart": ["darf ich herzen verteilen", "beitrag liken", "daumen hoch"],
}
FACETS = {"blocking.press": {"person": frozenset({"press"})}, "blocking.private": {"account": frozenset({"private"})}}


def sample(text: str, seed: int = 0) -> MessageFeatures:
    vector = np.random.default_rng(seed).normal(0, 1, 16).astype(np.float32)
    return MessageFeatures(text, text.split(), vector / np.linalg.norm(vector))


@pytest.fixture
def index() -> PassageIndex:
    made = PassageIndex(facet_match=0.06, facet_conflict=0.05)
    entries = [
        Entry(passage, sample(text, seed=3 * number + turn))
        for number, (passage, texts) in enumerate(TEXTS.items())
        for turn, text in enumerate(texts)
    ]
    entries.append(Entry("likes.heart", sample("ein herz ist zustimmung", seed=9), statement=True))
    made.fit(entries[::-1], FACETS)
    return made


def scores(index: PassageIndex, message: MessageFeatures, **named: str) -> dict[str, float]:
    return dict(index.rank(message, {facet: frozenset({value}) for facet, value in named.items()}, 10))


def test_the_passage_that_was_asked_for_is_first(index: PassageIndex) -> None:
    for number, (passage, texts) in enumerate(TEXTS.items()):
        for turn, text in enumerate(texts):
            ranking = index.rank(sample(text, seed=3 * number + turn), {}, 10)
            assert ranking[0][0] == passage
            assert [score for _, score in ranking] == sorted((score for _, score in ranking), reverse=True)


def test_the_ranking_is_as_long_as_asked(index: PassageIndex) -> None:
    assert len(index.rank(sample("sperren"), {}, 2)) == 2
    assert len(index.rank(sample("sperren"), {}, 99)) == 3


def test_a_shared_circumstance_helps_and_another_one_hurts(index: PassageIndex) -> None:
    message = sample("darf ich jemanden sperren", seed=50)
    plain = scores(index, message)
    press, colleague = scores(index, message, person="press"), scores(index, message, person="colleague")
    assert press["blocking.press"] - plain["blocking.press"] == pytest.approx(0.06, abs=2e-4)
    assert colleague["blocking.press"] - plain["blocking.press"] == pytest.approx(-0.05, abs=2e-4)
    for name in ("blocking.private", "likes.heart"):
        assert press[name] == colleague[name] == plain[name]


def test_a_stored_index_ranks_the_same(index: PassageIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = PassageIndex(facet_match=0.06, facet_conflict=0.05)
    loaded.load(tmp_path)
    assert (loaded.passages, loaded.facets) == (index.passages, index.facets)
    for message in (sample("presse sperren", seed=1), sample("nie gesehen", seed=60), sample("")):
        after, before = scores(loaded, message, person="press"), scores(index, message, person="press")
        assert list(after) == list(before)
        np.testing.assert_allclose(list(after.values()), list(before.values()), atol=2e-3)


def test_a_question_is_covered_by_several_entries_together(index: PassageIndex) -> None:
    column = list(asdict(PassageWeights())).index("coverage")
    row = index.passages.index("blocking.press")
    message = sample("presse und zeitung aussperren", seed=70)
    whole = index.similarities(message)[row, column]
    # “presse” stands in one entry and “zeitung aussperren” in another; neither is near the message by itself.
    assert whole > 0.6
    assert whole > max(index.similarities(message)[:, column][np.arange(len(index.passages)) != row])


def test_the_own_text_of_a_passage_counts_by_itself(index: PassageIndex) -> None:
    column = list(asdict(PassageWeights())).index("statement_meaning")
    found = index.similarities(sample("ein herz ist zustimmung", seed=9))[:, column]
    assert found[index.passages.index("likes.heart")] == pytest.approx(1.0, abs=1e-5)
    # The others have no text of their own here.
    assert found[index.passages.index("blocking.press")] == 0.0


def test_the_weights_add_up_to_one() -> None:
    assert sum(asdict(PassageWeights()).values()) == pytest.approx(1.0)


def test_the_best_of_each_topic_are_picked_from_a_ranking() -> None:
    ranking = [("blocking.press", 0.9), ("blocking.private", 0.8), ("likes.heart", 0.7), ("blocking.critics", 0.6)]
    picked = PassageIndex().rank_within_topics(ranking, 1)
    assert picked == [("blocking.press", 0.9), ("likes.heart", 0.7)]
