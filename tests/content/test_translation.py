"""The English edition: what it takes from the German guide, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lotse.content import ContentError, load_guide
from lotse.content.loading import examine_guide

DATA = Path(__file__).parents[2] / "data"


def change(content: Path, old: str, new: str, topic: str = "blocking") -> None:
    path = content / "guide" / "en" / f"{topic}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(content: Path) -> list[str]:
    return [str(problem) for problem in examine_guide(content, "en")[1]]


def test_rules_citations_and_dates_are_the_german_ones() -> None:
    german, english = load_guide(DATA), load_guide(DATA, "en")
    assert list(german.topics) == list(english.topics)
    for name, passage in english.passages.items():
        original = german.passages[name]
        assert passage.text != original.text, name
        assert (passage.cites, passage.facets, passage.verdict, passage.review_by) == (
            original.cites,
            original.facets,
            original.verdict,
            original.review_by,
        )
        assert {status: text.cites for status, text in passage.by_status.items()} == {
            status: text.cites for status, text in original.by_status.items()
        }


def test_a_missing_passage_and_an_unknown_one_are_named_with_their_place(content: Path) -> None:
    change(content, "  blocking.press:", "  blocking.pres:")
    found = problems(content)
    assert any("blocking.yml" in line and "Die Passage „blocking.press“ ist nicht übersetzt." in line for line in found)
    assert any("Die Passage „blocking.pres“ gibt es auf Deutsch nicht." in line for line in found)
    with pytest.raises(ContentError):
        load_guide(content, "en")


def test_a_translation_older_than_the_german_text_is_a_warning(content: Path) -> None:
    change(content, "translated: 2026-11-30", "translated: 2026-01-01")
    assert any(line.startswith("Warnung: ") and "wurde später geprüft" in line for line in problems(content))


def test_an_untranslated_topic_is_a_warning_and_stays_german(content: Path) -> None:
    (content / "guide" / "en" / "likes.yml").unlink()
    assert any("Das Thema „likes“ ist nicht übersetzt" in line for line in problems(content))
    guide = load_guide(content, "en")
    assert guide.topics["likes"].title == load_guide(content).topics["likes"].title
    assert {passage.language for passage in guide.of_topic["likes"]} == {"de"}
    assert {passage.language for passage in guide.of_topic["blocking"]} == {"en"}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("examples", "Anzahl der Beispiele: hier 3, auf Deutsch 4."),
        ("samples", "Anzahl der Sätze in `samples`: hier 1, auf Deutsch"),
        ("short", "`short` fehlt; die deutsche Passage hat es."),
        ("by_status", "Die Zusätze nach Status sind andere als auf Deutsch."),
    ],
)
def test_parts_that_do_not_match_are_refused(content: Path, field: str, message: str) -> None:
    path = content / "guide" / "en" / "blocking.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if field == "examples":
        data["examples"].pop()
    elif field == "samples":
        del data["samples"][1:]
    elif field == "short":
        data["passages"]["blocking.press"].pop("short")
    else:
        data["passages"]["blocking.unfollow_is_enough"].pop("by_status")
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert any(message in line for line in problems(content))


def test_a_plain_version_in_one_language_only_is_named_with_its_place(content: Path) -> None:
    change(
        content,
        "  blocking.label_does_not_help:\n",
        "  blocking.label_does_not_help:\n    plain: This is plain. It says what holds for you.\n",
    )
    found = [line for line in problems(content) if "label_does_not_help.plain" in line]
    assert len(found) == 1
    assert "`plain` steht nur in einer der beiden Sprachen." in found[0]


def test_plain_versions_are_the_languages_own() -> None:
    german, english = load_guide(DATA), load_guide(DATA, "en")
    for name, passage in german.passages.items():
        assert (passage.plain is None) == (english.passages[name].plain is None), name
        assert passage.plain is None or passage.plain != english.passages[name].plain, name
