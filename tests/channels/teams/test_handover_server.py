"""A question goes from either chat into the office's channel in Teams, through real servers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import yaml

from lotse import paths
from lotse.channels.teams.settings import SECTION as TEAMS
from lotse.channels.web.settings import SECTION as WEB
from lotse.operations.environment import logs
from tests.channels.real_servers import RealServers, kept
from tools.fake_azure.connector import Arrived
from tools.fake_azure.server import FakeAzure

CHANNEL = "19:presse@thread.tacv2"
LOG = "rasa-handover-tests.log"
ASKED = "Darf ich meine Nachbarin blockieren?"
QUESTION = "Darf ich meinen Chef auf Instagram **blockieren**?"
NAME = "Zimmer 4711"


class House(RealServers):
    """An authority whose press office has a channel."""

    def __init__(self, folder: Path, azure: FakeAzure) -> None:
        shutil.copytree(paths.data(), folder / "data", ignore=shutil.ignore_patterns("nlu"))
        contacts = folder / "data" / "house" / "contacts.yml"
        offices = yaml.safe_load(contacts.read_text(encoding="utf-8"))
        offices["contacts"]["press_office"]["teams_channel"] = CHANNEL
        contacts.write_text(yaml.safe_dump(offices, allow_unicode=True), encoding="utf-8")
        super().__init__(folder, {WEB: {}, TEAMS: {}}, "/chat/health", LOG)
        self.azure = azure

    def environment(self) -> dict[str, str]:
        """Microsoft is the fake, and the content is this authority's."""
        return {**self.azure.environment(), "LOTSE_HOME": str(self.folder)}

    def chat(self, method: str, path: str, token: str | None = None, **more: Any) -> requests.Response:
        """One request to the web chat."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, f"{self.url}/chat/{path}", headers=headers, timeout=60, **more)

    def ask(self, token: str, **said: str) -> dict[str, Any]:
        """The answer in the web chat."""
        answer = self.chat("POST", "messages", token, json={"id": str(uuid4()), **said})
        assert answer.status_code == 200, answer.text
        guidance: dict[str, Any] = answer.json()["messages"][0]["guidance"]
        return guidance

    def tell(self, place: str, **fields: Any) -> Arrived:
        """The bot's next message in a chat in Teams."""
        before = len(self.azure.sent(place))
        activity = self.azure.message(conversation=place, **fields)
        header = {"Authorization": self.azure.signer.header()}
        response = requests.post(f"{self.url}/teams/messages", json=activity, headers=header, timeout=30)
        assert response.status_code == 200
        return self.azure.wait_for(before + 1, place)[before]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with FakeAzure() as azure:
        running = House(tmp_path_factory.mktemp("house"), azure)
        running.start()
        yield running
        running.stop()


def card(house: House, number: int) -> str:
    """The text of a card in the office's channel."""
    arrived = house.azure.wait_for(number, CHANNEL)
    assert len(arrived) == number
    (attachment,) = arrived[number - 1].activity["attachments"]
    return "\n".join(run["text"] for block in attachment["content"]["body"] for run in block["inlines"])


def test_a_question_of_the_web_chat_reaches_the_office_once_and_leaves_no_trace(house: House) -> None:
    token = house.chat("POST", "session", json={"language": "de"}).json()["token"]
    handing = {"id": str(uuid4()), "office": "press_office", "question": QUESTION, "name": NAME, "consent": True}
    before = len(house.azure.sent(CHANNEL))
    # Nothing has been offered yet.
    assert house.chat("POST", "handover", token, json=handing).status_code == 404
    house.ask(token, text=ASKED)
    offered = house.ask(token, payload='/request_person{"topic": "blocking"}')["handover"]
    assert offered["question"] == ASKED
    assert [office["id"] for office in offered["offices"] if office["deliverable"]] == ["press_office"]
    for _ in range(2):
        assert house.chat("POST", "handover", token, json=handing).status_code == 204
    text = card(house, before + 1)
    assert QUESTION in text and f"Von: {NAME}" in text and "Frage an: Pressestelle" in text
    other = house.chat("POST", "handover", token, json={**handing, "id": str(uuid4()), "office": "superior"})
    assert other.json()["error"]["code"] == "not_deliverable"
    # Neither stored nor logged, and no conversation named.
    history = house.chat("GET", "history", token).text
    for place in (history, (logs() / LOG).read_text(encoding="utf-8"), *kept(house.folder)):
        assert "Instagram" not in place and NAME not in place
    assert token.split(".")[1] not in json.dumps(house.azure.sent(CHANNEL)[-1].activity)


def test_a_question_of_a_teams_chat_reaches_the_same_channel(house: House) -> None:
    before = len(house.azure.sent(CHANNEL))
    house.tell("a:1", text=ASKED)
    offer = house.tell("a:1", text="Ich möchte mit jemandem sprechen")
    form = json.dumps([card.activity for card in house.azure.cards_of(offer)])
    assert "press_office" in form and ASKED in form
    value = {"lotse": {"handover": True}, "office": "press_office", "question": QUESTION, "consent": "true"}
    said = house.tell("a:1", value=value).activity["text"]
    assert "Pressestelle" in said
    text = card(house, before + 1)
    assert QUESTION in text and "Ohne Namen gesendet" in text
    # Neither the name nor the ids that Teams gives with every message.
    arrived = json.dumps(house.azure.sent(CHANNEL)[-1].activity)
    assert "Kim Beispiel" not in arrived and "11111111-2222" not in arrived and "a:1" not in arrived
