"""The plain versions: short sentences, easy words, and nothing an answer rests on left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotse.content import Guide, Passage, load_guide
from lotse.content.sentences import one_a_line
from lotse.content.yaml_source import parse_yaml
from tests.readability import lix

DATA = Path(__file__).parents[2] / "data"
# The upper ends of “easy” and “very easy” on the scale of LIX. Legal terms cannot always be avoided: easy is enough.
EASY, VERY_EASY = 40, 30


@pytest.fixture(scope="module", params=["de", "en"])
def guide(request: pytest.FixtureRequest) -> Guide:
    return load_guide(DATA, request.param)


def test_the_index_is_words_per_sentence_plus_the_share_of_long_words() -> None:
    assert lix("Das ist ein Satz.\nEs gibt Buchstaben.") == pytest.approx(3.5 + 100 / 7)


def test_each_sentence_becomes_a_line_however_it_was_written() -> None:
    written = "Das heißt so: Es ist  kurz. Nach Art. 5 GG\nist es frei. Ja!"
    assert one_a_line(written) == "Das heißt so: Es ist kurz.\nNach Art. 5 GG\nist es frei.\nJa!"


def test_an_empty_plain_version_is_none(guide: Guide) -> None:
    passage = next(iter(guide.passages.values()))
    assert Passage.parse_obj({**passage.dict(), "plain": None}).plain is None


def test_plain_versions_are_easy_and_easier_than_their_passages(guide: Guide) -> None:
    hard = {
        passage.id: (round(lix(passage.plain), 1), round(lix(passage.text), 1))
        for passage in guide.passages.values()
        if passage.plain and lix(passage.plain) > min(EASY, max(VERY_EASY, lix(passage.text)))
    }
    assert hard == {}


def test_the_rules_asked_most_have_a_plain_version(guide: Guide) -> None:
    """In every topic, and at least 60 in all."""
    plain = [passage.topic for passage in guide.passages.values() if passage.plain]
    assert set(plain) == set(guide.topics)
    assert len(plain) >= 60


def test_plain_versions_are_one_short_sentence_a_line(guide: Guide) -> None:
    lines = [(passage.id, line) for passage in guide.passages.values() for line in (passage.plain or "").splitlines()]
    assert [
        (name, line) for name, line in lines if one_a_line(line) != line or not line.endswith((".", "?", "!"))
    ] == []
    assert [(name, line) for name, line in lines if re.search(r"[();§]|\b(?:z\. B|bzw|ggf|e\.g|i\.e)\b", line)] == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_plain_versions_of_topics_are_one_short_sentence_a_line_in_the_files(language: str) -> None:
    """So that an editor sees the lines that are shown."""
    files = sorted((DATA / "guide" / language).glob("*.yml"))
    assert files
    folded = {}
    for path in files:
        written = str(parse_yaml(path, path.read_text(encoding="utf-8")).data["plain"])
        if one_a_line(written) != written or not all(line.endswith((".", "?", "!")) for line in written.splitlines()):
            folded[path.name] = written
    assert folded == {}
