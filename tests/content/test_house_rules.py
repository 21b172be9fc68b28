"""An authority's own rules: what they add, what they replace, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content import ContentError, Problem, load_guide

DATA = Path(__file__).parents[2] / "data"
RULE = """topic: {topic}
passages:
  - id: {id}
    title: Regel des Hauses
    text: In unserem Haus blockiert nur die Pressestelle, und sie schreibt jedes Mal einen Vermerk.
    questions: [Wer blockiert bei uns?, Darf ich in unserem Haus blockieren?, Was sagt unsere Hausregel?]
    cites: [{{source: tum_guide, section: blockierung}}]
    reviewed: 2026-01-01
    review_by: 2099-01-01
{more}"""


def write(
    content: Path, id: str, overrides: str = "", topic: str = "blocking", file: str = "ours", own_answer: bool = True
) -> Path:
    path = content / "house" / "rules" / f"{file}.yml"
    answer = "    verdict: not_allowed\n    short: Nein, in unserem Haus nicht.\n"
    more = f"    overrides: {overrides}\n{answer if own_answer else ''}" if overrides else ""
    path.write_text(RULE.format(topic=topic, id=id, more=more), encoding="utf-8")
    return path


def errors(content: Path) -> list[Problem]:
    with pytest.raises(ContentError) as caught:
        load_guide(content)
    return caught.value.problems


def test_a_rule_adds_a_passage(content: Path) -> None:
    before = load_guide(content)
    write(content, "blocking.ours")
    guide = load_guide(content)
    assert guide.passages["blocking.ours"].level == "house"
    assert set(guide.passages) - set(before.passages) == {"blocking.ours"}
    assert guide.of_topic["blocking"][-1].id == "blocking.ours"


@pytest.mark.parametrize("id", ["blocking.ours", "blocking.press"])
def test_a_rule_takes_the_place_of_a_passage(content: Path, id: str) -> None:
    before = [passage.id for passage in load_guide(content).of_topic["blocking"]]
    write(content, id, overrides="blocking.press")
    guide = load_guide(content)
    assert [passage.id for passage in guide.of_topic["blocking"]] == [
        id if name == "blocking.press" else name for name in before
    ]
    assert guide.passages[id].level == "house"
    assert guide.passages[id].text.startswith("In unserem Haus")
    assert ("blocking.press" in guide.passages) == (id == "blocking.press")


def test_overriding_nothing_is_an_error(content: Path) -> None:
    path = write(content, "blocking.ours", overrides="blocking.gone")
    (problem,) = errors(content)
    assert (problem.severity, problem.file, problem.field) == ("error", path, "passages.0.overrides")
    assert path.read_text(encoding="utf-8").splitlines()[problem.line - 1].strip() == "overrides: blocking.gone"
    assert problem.message == "Die Passage „blocking.gone“, die ersetzt werden soll, gibt es nicht."


def test_a_taken_id_is_an_error(content: Path) -> None:
    path = write(content, "blocking.press")
    (problem,) = errors(content)
    assert (problem.file, problem.field, problem.line) == (path, "passages.0.id", 3)


def test_an_id_taken_by_another_rule_file_is_an_error(content: Path) -> None:
    write(content, "blocking.ours", file="one")
    write(content, "blocking.ours", file="two")
    assert {problem.field for problem in errors(content)} == {"passages.0.id"}


def test_two_rules_for_one_passage_are_an_error(content: Path) -> None:
    write(content, "blocking.ours", overrides="blocking.press", file="one")
    write(content, "blocking.theirs", overrides="blocking.press", file="two")
    assert "passages.0.overrides" in {problem.field for problem in errors(content)}


def test_overriding_a_passage_of_another_topic_is_an_error(content: Path) -> None:
    write(content, "likes.ours", overrides="blocking.press", topic="likes")
    assert "passages.0.overrides" in {problem.field for problem in errors(content)}


def test_an_unknown_topic_is_an_error(content: Path) -> None:
    path = write(content, "gone.ours", topic="gone")
    assert ("topic", 1, path) in {(problem.field, problem.line, problem.file) for problem in errors(content)}


def test_only_a_house_rule_overrides(content: Path) -> None:
    path = content / "guide/de/blocking.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("    facets: {account: private}", "    overrides: likes.x\n    facets: {account: private}", 1),
        encoding="utf-8",
    )
    assert [problem.field for problem in errors(content)] == ["passages.0.overrides"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_rule_in_place_of_a_foundation_becomes_the_answer(content: Path, language: str) -> None:
    foundation = load_guide(content).topics["blocking"].rests_on[0]
    write(content, "blocking.ours", overrides=foundation)
    topic = load_guide(content, language).topics["blocking"]
    assert (topic.short, topic.plain, topic.verdict) == (*["Nein, in unserem Haus nicht."] * 2, "not_allowed")
    assert topic.rests_on == ["blocking.ours"]
    assert topic.why.text.startswith("In unserem Haus")
    # An example of what no longer holds is no example.
    assert foundation not in {example.passage for example in topic.examples}
    assert foundation not in {sample.passage for sample in topic.samples}


def test_a_rule_in_place_of_a_foundation_needs_an_answer_of_its_own(content: Path) -> None:
    foundation = load_guide(content).topics["blocking"].rests_on[0]
    write(content, "blocking.ours", overrides=foundation, own_answer=False)
    (problem,) = errors(content)
    assert problem.field == "passages.0.overrides"
    assert problem.message == f"Die Regel ersetzt „{foundation}“; darauf beruht die kurze Antwort des Themas."
    assert problem.remedy == "`verdict` und `short` ergänzen"


def test_house_rules_speak_in_every_language(content: Path) -> None:
    write(content, "blocking.ours")
    passage = load_guide(content, "en").passages["blocking.ours"]
    assert (passage.level, passage.language) == ("house", "de")
