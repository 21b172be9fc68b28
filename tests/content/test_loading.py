"""The guide loads, and a broken one says file, line and field of every problem."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotse.content import ContentError, Problem, load_guide
from lotse.content.loading import examine_guide, parse
from lotse.content.model import Topic
from lotse.content.sentences import sentences
from lotse.content.vocabulary import load_facets

DATA = Path(__file__).parents[2] / "data"
TOPIC = "guide/de/blocking.yml"
NO_PASSAGE = "Die Passage „blocking.gone“ gibt es in dieser Datei nicht."
OFFICE = r"(press_office:\n.*\n.*\n)"


def edit(path: Path, pattern: str, replacement: str, after: str = "passages:") -> int:
    """Replace the first match behind a marker; returns the line on which it is."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n{after}") if after else 0
    match = re.compile(pattern).search(text, start)
    assert match, f"{path.name} holds no {pattern}"
    path.write_text(text[: match.start()] + match.expand(replacement) + text[match.end() :], encoding="utf-8")
    return text.count("\n", 0, match.start()) + 1


def errors(content: Path) -> list[Problem]:
    with pytest.raises(ContentError) as caught:
        load_guide(content)
    assert all(str(problem.file) in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_the_real_guide_has_no_errors() -> None:
    guide, problems = examine_guide(DATA)
    assert guide is not None
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert len(guide.topics) >= 19
    assert set(load_facets(DATA)) == set(guide.facets) >= {"status", "platform", "person", "account", "content"}


@pytest.mark.parametrize(
    ("pattern", "replacement", "field", "message"),
    [
        (r"source: \w+", "source: no_such", r"passages\.0\.cites\.0\.source", "Die Quelle „no_such“ gibt es nicht."),
        (
            r"section: \w+",
            "section: no_such",
            r"passages\.0\.cites\.0\.section",
            "„tum_guide“ hat keinen Abschnitt „no_such“.",
        ),
        (
            r"norm: \w+",
            "norm: no_such",
            r"passages\.\d+\.(by_status\.\w+\.)?cites\.\d+\.norm",
            "Die Norm „no_such“ gibt es nicht.",
        ),
        (
            r"account: private",
            "account: privat",
            r"passages\.\d+\.facets\.account",
            "„account“ kennt den Wert „privat“ nicht.",
        ),
        (
            r"facets: \{account:",
            "facets: {konto:",
            r"passages\.\d+\.facets\.konto",
            "Die Facette „konto“ gibt es nicht.",
        ),
        (r"reviewed: \S+", "reviewed: 23.11.2026", r"passages\.0\.reviewed", "Das ist kein Datum."),
        (r"reviewed: \S+", "reviewed: 2199-01-01\n    certainty: settled", r"passages\.0(\.reviewed)?", "später"),
        (r"    title: (.*)", r"    titel: \1", r"passages\.0\.titel", "Dieses Feld gibt es hier nicht."),
        (r"(    title: .*)", r"\1\n\1", r"passages\.0\.title", "zum zweiten Mal"),
        (r"review_by: \S+", "review_by: 2000-01-01", r"passages\.0(\.review_by|\.__root__)?", "später"),
    ],
)
def test_a_wrong_field_is_named(content: Path, pattern: str, replacement: str, field: str, message: str) -> None:
    path = content / TOPIC
    line = edit(path, pattern, replacement)
    found = [problem for problem in errors(content) if re.fullmatch(field, problem.field)]
    assert found, "the field is not named"
    assert found[0].file == path
    assert message in found[0].message
    if "__root__" not in field and "(" not in field:
        # A doubled key is named where it stands the second time.
        assert found[0].line == line + (message == "zum zweiten Mal")


def test_an_impossible_date_is_named(content: Path) -> None:
    line = edit(content / TOPIC, r"reviewed: \S+", "reviewed: 2026-02-31")
    (problem,) = errors(content)
    assert problem.file == content / TOPIC
    assert problem.message.startswith(f"„2026-02-31“ in Zeile {line} lässt sich nicht lesen")
    assert problem.line == line


def test_a_missing_review_date_is_named(content: Path) -> None:
    path = content / TOPIC
    edit(path, r"    review_by: .*\n", "")
    (problem,) = errors(content)
    first = path.read_text(encoding="utf-8").splitlines().index("passages:") + 2
    assert (problem.file, problem.line, problem.field) == (path, first, "passages.0.review_by")
    assert (problem.message, problem.remedy) == ("Das Feld fehlt.", "Feld ergänzen")


def test_an_id_used_twice_is_named(content: Path) -> None:
    path = content / TOPIC
    ids = re.findall(r"- id: (\S+)", path.read_text(encoding="utf-8"))
    line = edit(path, f"- id: {re.escape(ids[1])}\n", f"- id: {ids[0]}\n")
    found = [problem for problem in errors(content) if problem.field == "passages.1.id"]
    assert found[0].line == line
    assert ids[0] in found[0].message


def test_an_id_used_in_two_files_is_named(content: Path) -> None:
    path = content / "guide/de/likes.yml"
    line = edit(path, r"- id: \S+", "- id: blocking.private_account")
    found = [problem for problem in errors(content) if problem.file == path and problem.field == "passages.0.id"]
    assert found
    assert {problem.line for problem in found} == {line}


def test_a_key_used_twice_at_the_top_is_named(content: Path) -> None:
    path = content / TOPIC
    line = edit(path, r"verdict: (\w+)", r"verdict: \1\nverdict: \1", after="title:")
    (problem,) = errors(content)
    assert (problem.file, problem.field, problem.line) == (path, "verdict", line + 1)


def test_a_file_that_is_not_utf8_is_named(content: Path) -> None:
    path = content / TOPIC
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", errors="replace"))
    (problem,) = errors(content)
    assert problem.file == path
    assert "UTF-8" in problem.message


def test_a_missing_registry_is_named(content: Path) -> None:
    (content / "guide/sources.yml").unlink()
    (problem,) = errors(content)
    assert problem.file == content / "guide/sources.yml"
    assert problem.message == "Die Datei fehlt."


def test_no_topic_at_all_is_an_error(content: Path) -> None:
    shutil.rmtree(content / "guide/de")
    (problem,) = errors(content)
    assert problem.message == "In diesem Ordner steht kein Thema."


@pytest.mark.parametrize(
    ("pattern", "replacement", "field", "message"),
    [
        (r"rests_on: \[[\w.]+", "rests_on: [blocking.gone", "rests_on.0", NO_PASSAGE),
        (r"related: \[\w+", "related: [gone", "related.0", "Das Thema „gone“ gibt es nicht."),
        (r"related: \[\w+", "related: [blocking", "related.0", "Das Thema nennt sich selbst."),
        (r"contacts: \[\w+", "contacts: [gone", "contacts.0", "Die Stelle „gone“ gibt es nicht."),
        (r"    passage: \S+", "    passage: blocking.gone", "steps.0.passage", NO_PASSAGE),
        (r"(?<=verdict: allowed\n)    passage: \S+", "    passage: blocking.gone", "examples.0.passage", NO_PASSAGE),
        (
            r"(?<=\w\.\n)    passage: (?=blocking\.)\S+\n  - occasion",
            "    passage: blocking.gone\n  - occasion",
            "samples.0.passage",
            NO_PASSAGE,
        ),
    ],
)
def test_a_reference_to_nothing_is_named(
    content: Path, pattern: str, replacement: str, field: str, message: str
) -> None:
    path = content / TOPIC
    line = edit(path, pattern, replacement, after="")
    (problem,) = errors(content)
    assert (problem.file, problem.line, problem.field, problem.message) == (path, line, field, message)


def test_a_verdict_depends_on_values_that_exist_only(content: Path) -> None:
    path = content / TOPIC
    edit(path, r"account: \[official", "account: [gone", after="verdict_unless")
    (problem,) = errors(content)
    assert (problem.file, problem.field) == (path, "verdict_unless.account")
    assert "gone" in problem.message


def test_what_the_short_answer_rests_on_is_for_everybody(content: Path) -> None:
    path = content / TOPIC
    edit(path, r"facets: \{account: private\}", "facets: {account: private}\n    only_for: {status: soldaten}")
    (problem,) = errors(content)
    assert (problem.file, problem.field) == (path, "rests_on.0")
    assert "blocking.private_account" in problem.message


def test_a_form_beside_a_value_that_does_not_exist_is_named(content: Path) -> None:
    path = content / "vocabulary" / "account.yml"
    edit(path, r"<platform=facebook\|", "<platform=facebok|", after="")
    found = errors(content)
    assert {(problem.file, problem.message) for problem in found} == {
        (path, "Die Facette „platform“ kennt den Wert „facebok“ nicht.")
    }


def test_a_value_taken_for_granted_must_exist(content: Path) -> None:
    path = content / "vocabulary" / "account.yml"
    edit(path, r"value: private", "value: privat", after="")
    (problem,) = errors(content)
    assert problem.file == path
    assert "`assumed` muss einer der Werte sein." in problem.message


LINK = "https://teams.microsoft.com/l/channel"


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ("19:presse@thread.tacv2", "19:presse@thread.tacv2"),
        ("19:0123456789abcdef_-@thread.skype", "19:0123456789abcdef_-@thread.skype"),
        (f"{LINK}/19%3Apresse%40thread.tacv2/A%20%26%20B?groupId=1&tenantId=2", "19:presse@thread.tacv2"),
        (f"{LINK}/19:presse@thread.tacv2/Fragen?groupId=1", "19:presse@thread.tacv2"),
    ],
)
def test_a_channel_of_an_office_is_given_by_its_link_or_id(content: Path, given: str, channel: str) -> None:
    edit(content / "house/contacts.yml", OFFICE, rf'\1    teams_channel: "{given}"\n', after="contacts:")
    for language in ("de", "en"):
        assert load_guide(content, language).contacts["press_office"].teams_channel == channel


