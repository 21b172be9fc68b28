"""Questions outside the guide: who is responsible, as far as that is known."""

from __future__ import annotations

import pytest
import yaml

from lotse.conversation.assistant import Assistant

from .conftest import DATA, Talk

OUTSIDE = "Wie viele Urlaubstage stehen mir eigentlich zu?"


def areas_of_the_training_data() -> set[str]:
    training = yaml.safe_load((DATA / "nlu" / "out_of_scope.yml").read_text(encoding="utf-8"))
    return {item["metadata"]["area"] for item in training["nlu"] if "area" in item.get("metadata", {})}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_area_of_the_training_data_has_its_sentence(assistant: Assistant, language: str) -> None:
    assert set(assistant.wordings[language].elsewhere) == areas_of_the_training_data()


def test_contact_points_of_areas_exist(assistant: Assistant) -> None:
    named = assistant.settings.elsewhere_contacts
    assert set(named) <= areas_of_the_training_data()
    assert {name for names in named.values() for name in names} <= set(assistant.guide.contacts)


def test_who_is_responsible_is_named_with_the_office(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("out_of_scope", OUTSIDE, outside_area={"name": "personnel", "certainty": 0.9})
    assert (answer.outcome, answer.short) == ("refused", assistant.wording.elsewhere["personnel"])
    assert [contact.label for contact in answer.contacts] == ["Personalstelle", "Personalrat"]


def test_an_area_without_an_office_of_the_authority_has_the_sentence_alone(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("out_of_scope", OUTSIDE, outside_area={"name": "citizens", "certainty": 0.9})
    assert (answer.short, answer.contacts) == (assistant.wording.elsewhere["citizens"], [])


@pytest.mark.parametrize("area", [None, {"name": "pay", "certainty": 0.4}, {"name": "unheard_of", "certainty": 0.9}])
def test_without_a_certain_area_nobody_is_named(
    assistant: Assistant, talk: Talk, area: dict[str, object] | None
) -> None:
    answer = talk.say("out_of_scope", OUTSIDE, outside_area=area)
    assert answer.short == assistant.wording.refused[0]
    assert answer.contacts == []
