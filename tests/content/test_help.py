"""The help for people in need loads, is complete in every language, and a broken file says file, line and field."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from lotse.content import ContentError, Problem, languages, load_guide, load_need_examples
from lotse.content.help import KINDS, NO_NEED, HelpFile
from lotse.content.loading import examine_guide, parse

DATA = Path(__file__).parents[2] / "data"
MOST_SENTENCES = 4
INFORMAL = re.compile(r"\b(?:du|dich|dir|dein\w*|deine\w*)\b", re.IGNORECASE)
# When the files were last compared with their sources.
TODAY = date(2026, 11, 30)


def edit(content: Path, name: str, pattern: str, replacement: str) -> int:
    """Replace the first match in a file of `help`; returns the line on which it is."""
    path = content / "help" / name
    text = path.read_text(encoding="utf-8")
    match = re.search(pattern, text)
    assert match, f"{name} holds no {pattern}"
    path.write_text(text[: match.start()] + match.expand(replacement) + text[match.end() :], encoding="utf-8")
    return text.count("\n", 0, match.start()) + 1


def problems(content: Path, language: str = "de") -> list[Problem]:
    return examine_guide(content, language, TODAY)[1]


@pytest.mark.parametrize("language", languages(DATA))
def test_every_kind_has_help_in_every_language(language: str) -> None:
    guide = load_guide(DATA, language)
    assert set(guide.help) == set(KINDS)
    for kind, own in guide.help.items():
        assert own.kind == kind
        assert 2 <= len(re.findall(r"[.!?:](?:\s|$)", own.text)) <= MOST_SENTENCES + 1, own.text
        assert not INFORMAL.search(own.text) or language != "de"
        assert all(name in guide.contacts for name in (*own.offices, *own.never))
        assert set(own.offices) & own.never == set()
        assert all(line.phone for line in own.lines)


def test_english_texts_are_not_the_german_ones() -> None:
    german, english = load_guide(DATA).help, load_guide(DATA, "en").help
    for kind in KINDS:
        assert german[kind].text != english[kind].text
        for ours, theirs in zip(german[kind].lines, english[kind].lines, strict=True):
            assert (ours.phone, ours.other_phones, ours.url) == (theirs.phone, theirs.other_phones, theirs.url)
            assert ours.purpose != theirs.purpose


def test_whoever_may_be_the_reason_is_not_proposed() -> None:
    helps = load_guide(DATA).help
    assert all("superior" in helps[kind].never for kind in KINDS if kind != "panic")
    assert all("superior" not in helps[kind].offices for kind in KINDS)


def test_every_number_has_been_checked_at_a_source() -> None:
    for name, line in parse(DATA / "help" / "de.yml", HelpFile)[1].lines.items():
        assert line.source.startswith("http"), name
        assert line.review_by - line.checked <= timedelta(days=366), name


@pytest.mark.parametrize(
    ("pattern", "replacement", "field", "message"),
    [
        (r'phone: "112"', 'phone: "eins eins zwei"', "lines.emergency.phone", "Telefonnummer"),
        (
            r'other_phones: \["0800 111 0 222"',
            'other_phones: ["siehe Webseite"',
            "lines.*other_phones.0",
            "Telefonnummer",
        ),
        (r"    source: .*\n", "", "lines.telephone_counselling", "fehlt"),
        (r"    checked: .*\n", "", "lines.telephone_counselling", "fehlt"),
        (r"    review_by: .*\n", "", "lines.telephone_counselling", "fehlt"),
        (r"checked: \S+", "checked: 28.11.2026", "lines.telephone_counselling.checked", "kein Datum"),
        (r"checked: \S+", "checked: 2026-12-24", "lines.telephone_counselling.checked", "in der Zukunft"),
        (r"review_by: \S+", "review_by: 2026-01-01", "lines.telephone_counselling", "später"),
        (r"basis: secondary", "basis: vermutet", "lines.telephone_counselling.basis", "nicht"),
        (r"source: .*", "source: Telefonbuch", "lines.telephone_counselling.source", "Internetadresse"),
        (
            r"    lines: \[telephone_counselling",
            "    lines: [telefonseelsorge",
            "kinds.crisis.lines.0",
            "gibt es nicht",
        ),
        (r"topics: \[blocking\]", "topics: [blocken]", "kinds.*topics.0", "Thema"),
        (r"topic: likes", "topic: folgen", "kinds.panic.topic", "Thema"),
        (r"  panic:\n", "  panik:\n", "kinds.panik", "gibt es hier nicht"),
        (r"    text: >-\n(?:      .*\n)+", "    text: Hilfe.\n", "kinds.crisis.text", "zu kurz"),
    ],
)
def test_a_wrong_field_is_named(content: Path, pattern: str, replacement: str, field: str, message: str) -> None:
    line = edit(content, "de.yml", pattern, replacement)
    found = [item for item in problems(content) if re.match(field.replace("*", ".*"), item.field)]
    errors = [item for item in found if item.severity == "error" and message in item.message]
    assert errors, [str(item) for item in problems(content)]
    assert errors[0].file == content / "help" / "de.yml"
    assert errors[0].line == line or "fehlt" in message or field == "lines.telephone_counselling"
    with pytest.raises(ContentError):
        load_guide(content, today=TODAY)


def test_an_office_that_the_authority_lacks_is_a_warning(content: Path) -> None:
    """Contact points are the authority's own: an update that names a new one must not stop the assistant."""
    edit(content, "de.yml", r"offices: \[social_counselling", "offices: [sozialberatung")
    (found,) = [item for item in problems(content) if "sozialberatung" in item.message]
    assert (found.severity, found.field) == ("warning", "kinds.crisis.offices.0")
    assert load_guide(content, today=TODAY).help["crisis"].offices[0] == "sozialberatung"


