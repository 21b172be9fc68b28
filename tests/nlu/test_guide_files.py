"""What the components read of the guide, and when Rasa must train them again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lotse.answering.question import KNOWN_CHECK
from lotse.content.vocabulary import load_facets
from lotse.nlu.guide_files import guide_digest, load_guides
from lotse.nlu.known_question_matcher import KnownQuestionMatcher
from lotse.nlu.passage_ranker import PassageRanker
from lotse.paths import HOME_VARIABLE

HOME = Path(__file__).parents[2]
QUESTION = "Wer gibt in unserem Haus eine Sperre frei?"
RULE = f"""topic: blocking
passages:
  - id: blocking.ours
    title: Regel des Hauses
    text: In unserem Haus blockiert nur die Pressestelle, und sie schreibt jedes Mal einen Vermerk.
    questions: ["{QUESTION}", Muss die Pressestelle vorher zustimmen?, Was sagt unsere Hausregel zum Sperren?]
    cites: [{{source: tum_guide, section: blockierung}}]
    reviewed: 2026-01-01
    review_by: 2099-01-01
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own."""
    shutil.copytree(HOME / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml"):
        shutil.copy(HOME / name, tmp_path / name)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return tmp_path


def test_every_facet_is_an_entity_of_the_domain() -> None:
    # Rasa warns of every other one in the log, at each message that names it.
    entities = yaml.safe_load((HOME / "domain.yml").read_text(encoding="utf-8"))["entities"]
    assert set(load_facets(HOME / "data")) <= set(entities)


def write_rule(home: Path) -> None:
    rules = home / "data" / "house" / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "ours.yml").write_text(RULE, encoding="utf-8")


def test_questions_of_a_house_rule_are_known_questions(home: Path) -> None:
    write_rule(home)
    found = KnownQuestionMatcher({"least": 0.85}).known.matches(QUESTION.lower(), 0.85)
    assert [(match.known.topic, match.known.passage) for match in found] == [("blocking", "blocking.ours")]


def test_the_guide_is_read_with_the_house_rules_the_original_first(home: Path) -> None:
    write_rule(home)
    guides = load_guides()
    assert guides[0].language == "de" and len(guides) > 1
    assert "blocking.ours" in guides[0].passages


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Kannst du mein Foto prüfen?", "sample"),
        ("kannst du mein foto prüfn", "sample"),
        ("please check my picture", "sample"),
        ("Foto prüfen", "sample"),
        ("Darf ich das Foto zeigen?", None),
        ("Darf ich andere blockieren?", None),
    ],
)
def test_a_sentence_of_a_check_asks_for_it(home: Path, text: str, check: str | None) -> None:
    shutil.copytree(HOME / "tests" / "checks" / "fixture" / "checks", home / "data" / "checks", dirs_exist_ok=True)
    message = Message({TEXT: text})
    KnownQuestionMatcher({"least": 0.85}).process([message])
    assert message.get(KNOWN_CHECK) == check


@pytest.mark.parametrize("component", [KnownQuestionMatcher, PassageRanker])
def test_a_new_house_rule_changes_the_fingerprint(
    home: Path, component: type[KnownQuestionMatcher | PassageRanker]
) -> None:
    before = (guide_digest(), component.fingerprint_addon({}))
    write_rule(home)
    after = (guide_digest(), component.fingerprint_addon({}))
    assert before[0] != after[0] and before[1] != after[1]
