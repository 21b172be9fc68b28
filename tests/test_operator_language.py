"""The language operators are spoken to: how it is chosen, and that the German catalogue says everything."""

from __future__ import annotations

import ast
import string
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from lotse.operator_language import N_, VARIABLE, Message, choose_language, day, take_option

SOURCE = Path(__file__).parents[1] / "src" / "lotse"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (SOURCE / "locale/de/LC_MESSAGES/lotse.po").open("rb") as file:
        return read_po(file, locale="de")


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Every English message of the code, and a file that says it."""
    found = extract_from_dir(str(SOURCE), method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {text[0] if isinstance(text, tuple) else text: file for file, _line, text, _notes, _context in found}


def texts(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """The German sentences by the English one; several if they depend on a number."""
    return {_forms(message.id)[0]: _forms(message.string) for message in catalog if message.id}


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "de"),
        ({"LANG": "C"}, "de"),
        ({"LANG": "C.UTF-8"}, "de"),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en-US"}, "en"),
        ({"LANG": "pl_PL.UTF-8"}, "en"),
        ({"LANG": "deu_DE"}, "en"),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "de"),
        ({"LANGUAGE": "fr:de:en", "LANG": "en_US.UTF-8"}, "de"),
        ({"LANGUAGE": "fr:it"}, "en"),
        ({"LANG": ":"}, "de"),
    ],
)
def test_the_environment_chooses_as_for_other_programs(environment: dict[str, str], language: str) -> None:
    assert choose_language(environment) == language


@given(st.text(), st.text())
def test_an_odd_environment_is_no_error(one: str, other: str) -> None:
    assert choose_language({"LANGUAGE": one, "LANG": other}) in ("de", "en")


@pytest.mark.parametrize(
    ("arguments", "value", "rest"),
    [
        (["check"], None, ["check"]),
        (["--lang", "en", "check"], "en", ["check"]),
        (["check", "--lang=de", "--strict"], "de", ["check", "--strict"]),
        (["--lang", "de", "check", "--lang", "en"], "en", ["check"]),
        (["check", "--lang"], None, ["check", "--lang"]),
        (["test", "--", "--lang", "en"], None, ["test", "--", "--lang", "en"]),
        (["ask", "--lang", "--", "x"], None, ["ask", "--lang", "--", "x"]),
        (["--lang=", "check"], "", ["check"]),
    ],
)
def test_the_option_may_stand_anywhere(arguments: list[str], value: str | None, rest: list[str]) -> None:
    assert take_option(arguments) == (value, rest)


def test_a_message_is_english_in_a_log_and_german_to_a_person() -> None:
    cause = Message(N_("The client secret is wrong."))
    message = Message(N_("Microsoft's login gives no token ({error}). {cause}"), {"error": "x {y}", "cause": cause})
    assert str(message) == "Microsoft's login gives no token (x {y}). The client secret is wrong."
    assert message.told() == "Microsofts Anmeldung gibt kein Token (x {y}). Das Client-Secret ist falsch."


def test_days_are_written_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert day(date(2026, 11, 3)) == "03.11.2026"
    monkeypatch.setenv(VARIABLE, "en")
    assert day(date(2026, 11, 3)) == "2026-11-03"


def test_every_message_has_its_german_sentence(german: Catalog, said: dict[str, str]) -> None:
    known = {name for name, sentences in texts(german).items() if all(sentences)}
    assert {text: file for text, file in said.items() if text not in known} == {}


def test_no_german_sentence_is_doubtful_or_out_of_use(german: Catalog, said: dict[str, str]) -> None:
    assert [message.id for message in german if message.id and message.fuzzy] == []
    assert list(german.obsolete) == []
    assert sorted(texts(german).keys() - said.keys()) == []


def test_both_sentences_have_the_same_places(german: Catalog) -> None:
    wrong = {
        name: sentences
        for name, sentences in texts(german).items()
        if any(places(sentence) != places(name) for sentence in sentences)
    }
    assert wrong == {}


def test_both_sentences_begin_and_end_with_the_same_space(german: Catalog) -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    found = {
        name: german_ones[0] for name, german_ones in texts(german).items() if edges(name) != edges(german_ones[0])
    }
    assert found == {}


def test_english_messages_have_no_german_letters_and_no_german_quotation_marks(said: dict[str, str]) -> None:
    assert [text for text in said if set(text) & set("äöüÄÖÜß„")] == []


def test_values_are_put_in_after_the_translation() -> None:
    """An f-string in ``_`` would be looked up with its values and never be found."""
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                wrong += [
                    (path.name, node.lineno) for part in node.args if isinstance(part, (ast.JoinedStr, ast.BinOp))
                ]
    assert wrong == []


def test_no_sentence_in_the_code_is_german() -> None:
    spoken = ("cli", "operations", "evaluation", "channels", "guide")
    german = {"der", "das", "und", "nicht", "ist", "sind", "wird", "fehlt", "mit", "oder", "kein", "keine", "prüfen"}
    found = []
    for path in sorted(path for part in spoken for path in (SOURCE / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # A docstring may quote German.
            parts = [child for child in ast.iter_child_nodes(node) if not isinstance(node, ast.Expr)]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and german & set(part.value.split()):
                    found.append((path.name, part.lineno, part.value))
    assert found == []
