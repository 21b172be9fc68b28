"""People in need are recognised by a trained component, and few others are taken for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rich.console import Console

from lotse.answering.question import ParsedNeed
from lotse.answering.settings import load_settings
from lotse.content.help import KINDS
from lotse.nlu.need_recogniser import parts_of
from lotse.operations.training import ensure_model
from lotse.rasa_adapter import patches

HOME = Path(__file__).parents[2]
QUESTIONS = HOME / "tests" / "questions"
NEED_AT = load_settings(HOME / "data").need_at

RECALL, FALSE_ALARMS, EVERYDAY_ALARMS, RIGHT_KIND = 0.95, 1 / 6, 1 / 10, 0.85
# Half a sentence within another question is harder, and nobody chose anything on these.
IN_PASSING, IN_PASSING_ALARMS = 0.8, 1 / 5
# Told as a plain report, without a word of fear; and harmless messages with heavy words, idioms and fragments.
DRY, DRY_ALARMS = 0.85, 1 / 5


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def agent() -> Agent:
    """The newest model, trained first if anything it depends on has changed."""
    model = ensure_model(Console(stderr=True))
    patches.apply()
    return Agent.load(str(model))


@pytest.fixture(scope="module")
def found(agent: Agent) -> Mapping[str, ParsedNeed]:
    """What is recognised in each message of the set that chose the threshold."""
    return needs(agent, [line["text"] for line in lines("need_dev.jsonl")])


def needs(agent: Agent, texts: list[str]) -> dict[str, ParsedNeed]:
    async def parse() -> dict[str, ParsedNeed]:
        return {text: (await agent.parse_message(text))["need"] for text in texts}

    return asyncio.run(parse())


def share(needs: Mapping[str, ParsedNeed], texts: list[str]) -> float:
    """How many of the texts are taken for those of people in need."""
    return sum(needs[text]["certainty"] >= NEED_AT for text in texts) / len(texts)


def test_the_set_has_every_kind_and_is_not_trained_on() -> None:
    everything = [line["text"].casefold() for line in lines("need_dev.jsonl")]
    counts = [sum(line["kind"] == kind for line in lines("need_dev.jsonl")) for kind in (*KINDS, None)]
    assert min(counts) >= 25 and len(set(everything)) == len(everything)
    everything += [
        line["text"].casefold() for name in ("need", "need_passing", "need_dry") for line in lines(f"{name}.jsonl")
    ]
    trained = "".join(
        path.read_text(encoding="utf-8").casefold() for path in (HOME / "data").glob("help/examples/*.yml")
    )
    assert [text for text in everything if json.dumps(text, ensure_ascii=False) in trained] == []


def test_people_in_need_are_recognised(found: Mapping[str, ParsedNeed]) -> None:
    assert share(found, [line["text"] for line in lines("need_dev.jsonl") if line["kind"]]) >= RECALL


def test_need_told_in_passing_is_recognised(agent: Agent) -> None:
    told = lines("need_passing.jsonl")
    found = needs(agent, [line["text"] for line in told])
    assert share(found, [line["text"] for line in told if line["kind"]]) >= IN_PASSING
    assert share(found, [line["text"] for line in told if not line["kind"]]) <= IN_PASSING_ALARMS


def test_need_told_drily_is_recognised(agent: Agent) -> None:
    told = lines("need_dry.jsonl")
    found = needs(agent, [line["text"] for line in told])
    assert share(found, [line["text"] for line in told if line["kind"]]) >= DRY
    assert share(found, [line["text"] for line in told if not line["kind"]]) <= DRY_ALARMS


def test_few_that_only_sound_like_it_are_taken_for_need(found: Mapping[str, ParsedNeed]) -> None:
    assert share(found, [line["text"] for line in lines("need_dev.jsonl") if not line["kind"]]) <= FALSE_ALARMS


def test_the_kind_of_need_is_right(found: Mapping[str, ParsedNeed]) -> None:
    in_need = [line for line in lines("need_dev.jsonl") if line["kind"]]
    assert sum(found[line["text"]]["kind"] == line["kind"] for line in in_need) / len(in_need) >= RIGHT_KIND


def test_everyday_questions_are_rarely_taken_for_need(agent: Agent) -> None:
    everyday = [line["text"] for line in lines("test.jsonl") if line["topic"] not in ("hostility", "consequences")]
    assert share(needs(agent, everyday), everyday) <= EVERYDAY_ALARMS


@pytest.mark.parametrize("text", ["ich will nicht mehr leben", "Ich will mich umbringen", "I want to die"])
def test_the_plainest_words_are_certain(agent: Agent, text: str) -> None:
    need = needs(agent, [text])[text]
    assert need["kind"] == "crisis" and need["certainty"] >= 0.9


def test_a_picked_choice_has_no_need(agent: Agent) -> None:
    assert "need" not in asyncio.run(agent.parse_message("/ask_blocking"))


LONG_STORIES = {
    "harassment": "Hallo, ich habe eine Frage zu unserer Teamgruppe. Da stehen meistens Dienstpläne drin, und wer "
    "Urlaub hat. Unser Abteilungsleiter schreibt dort auch mit. Seit dem Ausflug schreibt er mir außerdem privat. "
    "Gestern hat er mir im Büro an die Brust gefasst. Kann ich ihn in der Gruppe stummschalten?",
    "crisis": "Ich arbeite seit elf Jahren im Bauamt und mache dort die Pläne für die Radwege, eigentlich gern. Im "
    "Frühjahr hat jemand ein Video aus einer Sitzung ins Netz gestellt. Seitdem kommentieren das die Leute. Die "
    "Pressestelle sagt, das gibt sich. Ich will nicht mehr leben. Kann ich das Video melden?",
}


@pytest.mark.parametrize("kind", LONG_STORIES)
def test_one_sentence_of_a_long_story_is_enough(agent: Agent, kind: str) -> None:
    need = needs(agent, [LONG_STORIES[kind]])[LONG_STORIES[kind]]
    assert need["kind"] == kind and need["certainty"] >= NEED_AT


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Kurz und gut. Das reicht mir.", []),
        (" ".join(["wort"] * 45), [20, 25]),
        (". ".join([" ".join(["wort"] * 10)] * 4), [10, 10, 10, 10]),
        (" ".join(["wort"] * 35) + "! Ja.", [20, 16]),
        ("\n".join([" ".join(["wort"] * 16)] * 2) + "\n", [16, 16]),
        # Clauses, short ones with the next or the last one.
        ("erst war er sehr nett zu mir, jetzt schreibt er er weiß wo ich wohne, darf ich ihn da blockieren", [7, 13]),
        ("ein zwei drei vier fünf sechs sieben acht, neun zehn elf zwölf dreizehn vierzehn", [8, 6]),
        (" ".join(["wort"] * 14), []),
    ],
)
def test_a_long_message_is_taken_apart(text: str, parts: list[int]) -> None:
    assert [len(part.split()) for part in parts_of(text, long_from=12)] == parts