def test_a_number_that_is_due_is_a_warning(content: Path) -> None:
    due = [item for item in examine_guide(content, today=date(2029, 1, 1))[1] if item.file.name == "de.yml"]
    assert due and {item.severity for item in due} == {"warning"}
    assert all(item.field.endswith("review_by") and "neu zu prüfen" in item.message for item in due)


def test_a_line_that_nobody_names_is_a_warning(content: Path) -> None:
    edit(content, "de.yml", r"lines: \[telephone_counselling, emergency, doctor\]", "lines: [telephone_counselling]")
    assert {item.field for item in problems(content)} == {"lines.emergency", "lines.doctor"}


@pytest.mark.parametrize(
    ("pattern", "replacement", "field"),
    [
        (r"  doctor:\n(?:    .*\n)+", "", "lines"),
        (r"  doctor:\n", "  arzt:\n", "lines.arzt"),
        (r'    hours: "day and night"\n', "", "lines.telephone_counselling.hours"),
        (r"  panic:\n(?:    .*\n)(?:      .*\n)+", "", "kinds"),
        (r"    told_anew: >-\n      .*\n", "", "kinds.violence.told_anew"),
        (r"    afterwards: >-\n      .*\n", "", "kinds.crisis.afterwards"),
    ],
)
def test_a_wrong_translation_is_named(content: Path, pattern: str, replacement: str, field: str) -> None:
    edit(content, "en.yml", pattern, replacement)
    found = [item for item in problems(content, "en") if item.field.startswith(field)]
    assert found and all(item.file == content / "help" / "en.yml" for item in found)
    assert problems(content) == []


def test_a_language_without_help_of_its_own_gets_the_german_one(content: Path) -> None:
    (content / "help" / "en.yml").unlink()
    assert load_guide(content, "en", TODAY).help["crisis"].text == load_guide(content, today=TODAY).help["crisis"].text


def test_without_the_file_nothing_starts(content: Path) -> None:
    (content / "help" / "de.yml").unlink()
    assert [item.message for item in problems(content)] == ["Die Datei fehlt."]


def test_the_examples_are_many_and_distinct() -> None:
    examples = load_need_examples(DATA).by_kind
    assert set(examples) == {*KINDS, NO_NEED}
    assert all(len(examples[kind]) >= 60 for kind in KINDS)
    assert len(examples[NO_NEED]) >= 150


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "field", "message"),
    [
        ("crisis.yml", r"kind: crisis", "kind: kummer", "kind", "gibt es hier nicht"),
        ("crisis.yml", r"kind: crisis", "kind: panic", "kind", "anderem Namen"),
        ("crisis.yml", r"(  - .*\n)", r"\1\1", "examples", "zweimal"),
        ("none.yml", r"examples:\n", 'examples:\n  - "ich kann nicht mehr"\n', "examples.0", "crisis.yml"),
        ("none.yml", r"in_conversation:\n(  - .*\n)", r"in_conversation:\n\1\1", "in_conversation", "zweimal"),
        ("none.yml", r"examples:\n(?:  - .*\n)+", 'examples: ["ein Satz"]\n', "examples", "Zu wenige"),
    ],
)
def test_wrong_examples_are_named(
    content: Path, name: str, pattern: str, replacement: str, field: str, message: str
) -> None:
    edit(content, f"examples/{name}", pattern, replacement)
    with pytest.raises(ContentError) as caught:
        load_need_examples(content)
    found = [item for item in caught.value.problems if item.field == field and message in item.message]
    assert found, str(caught.value)
    assert found[0].file == content / "help" / "examples" / name


def test_a_kind_without_examples_is_named(content: Path) -> None:
    (content / "help" / "examples" / "panic.yml").unlink()
    with pytest.raises(ContentError, match="panic"):
        load_need_examples(content)