@pytest.mark.parametrize("given", ["Presse", "presse@example.org", f"{LINK[:-8]}/chat/0", "19:a@thread.tacv2;x", "19:"])
def test_what_is_no_channel_is_named(content: Path, given: str) -> None:
    path = content / "house/contacts.yml"
    edit(path, OFFICE, rf'\1    teams_channel: "{given}"\n', after="contacts:")
    (problem,) = errors(content)
    assert (problem.file, problem.field) == (path, "contacts.press_office.teams_channel")
    assert path.read_text(encoding="utf-8").splitlines()[problem.line - 1].strip().startswith("teams_channel")
    assert "„Link zum Kanal abrufen“" in problem.message


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("null", None),
        ("https://lotse.example.org/chat", "https://lotse.example.org/chat/"),
        ("https://lotse.example.org/chat/", "https://lotse.example.org/chat/"),
    ],
)
def test_the_address_of_the_web_chat_is_that_of_the_house(content: Path, given: str, address: str | None) -> None:
    (content / "house/chat.yml").write_text(f"address: {given}\n", encoding="utf-8")
    for language in ("de", "en"):
        assert load_guide(content, language).chat_address == address


def test_without_a_file_the_address_of_the_web_chat_is_unknown(content: Path) -> None:
    (content / "house/chat.yml").unlink()
    assert load_guide(content).chat_address is None


