"""The record of the official TikTok checklist: what was read has a source, what was not stays empty."""

from __future__ import annotations

from pathlib import Path

from lotse.content import Problem, load_guide
from lotse.content.loading import examine_guide, parse
from lotse.content.official_checklist import TIKTOK_PLACES, OfficialChecklist

DATA = Path(__file__).parents[2] / "data"
FILE = "tiktok_checklist.yml"


def checklist() -> OfficialChecklist:
    return parse(DATA / "guide" / FILE, OfficialChecklist)[1]


def problems(content: Path, old: str, new: str) -> list[Problem]:
    path = content / "guide" / FILE
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return [problem for problem in examine_guide(content)[1] if problem.file == path]


def test_every_place_is_read_or_empty() -> None:
    record = checklist()
    assert [place.number for place in record.places] == list(range(1, TIKTOK_PLACES + 1))
    assert set(record.open) == {place.number for place in record.places if place.source is None}


def test_the_passage_on_the_questions_cites_where_each_was_read() -> None:
    record, guide = checklist(), load_guide(DATA)
    read = {place.source for place in record.places} | {question.source for question in record.without_number}
    cited = {cite.source for cite in guide.passages["authority_tiktok.known_points"].cites}
    assert (read - {None}) | {record.checklist} <= cited


def test_a_text_without_a_source_is_refused(content: Path) -> None:
    found = problems(content, "  - number: 6\n    text: null", "  - number: 6\n    text: Was fragt Nummer sechs?")
    assert [problem.field for problem in found] == ["places.5"]


def test_a_missing_number_is_refused(content: Path) -> None:
    assert problems(content, "  - number: 14\n    text: null\n    source: null\n", "")[0].field == "places"


def test_a_source_that_does_not_exist_is_named_with_its_line(content: Path) -> None:
    found = problems(content, "source: saarland_uni_tiktok", "source: hearsay")
    assert [(problem.field, problem.severity) for problem in found] == [("places.2.source", "error")]
    assert found[0].line == 14


def test_a_guide_without_the_record_loads(content: Path) -> None:
    (content / "guide" / FILE).unlink()
    assert examine_guide(content)[0] is not None
