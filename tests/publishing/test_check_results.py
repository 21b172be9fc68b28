"""A guided check without JavaScript: its questions as forms, its result as a page and as a document for the file."""

from __future__ import annotations

import io
import random
from datetime import date
from html import unescape
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

import docx
import pytest

from lotse.checks import load_checks, next_question, result_of
from lotse.content import load_guide
from lotse.content.wording import load_wording
from lotse.publishing.check_results import answers_of
from lotse.publishing.guide_pages import GuidePages

from .test_guide_pages import DATA, LANGUAGES, Page

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def pages() -> GuidePages:
    guides = {language: load_guide(DATA, language) for language in LANGUAGES}
    checks = {language: load_checks(DATA, guide) for language, guide in guides.items()}
    wordings = {language: load_wording(DATA, language) for language in LANGUAGES}
    return GuidePages(guides, wordings, ["page.css"], checks)


def code_of(pages: GuidePages, name: str, language: str = "de", seed: int = 0) -> str:
    """Answers to a whole check, chosen at random, as an address carries them."""
    check, chance, code = pages.checks[language][name], random.Random(seed), ""
    while (question := next_question(check, answers_of(check, code)[0])) is not None:
        code = answers_of(check, code, question.id, chance.choice(question.option_ids))[1]
    return code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["posting", "tiktok", "channel", "attacked", "incident", "creator", "contacted"])
def test_a_check_is_walked_by_its_forms_alone(pages: GuidePages, name: str, language: str) -> None:
    check, query = pages.checks[language][name], {"answers": "new"}
    for _ in range(13):
        html = pages.check_step(name, language, query, TODAY)
        page = Page(html or "")
        assert "script" not in {tag for tag, _ in page.tags}
        fields = [attributes for tag, attributes in page.tags if tag == "input"]
        if not fields:
            break
        hidden = {str(field["name"]): str(field["value"]) for field in fields if field["type"] == "hidden"}
        radios = [field for field in fields if field["type"] == "radio"]
        labelled = page.values("for")
        assert [field["id"] for field in radios] == labelled
        query = {**hidden, "option": str(radios[-1]["value"])}
    answers = answers_of(check, query["answers"], query["question"], query["option"])[0]
    result = result_of(check, answers)
    assert next_question(check, answers) is None
    text = page.text
    assert check.summary[result.verdict] in text and check.limits in text
    for found in result.found:
        assert found.conclusion.reason.strip() in text
    for part in [*result.open_points, *result.changes, *(step for step, _ in result.steps)]:
        assert part.strip() in text


def test_a_question_leads_back_and_to_the_other_language_with_the_answers(pages: GuidePages) -> None:
    check = pages.checks["de"]["tiktok"]
    first = answers_of(check, "", "checklist", "not_all")[1]
    second = answers_of(check, first, "release", "approved")[1]
    html = pages.check_step("tiktok", "de", {"answers": second}, TODAY) or ""
    assert "<title>Frage 3 von höchstens 12: " in html
    [progress] = [attributes for tag, attributes in Page(html).tags if tag == "progress"]
    assert (progress["value"], progress["max"]) == ("2", "12")
    links = [unescape(link) for link in Page(html).values("href")]
    assert f"../guide/check-tiktok?language=de&answers={first}" in links
    [other] = [dict(parse_qsl(link[1:])) for link in links if link.startswith("?")]
    assert other == {"language": "en", "answers": second}
    english = answers_of(pages.checks["en"]["tiktok"], other["answers"])[0]
    assert english == {"checklist": "not_all", "release": "approved"}
    begun = Page(pages.check_step("tiktok", "de", {"answers": "new"}, TODAY) or "")
    assert "Zurück" not in [part.strip() for part in begun.text.splitlines()]


@pytest.mark.parametrize(
    "query",
    [
        {"answers": "x"},
        {"answers": "3fa91c.zz.9"},
        {"answers": "", "question": "none", "option": "yes"},
        {"answers": "", "question": "kind", "option": "<script>"},
        {"answers": "\x00" * 9},
    ],
)
def test_odd_addresses_begin_the_check(pages: GuidePages, query: dict[str, str]) -> None:
    html = pages.check_step("posting", "de", query, TODAY) or ""
    assert "Was haben Sie vor?" in Page(html).text
    assert "<script" not in html


def test_danger_is_met_with_help_first(pages: GuidePages) -> None:
    check = pages.checks["de"]["attacked"]
    [name, *_] = check.dangers
    question, option = name.split(".")
    code = ""
    while (asked := next_question(check, answers_of(check, code)[0])) is not None and asked.id != question:
        code = answers_of(check, code, asked.id, asked.option_ids[0])[1]
    html = pages.check_step("attacked", "de", {"answers": code, "question": question, "option": option}, TODAY)
    helps = pages.guides["de"].help[check.dangers[name]]
    assert helps.text in Page(html or "").text
    assert helps.lines[0].phone in Page(html or "").text  # type: ignore[operator]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["tiktok", "channel"])
def test_the_result_for_an_authority_is_saved_as_a_document(pages: GuidePages, name: str, language: str) -> None:
    check = pages.checks[language][name]
    for seed in range(5):
        code = code_of(pages, name, language, seed)
        page = pages.check_step(name, language, {"answers": code}, TODAY) or ""
        links = [unescape(link) for link in Page(page).values("href") if ".docx" in link or ".md" in link]
        assert [urlsplit(link).path for link in links] == [f"../guide/check-{name}.{end}" for end in ("docx", "md")]
        assert dict(parse_qsl(urlsplit(links[0]).query)) == {"language": language, "answers": code}
        word = pages.check_document(f"{name}.docx", language, code, TODAY)
        plain = pages.check_document(f"{name}.md", language, code, TODAY)
        assert word is not None and plain is not None
        paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(word.body)).paragraphs]
        text, markdown = "\n".join(paragraphs), plain.body.decode().replace("\\", "")
        result = result_of(check, answers_of(check, code)[0])
        assert check.document is not None and check.document.title == paragraphs[0]
        assert markdown.startswith(f"# {check.document.title}\n")
        for found in result.found:
            assert found.conclusion.reason.strip() in text and found.conclusion.reason.strip() in markdown
        for point in result.open_points:
            assert point.strip() in text and point.strip() in markdown
        assert text.count("[1]") == markdown.count("[1]") >= 2
        assert word.name == f"check-{name}.docx"


def test_a_document_names_nobody(pages: GuidePages) -> None:
    word = pages.check_document("tiktok.docx", "de", code_of(pages, "tiktok"), TODAY)
    assert word is not None
    properties = docx.Document(io.BytesIO(word.body)).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    with ZipFile(io.BytesIO(word.body)) as parts:
        assert b"python-docx" not in parts.read("docProps/core.xml")


@pytest.mark.parametrize("name", ["posting.docx", "tiktok.pdf", "tiktok", "none.md", ".docx"])
def test_there_is_no_other_document(pages: GuidePages, name: str) -> None:
    code = code_of(pages, name.split(".")[0]) if name.split(".")[0] in pages.checks["de"] else ""
    assert pages.check_document(name, "de", code, TODAY) is None


def test_there_is_no_document_while_a_question_is_open(pages: GuidePages) -> None:
    assert pages.check_document("tiktok.docx", "de", "", TODAY) is None


def test_the_list_leads_to_the_questions_one_by_one(pages: GuidePages) -> None:
    assert "../guide/check-tiktok?language=de&answers=new" in [
        unescape(link) for link in Page(pages.check("tiktok", "de") or "").values("href")
    ]
