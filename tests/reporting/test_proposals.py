"""Given questions in groups, the page that quotes none of them, and the patch that an editor reviews."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from lotse import paths
from lotse.content import Guide, load_guide
from lotse.content.due_reviews import DueReview
from lotse.content.improvement import load_improvement
from lotse.content.wording import load_wording
from lotse.reporting.figures import Figures, GivenText, Grouped, Week
from lotse.reporting.gaps import Gap, Near, Vectors, find_gaps
from lotse.reporting.page import ReportContent, render_report
from lotse.reporting.proposals import AUTHOR, Proposals, propose, write_patch

DATA = paths.data()
TODAY = date(2026, 11, 29)
SETTINGS = load_improvement(DATA)
LIKE, LEAVE = "Darf ich [heimlich] liken?", "Wo beantrage ich Elternzeit?"


@lru_cache
def guide() -> Guide:
    return load_guide(DATA)


def given(text: str, person: str) -> GivenText:
    return GivenText(text, person, "refused", "de")


def by_letters(texts: list[str]) -> Vectors:
    """Unit vectors that count the pairs of letters; enough to tell these questions apart."""
    vectors = np.zeros((len(texts), 4096), dtype=np.float32)
    for row, text in enumerate(texts):
        folded = text.casefold()
        for pair in pairwise(folded):
            vectors[row, (ord(pair[0]) * 64 + ord(pair[1])) % 4096] += 1
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, 1)
    return unit


def gaps() -> list[Gap]:
    near, far = Near("likes", "Liken", 0.9), Near("likes", "Liken", 0.1)
    many = [given(LEAVE, f"p{number}") for number in range(SETTINGS.smallest_group)]
    return [Gap(many, [far] * len(many)), Gap([given(LIKE, "p1"), given(LIKE, "p2")], [near, near])]


def test_questions_that_mean_the_same_form_a_group_and_people_are_counted() -> None:
    title = guide().topics["likes"].title
    texts = [title, f"{title} ", LEAVE, LEAVE, LEAVE]
    people = ["a", "a", "b", "c", "d"]
    found = find_gaps([given(*pair) for pair in zip(texts, people, strict=True)], guide(), by_letters, SETTINGS)
    assert [(gap.people, len(gap.questions)) for gap in found] == [(3, 3), (1, 2)]
    assert found[1].nearest.topic == "likes"
    assert find_gaps([], guide(), by_letters, SETTINGS) == []
    assert len(find_gaps([given(LEAVE, "a")], guide(), by_letters, SETTINGS)) == 1


def test_the_patch_applies_and_adds_the_examples(tmp_path: Path) -> None:
    nlu = tmp_path / "data" / "nlu"
    nlu.mkdir(parents=True)
    shutil.copy(DATA / "nlu" / "likes.yml", nlu)
    proposals = propose(gaps(), nlu, SETTINGS.topic_at)
    assert (proposals.examples, proposals.unassigned) == (1, 1)
    write_patch(tmp_path / "report.patch", proposals)
    subprocess.run(["git", "apply", "--check", "report.patch"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "report.patch"], cwd=tmp_path, check=True)
    last = yaml.safe_load((nlu / "likes.yml").read_text(encoding="utf-8"))["nlu"][-1]
    assert last == {
        "intent": "ask_likes",
        "metadata": {"author": AUTHOR},
        "examples": "- Darf ich (heimlich) liken?\n",
    }


def test_what_is_near_no_topic_stands_in_comments_and_the_file_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "report.patch"
    path.write_text("old")
    path.chmod(0o644)
    proposals = propose(gaps()[:1], DATA / "nlu", SETTINGS.topic_at)
    write_patch(path, proposals)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert f"#   - {LEAVE}" in lines
    assert all(line.startswith("#") or not line for line in lines)
    assert path.stat().st_mode & 0o777 == 0o600
    assert propose([], DATA / "nlu", SETTINGS.topic_at) == Proposals("", 0, 0)


def page(language: str, found: list[Gap]) -> str:
    counts = Grouped({"answered": 40, "refused": 12}, rest=6)
    topics = Grouped({"likes": 30, "blocking": 10})
    figures = Figures(
        first=date(2026, 11, 16),
        last=TODAY,
        outcomes=counts,
        weeks=[Week(date(2026, 11, 16), counts), Week(date(2026, 11, 23), None)],
        topics=topics,
        certainty=Grouped({"high": 30, "low": 10}),
        languages=Grouped({"de": 58}),
        thumbs=Grouped({"up": 9, "down": 8}),
        down=Grouped({"likes": 8}),
        reasons=Grouped({"long": 6}),
        comments=7,
    )
    due = [
        DueReview(date(2026, 11, 1), "watch", "appeal", "Eine <Berufung>", DATA / "guide" / "watch.yml", 3),
        DueReview(date(2026, 12, 9), "passage", "likes.x", "Liken", DATA / "guide" / "de" / "likes.yml", 8),
    ]
    proposals = propose(found, DATA / "nlu", SETTINGS.topic_at)
    patch = "report.patch" if proposals.text else None
    content = ReportContent(figures, found, proposals, patch, due, TODAY, SETTINGS.smallest_group)
    return render_report(content, load_guide(DATA, language), load_wording(DATA, language), DATA.parent)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_quotes_nobody_and_asks_nothing_of_the_network(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    html = page(language, gaps())
    assert LEAVE not in html
    assert "heimlich" not in html
    assert not re.search(r"https?:|//|<script|<link|<img|url\(|@import", html)
    assert "default-src 'none'" in html
    assert html.count("<svg") > 15
    assert "<Berufung>" not in html
    assert "&lt;Berufung&gt;" in html
    assert "data/guide/watch.yml:3" in html


def test_a_group_of_too_few_people_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert f"{SETTINGS.smallest_group} Personen" in page("de", gaps())
    small = Gap([given(LEAVE, "one person")] * 20, [Near("likes", "Liken", 0.1)] * 20)
    html = page("de", [small])
    assert "Keine Gruppe ist groß genug" in html
    assert "1 Person" not in html


def test_the_page_speaks_the_operators_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert "Was gefragt wird" in page("de", [])
    monkeypatch.setenv("LANGUAGE", "en")
    html = page("en", [])
    assert "What is asked" in html
    assert "too long" in html
    assert "Nobody gave a question" in html
