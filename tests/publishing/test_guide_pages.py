"""The readable pages: complete, with working anchors, and nothing in them can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from lotse.answering.passages import Citations
from lotse.content import Guide, load_guide
from lotse.content.wording import load_wording
from lotse.publishing.guide_pages import GuidePages
from lotse.render.links import safe_url

DATA = Path(__file__).parents[2] / "data"
LANGUAGES = ["de", "en"]
ATTACK = '<script>alert(1)</script><img src=x onerror="alert(1)">"\'><svg/onload=alert(1)>{{ 7*7 }}'


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.words_in_sight = 0
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("details", "summary"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("details", "summary"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        # Of a fold its summary is seen, unless it lies in another fold.
        if self._open in ([], ["details", "summary"]):
            self.words_in_sight += len(data.split())

    def values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


@pytest.fixture(scope="module")
def guides() -> dict[str, Guide]:
    return {language: load_guide(DATA, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def pages(guides: dict[str, Guide]) -> GuidePages:
    return GuidePages(guides, {language: load_wording(DATA, language) for language in LANGUAGES}, ["page.css"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_passage_and_citation_of_every_topic_has_its_anchor(
    pages: GuidePages, guides: dict[str, Guide], language: str
) -> None:
    guide = guides[language]
    for name in guide.topics:
        page = Page(pages.topic(name, language) or "")
        anchors = page.values("id")
        assert len(anchors) == len(set(anchors)), name
        for passage in guide.of_topic[name]:
            assert passage.text in page.text
            assert passage.id in anchors
        inside = {link[1:] for link in page.values("href") if link.startswith("#")}
        assert inside <= set(anchors)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_source_is_spelled_out_once_and_each_statement_leads_to_its_places(
    pages: GuidePages, guides: dict[str, Guide], language: str
) -> None:
    guide = guides[language]
    for name in guide.topics:
        text = pages.topic(name, language) or ""
        for passage in guide.of_topic[name]:
            citations = Citations(guide)
            citations.add(passage.id, passage.cites, passage.text)
            section = Page(text[text.index(f'<section id="{passage.id}"') :].split("</section>")[0])
            marks = [link for link in section.values("href") if link.startswith("#source-")]
            assert marks
            assert set(marks) <= {f"#{anchor}" for anchor in Page(text).values("id")}
            listed = Page(text[text.index('<details id="sources">') :])
            for citation in citations.all:
                assert listed.text.count(citation.title) >= 1
                assert all(
                    norm.label.replace("\xa0", " ") in listed.text.replace("\xa0", " ") for norm in citation.norms
                )
        at_the_end = text[text.index('<ul class="sources">') :].replace("&#34;", '"')
        for source in guide.sources.values():
            assert at_the_end.count(f">{source.title}<") <= 1, source.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_topics_pages_or_the_web(pages: GuidePages, guides: dict[str, Guide], language: str) -> None:
    for name in ["", *guides[language].topics]:
        text = pages.topic(name, language) if name else pages.index(language)
        for link in Page(text or "").values("href"):
            if found := re.fullmatch(r"\.\./guide/((?:check-)?\w*)\?language=(\w+)", link):
                assert found[2] in LANGUAGES
                assert not found[1] or pages.page(found[1], language)
            else:
                assert link in ("../", "../page.css", "../icon.svg") or re.match(
                    r"https?://|mailto:|#|\?language=\w\w$|\.\./\?language=\w\w&q=[\w%.-]+$", link
                ), link


def test_pages_carry_no_inline_script_style_or_handler(pages: GuidePages, guides: dict[str, Guide]) -> None:
    for name in guides["de"].topics:
        page = Page(pages.topic(name, "de") or "")
        assert not {"script", "style"} & {tag for tag, _ in page.tags}
        assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on") or key == "style"]


def test_the_language_of_german_sources_is_marked_on_english_pages(pages: GuidePages) -> None:
    page = Page(pages.topic("blocking", "en") or "")
    assert page.tags[0] == ("html", {"lang": "en"})
    assert all(a.get("lang") == "de" for tag, a in page.tags if tag == "a" and "sml.tum-cdps.de" in (a["href"] or ""))


def test_an_unknown_topic_is_told_with_the_list(pages: GuidePages) -> None:
    assert pages.topic("nothing", "de") is None
    assert pages.wordings["de"].web.guide["not_found"] in Page(pages.index("de", problem=True)).text


def test_text_of_the_content_stays_text(pages: GuidePages, guides: dict[str, Guide]) -> None:
    guide = guides["de"]
    topic = guide.topics["blocking"]
    first = guide.of_topic["blocking"][0]
    evil_passage = first.copy(update={"title": ATTACK, "text": ATTACK, "short": ATTACK, "level": "house"})
    evil_topic = topic.copy(update={"title": ATTACK, "short": ATTACK, "plain": ATTACK})
    evil_source = guide.sources["tum_guide"].copy(
        update={"title": ATTACK, "publisher": ATTACK, "note": ATTACK, "url": "javascript:alert(1)", "sections": {}}
    )
    evil_contacts = {
        name: contact.copy(
            update={
                "label": ATTACK,
                "purpose": ATTACK,
                "email": "a@b?body=x",
                "phone": ATTACK,
                "url": "data:text/html,x",
            }
        )
        for name, contact in guide.contacts.items()
    }
    evil = replace(
        guide,
        topics={**guide.topics, "blocking": evil_topic},
        of_topic={**guide.of_topic, "blocking": (evil_passage, *guide.of_topic["blocking"][1:])},
        sources={**guide.sources, "tum_guide": evil_source},
        contacts=evil_contacts,
    )
    rendered = GuidePages({"de": evil}, pages.wordings)
    good = {tag for text in (pages.topic("blocking", "de") or "", pages.index("de")) for tag, _ in Page(text).tags}
    for text in (rendered.topic("blocking", "de") or "", rendered.index("de")):
        page = Page(text)
        assert {tag for tag, _ in page.tags} <= good
        assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
        assert not [link for link in page.values("href") if link.startswith(("javascript:", "data:"))]
        assert ATTACK in page.text


@pytest.mark.parametrize(
    "address", [None, "", "javascript:alert(1)", " JavaScript:x", "data:text/html,x", "//a", "file:///"]
)
def test_other_addresses_than_of_the_web_are_no_links(address: str | None) -> None:
    assert safe_url(address) is None


def test_plain_language_has_one_sentence_a_line_and_stands_with_its_passage(guides: dict[str, Guide]) -> None:
    guide = guides["de"]
    plain = "Das ist leicht zu lesen.\nEs sind zwei <Sätze>."
    passages = tuple(passage.copy(update={"plain": plain}) for passage in guide.of_topic["blocking"])
    changed = replace(guide, of_topic={**guide.of_topic, "blocking": passages})
    wordings = {language: load_wording(DATA, language) for language in LANGUAGES}
    page = GuidePages({**guides, "de": changed}, wordings).topic("blocking", "de") or ""
    assert page.count("Das ist leicht zu lesen.<br>Es sind zwei &lt;Sätze&gt;.</p>") == len(passages)
    assert guide.topics["blocking"].plain.replace("\n", "<br>") in page


def test_topics_are_grouped_for_employees_and_authorities(pages: GuidePages, guides: dict[str, Guide]) -> None:
    for language in LANGUAGES:
        words, text = pages.wordings[language].web.guide, Page(pages.index(language)).text
        employees, authorities = text.index(words["for_employees"]), text.index(words["for_authorities"])
        for topic in guides[language].topics.values():
            assert (text.index(topic.title) > authorities) is topic.topic.startswith("authority_")
            assert text.index(topic.title) > employees


def test_a_search_links_the_passages_that_fit(pages: GuidePages) -> None:
    found = Page(pages.index("de", query="Betriebsausflug Foto"))
    assert "../guide/event_photos?language=de#event_photos.two_consents" in found.values("href")
    assert "Betriebsausflug Foto" in found.values("value")


def test_a_search_without_result_says_so_and_keeps_the_topics(pages: GuidePages) -> None:
    found = Page(pages.index("de", query="xyzzy qqq"))
    assert pages.wordings["de"].web.guide["found_nothing"] in found.text
    assert "../guide/blocking?language=de" in found.values("href")


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_search_is_the_overview(pages: GuidePages, query: str) -> None:
    assert pages.index("de", query=query) == pages.index("de")


@pytest.mark.parametrize("query", [ATTACK, "\x00", "\ud800", "a" * 10_000, "👍", "%"])
def test_whatever_is_searched_for_stays_text(pages: GuidePages, query: str) -> None:
    page = Page(pages.index("de", query=query))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in Page(pages.index("de", query="Foto")).tags} | {"p"}
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_begins_with_its_contents(pages: GuidePages, guides: dict[str, Guide], language: str) -> None:
    for name, passages in guides[language].of_topic.items():
        links = Page(pages.topic(name, language) or "").values("href")
        first = links.index(f"#{passages[0].id}")
        assert links[first : first + len(passages)] == [f"#{passage.id}" for passage in passages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_date_of_a_source_stands_apart_from_its_name(pages: GuidePages, language: str) -> None:
    text = Page(pages.topic("blocking", language) or "").text
    as_of = pages.wordings[language].web.guide["as_of"]
    assert re.search(rf"\({as_of} ", text)
    assert not re.search(rf"\S\({as_of} ", text)


def test_dates_are_written_as_people_read_them(pages: GuidePages) -> None:
    assert "Stand 07.02.2023" in (pages.topic("blocking", "de") or "")
    assert "As of 7 February 2023" in (pages.topic("blocking", "en") or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_leads_to_the_assistant_with_its_question(
    pages: GuidePages, guides: dict[str, Guide], language: str
) -> None:
    for name, topic in guides[language].topics.items():
        links = Page(pages.topic(name, language) or "").values("href")
        assert f"../?language={language}&q={quote(topic.title)}" in links


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_as_long_as_its_rules_and_the_rest_is_folded(
    pages: GuidePages, guides: dict[str, Guide], language: str
) -> None:
    for name in guides[language].topics:
        page = Page(pages.topic(name, language) or "")
        assert page.words_in_sight <= 2100, name
        folds = {attributes.get("id") for tag, attributes in page.tags if tag == "details"}
        assert {"why", "examples", "sources"} <= folds
