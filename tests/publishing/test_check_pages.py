"""A guided check is a page to print: all questions, options, findings and sources, without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.checks import load_checks
from lotse.content import load_guide
from lotse.content.wording import load_wording
from lotse.publishing.guide_pages import GuidePages

from .test_guide_pages import ATTACK, DATA, LANGUAGES, Page

FIXTURE = Path(__file__).parents[1] / "checks" / "fixture"


@pytest.fixture(scope="module")
def pages() -> GuidePages:
    guides = {language: load_guide(DATA, language) for language in LANGUAGES}
    checks = {language: load_checks(FIXTURE, guide) for language, guide in guides.items()}
    wordings = {language: load_wording(DATA, language) for language in LANGUAGES}
    return GuidePages(guides, wordings, ["page.css"], checks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_check_is_on_its_page(pages: GuidePages, language: str) -> None:
    check = pages.checks[language]["sample"]
    page = Page(pages.page("check-sample", language) or "")
    assert page.tags[0] == ("html", {"lang": language})
    assert not {"script", "style", "form"} & {tag for tag, _ in page.tags}
    anchors = page.values("id")
    assert len(anchors) == len(set(anchors))
    texts = [check.title, check.intro, check.limits]
    for question in check.questions:
        texts += [question.text, question.why, *(option.label for option in question.options)]
    for conclusion in check.conclusions.values():
        texts += [conclusion.reason, *conclusion.steps, *filter(None, [conclusion.open, conclusion.change])]
    texts.append(pages.wordings[language].checks.unknown)
    assert [text for text in texts if text not in page.text] == []
    assert "finding-no_consent.1" in anchors


def test_the_page_says_when_a_question_is_asked_and_when_a_finding_holds(pages: GuidePages) -> None:
    text = Page(pages.page("check-sample", "de") or "").text
    assert "Nur wenn: Was möchten Sie veröffentlichen? – Ein Foto oder Ein Video" in text
    assert "Sind Menschen darauf zu erkennen? – Ja und Sind alle einverstanden" in text


def test_a_check_is_linked_from_its_topics_and_from_the_list(pages: GuidePages) -> None:
    link = "../guide/check-sample?language=de"
    assert link in Page(pages.page("event_photos", "de") or "").values("href")
    assert link in Page(pages.index("de")).values("href")
    assert link not in Page(pages.page("blocking", "de") or "").values("href")


def test_a_check_that_does_not_exist_has_no_page(pages: GuidePages) -> None:
    assert pages.page("check-none", "de") is None
    assert pages.page("check-", "en") is None


def test_text_of_a_check_stays_text(pages: GuidePages) -> None:
    evil = pages.checks["de"]["sample"].copy(update={"title": ATTACK, "intro": ATTACK})
    rendered = GuidePages(pages.guides, pages.wordings, checks={"de": {"sample": evil}})
    for name in ("check-sample", "event_photos"):
        assert not {"script", "img"} & {tag for tag, _ in Page(rendered.page(name, "de") or "").tags}