def test_what_is_no_address_of_the_web_chat_is_named(content: Path) -> None:
    (content / "house/chat.yml").write_text("# Unsere Adresse\naddress: lotse.example.org\n", encoding="utf-8")
    (problem,) = errors(content)
    assert (problem.file.name, problem.line, problem.field) == ("chat.yml", 2, "address")


def test_every_problem_of_every_file_is_reported_at_once(content: Path) -> None:
    edit(content / TOPIC, r"    review_by: .*\n", "")
    edit(content / "guide/de/likes.yml", r"    review_by: .*\n", "")
    assert {problem.file.stem for problem in errors(content)} == {"blocking", "likes"}


def test_an_overdue_review_is_a_warning_and_loads(content: Path) -> None:
    path = content / TOPIC
    edit(path, r"reviewed: \S+", "reviewed: 2020-01-01")
    line = edit(path, r"review_by: \S+", "review_by: 2020-06-01")
    assert load_guide(content).passages["blocking.private_account"].review_by == date(2020, 6, 1)
    _, problems = examine_guide(content)
    due = [problem for problem in problems if problem.field == "passages.0.review_by" and problem.file == path]
    assert [(problem.severity, problem.line) for problem in due] == [("warning", line)]
    assert due[0].message == "Die Prüfung war am 01.06.2020 fällig."


def test_years_later_every_passage_is_overdue_but_loads() -> None:
    guide = load_guide(DATA, today=date(2099, 1, 1))
    _, problems = examine_guide(DATA, today=date(2099, 1, 1))
    overdue = [p for p in problems if p.field.startswith("passages.") and p.field.endswith("review_by")]
    assert len(overdue) == len(guide.passages)
    assert {problem.severity for problem in overdue} == {"warning"}


def test_sentences_leave_legal_abbreviations_whole() -> None:
    assert len(sentences("Das steht in § 33 Abs. 1 S. 2 BeamtStG, z. B. Fotos. Es gilt für alle.")) == 2


@pytest.mark.parametrize("key", ["1", "no", "2026-01-01", "null"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_a_key_that_is_no_word_is_an_error(content: Path, key: str, indent: str) -> None:
    path = content / TOPIC
    if indent:
        edit(path, r"(    title: .*)", rf"\1\n{indent}{key}: etwas")
    else:
        path.write_text(path.read_text(encoding="utf-8") + f"{key}: etwas\n", encoding="utf-8")
    assert errors(content)[0].file == path


def test_yaml_that_contains_itself_is_an_error(content: Path) -> None:
    (content / TOPIC).write_text("topic: &a [*a]\n", encoding="utf-8")
    assert errors(content)[0].file == content / TOPIC


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="ab:-[]{}'\"|>?!#,\n 12", max_size=60),
    )
)
def test_rubbish_is_a_content_error_and_nothing_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rubbish.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        parse(path, Topic)
    assert all(problem.file == path and problem.line >= 1 for problem in caught.value.problems)
