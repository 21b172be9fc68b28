"""Whose question it would be if it is outside the guide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse.nlu.outside_area_recogniser import OutsideAreaRecogniser

PAY, BUILDING, NEITHER = "Wann kommt das Gehalt?", "Die Heizung im Büro ist kalt", "Welches Rezept passt zu Reis?"


class Storage:
    """A folder for the component's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def write_to(self, resource: object) -> Iterator[Path]:
        yield self.folder

    read_from = write_to


def message(text: str, area: str | None = None, author: str = "outside_a", intent: str = "out_of_scope") -> Message:
    told = {"author": author, **({"area": area} if area else {})}
    return Message({TEXT: text, INTENT: intent, METADATA: {INTENT: told}})


def trained(tmp_path: Path, messages: list[Message]) -> OutsideAreaRecogniser:
    storage, config = cast(Any, Storage(tmp_path)), OutsideAreaRecogniser.get_default_config()
    OutsideAreaRecogniser(config, storage, cast(Any, None)).train(TrainingData(messages))
    return OutsideAreaRecogniser.load(config, storage, cast(Any, None), cast(Any, None))


@pytest.fixture
def component(tmp_path: Path) -> OutsideAreaRecogniser:
    examples = [(PAY, "pay"), (BUILDING, "building"), (NEITHER, None)]
    return trained(tmp_path, [message(text, area) for text, area in examples for _ in range(5)])


@pytest.mark.parametrize(("text", "name"), [(PAY, "pay"), (BUILDING, "building"), (NEITHER, None)])
def test_the_area_of_the_nearest_examples_is_named(
    component: OutsideAreaRecogniser, text: str, name: str | None
) -> None:
    asked = message(text)
    component.process([asked])
    found = asked.get("outside_area")
    assert (found or {}).get("name") == name
    assert found is None or found["certainty"] > 0.5


def test_only_messages_outside_the_guide_whose_writers_named_areas_are_learnt(tmp_path: Path) -> None:
    messages = [message(PAY, None, "author_a"), message(PAY, "pay", intent="ask_likes"), message(PAY, "pay")]
    assert trained(tmp_path, messages).areas == ["pay"]


def test_without_two_areas_none_is_named(tmp_path: Path) -> None:
    asked = message(PAY)
    trained(tmp_path, []).process([asked])
    assert asked.get("outside_area") is None
