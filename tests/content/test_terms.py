"""One word for one thing: the list of terms is kept in the guide, the help and what is said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content.loading import examine_guide, parse
from lotse.content.terms import Term, TermList, check_terms
from lotse.content.yaml_source import parse_yaml, read_yaml

DATA = Path(__file__).parents[2] / "data"
TERMS = parse(DATA / "guide" / "terms.yml", TermList)[1].terms
KINDS = ("guide/??/*.yml", "guide/norms.yml", "checks/*.yml", "checks/??/*.yml", "wording/??.yml", "help/??.yml")
FILES = sorted((path for kind in KINDS for path in DATA.glob(kind)), key=str)


def language_of(path: Path) -> str:
    return next((name for name in (path.parent.name, path.stem) if name in ("de", "en")), "de")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_uses_a_word_that_is_replaced(path: Path) -> None:
    assert [str(problem) for problem in check_terms(read_yaml(path), language_of(path), TERMS)] == []


def test_every_term_has_a_word_that_is_not_used_or_one_in_both_languages() -> None:
    for name, term in TERMS.items():
        assert term.en or term.not_de, name
        for language in ("de", "en"):
            # A term must not be among the words that another one replaces.
            avoided = {word.casefold() for other in TERMS.values() for word in other.avoided(language)}
            assert term.preferred(language).casefold() not in avoided, name


def test_a_replaced_word_is_named_with_its_line_except_in_questions() -> None:
    text = "short: Das Impressum.\nwhy:\n  text: An Imprint is\n    needed, no imprints.\nquestions: [imprint?]\n"
    terms = {"notice": Term(de="Impressum", en="legal notice", not_en=["imprint"], why=None)}
    found = list(check_terms(parse_yaml(Path("x.yml"), text), "en", terms))
    assert [(problem.line, problem.field, problem.severity) for problem in found] == [(3, "why.text", "warning")]
    assert "legal notice" in found[0].message + found[0].remedy
    assert list(check_terms(parse_yaml(Path("x.yml"), text), "de", terms)) == []


def test_words_are_found_across_a_line_break() -> None:
    terms = {"hr": Term(de="Personalstelle", en="HR office", not_en=["HR department"], why=None)}
    found = list(check_terms(parse_yaml(Path("x.yml"), "short: >-\n  ask the HR\n  department\n"), "en", terms))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sie treten für die freiheitliche demokratische Grundordnung ein.", 0),
        ("Treue zur freiheitlichen  demokratischen Grundordnung", 0),
        ("Sie bekämpfen die demokratische Grundordnung.", 1),
        ("Die freiheitliche demokratische Grundordnung, kurz: Grundordnung", 1),
        ("Eine Grundordnungsfrage", 0),
    ],
)
def test_a_part_of_a_term_stands_only_inside_the_whole(text: str, found: int) -> None:
    order = "freiheitliche demokratische Grundordnung"
    terms = {"order": Term(de=order, en=None, part_de=["Grundordnung"], why=None)}
    file = parse_yaml(Path("x.yml"), f"short: >-\n  {text}\nquestions: [Was ist die Grundordnung?]\n")
    problems = list(check_terms(file, "de", terms))
    assert len(problems) == found
    assert all(order in problem.message and problem.field == "short" for problem in problems)
    assert list(check_terms(file, "en", terms)) == []


def test_a_gloss_in_brackets_is_no_part_of_the_whole_term() -> None:
    loyalty = Term(
        de="Treuepflicht",
        en="duty of loyalty to the constitution (Treuepflicht)",
        part_en=["duty of loyalty"],
        why=None,
    )
    text = "short: Your duty of loyalty to the constitution, the simple duty of loyalty to the constitution (x).\n"
    assert list(check_terms(parse_yaml(Path("x.yml"), text), "en", {"loyalty": loyalty})) == []
    short = text.replace(" to the constitution", "", 1)
    assert len(list(check_terms(parse_yaml(Path("x.yml"), short), "en", {"loyalty": loyalty}))) == 1


@pytest.mark.parametrize(("language", "word"), [("en", "imprint"), ("de", "Schweigepflicht")])
def test_checking_the_content_warns_of_a_replaced_word(content: Path, language: str, word: str) -> None:
    path = content / "guide" / language / "blocking.yml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("short: "))
    path.write_text(text.replace(line, f"short: >-\n  {word}. {line.removeprefix('short: ').strip('>-')}", 1), "utf-8")
    found = [problem for problem in examine_guide(content, language)[1] if word.casefold() in problem.message]
    assert [(problem.severity, problem.field) for problem in found] == [("warning", "short")]


def test_content_without_the_list_loads(content: Path) -> None:
    (content / "guide" / "terms.yml").unlink()
    assert examine_guide(content)[0] is not None
