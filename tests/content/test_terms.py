"""One word for one thing: the list of terms is kept in the guide, the help and what is said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content.loading import examine_guide, parse
from lotse.content.terms import Term, TermList, check_terms
from lotse.content.yaml_source import parse_yaml, read_yaml

DATA = Path(__file__).parents[2] / "data"
TERMS = parse(DATA / "guide" / "terms.yml", TermList)[1].terms
FILES = sorted(
    [*DATA.glob("guide/??/*.yml"), *DATA.glob("wording/??.yml"), *DATA.glob("help/??.yml")], key=lambda path: str(path)
)


def language_of(path: Path) -> str:
    return path.parent.name if path.parent.parent.name == "guide" else path.stem


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
