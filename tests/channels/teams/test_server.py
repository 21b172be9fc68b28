"""The Teams channel end to end: a fake Microsoft, a real Rasa server, a real action server."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from lotse.content.wording import load_wording
from lotse.paths import data
from tests.channels.real_servers import kept
from tests.channels.teams.conftest import Server
from tools.fake_azure.connector import Arrived
from tools.fake_azure.server import BOT_ID, Fault
from tools.fake_azure.signer import Signer

QUESTION = "Darf ich meinen Chef blockieren?"
RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
# What follows from each recorded activity: how many messages.
FOLLOWS = {
    "conversationUpdate-channel": 1,
    "conversationUpdate-personal": 1,
    "installationUpdate-channel": 0,
    "installationUpdate-personal": 0,
    "invoke-adaptiveCard-action": 0,
    "invoke-message-submitAction": 0,
    "message-card-submit-value": 0,
    "message-channel-mention": 1,
    "message-groupchat-mention": 1,
    "message-personal": 1,
}
WORDING = load_wording(data())


def buttons(server: Server, answer: Arrived) -> dict[str, dict[str, Any]]:
    """The buttons of an answer: what they say, and the data they send."""
    cards = [card.activity["attachments"][0]["content"] for card in server.azure.cards_of(answer)]
    found: dict[str, dict[str, Any]] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "Action.Submit":
                found[node["title"]] = node["data"]
            node = list(node.values())
        for part in node if isinstance(node, list) else []:
            walk(part)

    walk(cards)
    return found


def claims(arrived: Arrived) -> list[dict[str, Any]]:
    entities = arrived.activity.get("entities") or []
    return [claim for entity in entities for claim in entity.get("citation") or []]


# --- conversations --------------------------------------------------------------------------------------------------


def test_a_conversation(server: Server) -> None:
    place = server.place()
    answer = server.say(QUESTION, place)
    assert "blockieren" in answer.activity["text"].lower()
    assert claims(answer)
    assert all(f"[{claim['position']}]" in answer.activity["text"] for claim in claims(answer))
    assert answer.activity["channelData"] == {"feedbackLoop": {"type": "default"}}
    assert len(server.azure.sent(place, kind="typing")) == 1
    example = server.act(
        server.azure.pressed(buttons(server, answer)[WORDING.labels["request_example"]], conversation=place)
    )
    assert "Aus dem Alltag" in example.activity["text"]
    assert len(server.azure.sent(place)) == 2


def test_english_is_answered_in_english_whatever_the_client_is_set_to(server: Server) -> None:
    place = server.place()
    assert "Allowed" in server.say("May I block my boss on Instagram?", place).activity["text"]
    place = server.place()
    assert "Erlaubt" in server.say(QUESTION, place, locale="en-US").activity["text"]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_activity_gets_what_follows_from_it(server: Server, path: Path) -> None:
    recorded = server.azure.adopt(json.loads(path.read_text(encoding="utf-8")))
    place = recorded["conversation"]["id"]
    before = len(server.azure.sent(place))
    response = server.deliver(recorded)
    invoked = recorded["type"] == "invoke"
    assert (response.status_code, response.content) == (200, b"{}" if invoked else b"")
    # The question after it is answered after it: nothing else is still to come.
    after = {**recorded, **server.azure.message("Hallo", place, id=f"after-{path.stem}")}
    after = {**after, "from": recorded["from"], "recipient": recorded["recipient"]}
    after = {key: value for key, value in after.items() if key not in ("value", "entities", "name", "membersAdded")}
    assert server.deliver(after).status_code == 200
    sent = server.azure.wait_for(before + FOLLOWS[path.stem] + 1, place)[before:]
    assert len(sent) == FOLLOWS[path.stem] + 1
    assert all("<at>" not in item.activity["text"] for item in sent)
    assert "Alex Wilber" not in json.dumps([item.body for item in sent])


def test_a_conversation_without_a_greeting_begins_in_the_language_of_the_client(server: Server) -> None:
    for question in ("Can I block my boss?", "May I like a post?", "May I share a post?"):
        english = server.say(question, server.place(), locale="en-GB")
        assert "Sie " not in english.activity["text"], question
    assert "blockieren" in server.say(QUESTION, server.place(), locale="en-GB").activity["text"]


def test_a_greeting_comes_once_and_its_questions_can_be_asked(server: Server) -> None:
    place = server.place()
    added = {**server.azure.message(conversation=place, type="conversationUpdate"), "membersAdded": [{"id": BOT_ID}]}
    greeting = server.act(added)
    actions = greeting.activity["suggestedActions"]["actions"]
    assert 1 <= len(actions) <= 3
    assert server.deliver({**added, "id": "again"}).status_code == 200
    answer = server.say(actions[0]["value"], place)
    assert actions[0]["value"] in answer.activity["text"]
    assert len(server.azure.sent(place)) == 2


def test_repeated_activities_are_answered_once_also_after_a_restart(server: Server) -> None:
    place, other = server.place(), server.place()
    question, spoilt = server.azure.message(QUESTION, place), server.azure.message(QUESTION, other)
    assert set(server.deliver_all([question] * 20)) == {200}
    server.azure.wait_for(1, place)
    server.act(spoilt)
    rows = server.rows(question)
    server.stop()
    server.start()
    assert server.deliver(question).status_code == 200
    # The same id with another text is no repetition and no new message either.
    assert server.deliver({**spoilt, "text": "Darf ich liken?"}).status_code == 200
    for conversation in (place, other):
        server.say("Und als Beamtin?", conversation)
        assert len(server.azure.sent(conversation)) == 2
    assert server.rows(question) > rows


def test_what_comes_late_still_finds_its_place(server: Server) -> None:
    place = server.place()
    first = server.say(QUESTION, place)
    server.say("Darf ich fremde Beiträge liken?", place)
    # A button of the answer before, a rating of it, and the installation last of all.
    late = server.act(
        server.azure.pressed(buttons(server, first)[WORDING.labels["request_example"]], conversation=place)
    )
    assert late.activity["text"]
    added = {**server.azure.message(conversation=place, type="conversationUpdate"), "membersAdded": [{"id": BOT_ID}]}
    assert server.deliver(added).status_code == 200
    server.say("Danke", place)
    assert len(server.azure.sent(place)) == 4
    assert all("suggestedActions" not in item.activity for item in server.azure.sent(place))


def test_questions_of_one_chat_at_once_are_answered_one_after_the_other(server: Server) -> None:
    place = server.place()
    questions = [server.azure.message(QUESTION, place) for _ in range(6)]
    assert server.deliver_all(questions) == [200] * 6
    answers = server.azure.wait_for(6, place)
    assert {answer.body["replyToId"] for answer in answers} == {question["id"] for question in questions}


def test_many_conversations_at_once_each_get_their_answer(server: Server) -> None:
    asked = {server.place(): text for _ in range(20) for text in (QUESTION, "Darf ich bei der Arbeit privat surfen?")}
    assert server.deliver_all([server.azure.message(text, place) for place, text in asked.items()]) == [200] * 40
    for place, text in asked.items():
        [answer] = server.azure.wait_for(1, place)
        # Title and short answer may follow a line that says what the answer took for granted.
        assert ("blockieren" in " ".join(answer.activity["text"].splitlines()[:5])) == (text == QUESTION)


def test_threads_know_nothing_of_the_personal_chat_and_of_each_other(server: Server) -> None:
    place = server.place()
    threads = [f"19:team@thread.tacv2;messageid={number}" for number in (17, 18)]
    mention = {"type": "mention", "text": "<at>Lotse</at>", "mentioned": {"id": BOT_ID, "name": "Lotse"}}
    server.say("Ich bin Beamtin. Darf ich auf X die Regierung kritisieren?", place)
    answers = [server.say(f"<at>Lotse</at> {QUESTION}", thread, entities=[mention]) for thread in threads]
    # What the law says of each status may be among the points; who asks here has told none.
    told = WORDING.addressed.format(status="Beamtinnen und Beamte")
    assert all(told not in answer.activity["text"] for answer in answers)
    follow_up = server.say("<at>Lotse</at> Warum?", threads[0], entities=[mention])
    assert "blockieren" in follow_up.activity["text"]
    assert [len(server.azure.sent(thread)) for thread in threads] == [2, 1]
    assert {item.conversation for item in server.azure.sent(threads[1])} == {threads[1]}


def test_a_choice_that_was_never_offered_is_refused(server: Server) -> None:
    place = server.place()
    answer = server.say(QUESTION, place)
    for payload in ("/restart", "/forget_me", "/session_start", '/refine{"status": "beamte"}x'):
        refused = server.act(server.azure.pressed({"lotse": {"payload": payload}}, conversation=place))
        assert WORDING.web.problems["unknown_payload"][:30] in refused.activity["text"]
    elsewhere = server.act(
        server.azure.pressed(next(iter(buttons(server, answer).values())), conversation=server.place())
    )
    assert WORDING.web.problems["unknown_payload"][:30] in elsewhere.activity["text"]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_neither_store_nor_log_names_anybody(server: Server) -> None:
    place = f"19:{server.place()}-geheim@unq.gbl.spaces"
    question = server.azure.message(QUESTION, place)
    server.act(question)
    server.deliver(server.azure.rated("like", "", conversation=place))
    server.say("Danke", place)
    assert server.rows(question) > 0
    person = question["from"]
    for secret in (place, person["id"], person["aadObjectId"], person["name"], question["id"]):
        assert all(secret not in content for content in kept(server.folder))
        assert secret not in server.log()
    assert QUESTION not in server.log()
    assert "Bearer" not in server.log()


def test_a_rating_is_kept_with_its_comment_and_forgetting_deletes_what_was_said(server: Server) -> None:
    place = server.place()
    question = server.azure.message(QUESTION, place)
    server.act(question)
    server.deliver(server.azure.rated("dislike", '{"feedbackText": "Das steht in Zimmer 4711."}', conversation=place))
    server.say("Danke", place)
    assert ("down", "blocking", "Das steht in Zimmer 4711.") in server.ratings()
    asked_back = server.say("Vergiss alles", place)
    assert server.rows(question) > 0
    pressed = server.azure.pressed(buttons(server, asked_back)[WORDING.labels["forget_me"]], conversation=place)
    forgotten = server.act(pressed)
    assert WORDING.teams.forgotten[:20] in forgotten.activity["text"]
    assert server.rows(question) == 0
    assert ("down", "blocking", None) in server.ratings()
    assert not [text for text in kept(server.folder) if "Zimmer 4711" in text]
    assert server.say("Hallo", place).activity["text"]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_only_the_connector_gets_in(server: Server) -> None:
    place = server.place()
    question = server.azure.message(QUESTION, place)
    url = server.azure.signer.service_url
    stranger = Signer(service_url=url)
    stranger.rotate("a key of a stranger")
    headers = {
        "none": None,
        "empty": "Bearer",
        "rubbish": "Bearer x.y.z",
        "basic": "Basic eDp5",
        "stranger": stranger.header(),
        "other bot": Signer(app_id="another", service_url=url).header(),
        "other issuer": Signer(issuer="https://evil.example", service_url=url).header(),
        "other address": Signer(service_url="https://evil.example/").header(),
    }
    for name, header in headers.items():
        assert server.deliver(question, header).status_code == 403, name
    assert server.deliver({**question, "serviceUrl": "https://evil.example/"}).status_code == 403
    assert server.deliver({**question, "channelId": "webchat-of-strangers"}).status_code == 403
    assert server.deliver({**question, "channelId": "webchat"}).status_code == 403
    elsewhere = {"tenantId": "99999999-6f0b-4a51-8f6e-5d5ce2f1a0aa"}
    assert server.deliver({**question, "conversation": {**question["conversation"], **elsewhere}}).status_code == 403
    for body in (b"", b"{", b"[]", b"\xff\xfe", b"x" * 100_000):
        assert requests.post(f"{server.url}/teams/messages", data=body, timeout=30).status_code == 403
    assert "no Authorization header" in server.log()
    server.say("Hallo", place)
    assert len(server.azure.sent(place)) == 1


def test_odd_requests_get_their_status(server: Server) -> None:
    good = {"Authorization": server.azure.signer.header()}
    url = f"{server.url}/teams/messages"
    for body, status in ((b"", 400), (b"{", 400), (b"[]", 400), (b"[" * 9000, 400), (b"x" * 600_000, 413)):
        assert requests.post(url, data=body, headers=good, timeout=30).status_code == status
    parts = iter([b"x" * 10_000] * 60)
    assert requests.post(url, data=parts, headers=good, timeout=30).status_code in (400, 413)
    assert requests.get(url, timeout=30).status_code == 405


def test_changed_activities_never_cause_an_error(server: Server) -> None:
    chance = random.Random(5)
    odd: list[Any] = [
        None,
        True,
        0,
        -1,
        1e300,
        "",
        "\x00",
        "<at></at>",
        [],
        [[]],
        {},
        {"id": None},
        "x" * 5000,
        "\ud83d",
    ]
    statuses = set()
    for path in RECORDED:
        recorded = server.azure.adopt(json.loads(path.read_text(encoding="utf-8")))
        for number in range(12):
            changed = json.loads(json.dumps(recorded))
            changed["id"] = f"changed-{path.stem}-{number}"
            node = changed
            while isinstance(node, dict) and node:
                key = chance.choice(sorted(node))
                if not isinstance(node[key], dict) or chance.random() < 0.4:
                    node[key] = chance.choice(odd)
                    break
                node = node[key]
            statuses.add(server.deliver(changed).status_code)
    assert statuses <= {200, 403}
    assert server.say("Hallo", server.place()).activity["text"]
    assert "Traceback" not in server.log()


# --- when something fails ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(429, {"Retry-After": "0"}), Fault(429)],
        [Fault(502), Fault(503)],
        [Fault(401)],
    ],
    ids=["429", "502", "401"],
)
def test_what_passes_is_sent_again(server: Server, faults: list[Fault]) -> None:
    place = server.place()
    # The first fault meets the sign of typing, which is tried once.
    server.fail(Fault(500), *faults)
    answer = server.say(QUESTION, place)
    assert "blockieren" in answer.activity["text"].lower()
    assert len(server.azure.sent(place)) == 1


def test_a_slow_connector_holds_up_nobody_else(server: Server) -> None:
    slow, other = server.place(), server.place()
    server.fail(Fault(500), Fault(200, body='{"id": "1"}', after=True, held=True))
    assert server.deliver(server.azure.message(QUESTION, slow)).status_code == 200
    server.azure.wait_for(1, slow)
    assert server.say(QUESTION, other).activity["text"]
    server.azure.let_go()
    assert server.say("Danke", slow).activity["text"]


def test_what_cannot_be_delivered_is_logged_and_counted_and_the_next_answer_comes(server: Server) -> None:
    place = server.place()
    before = server.health()["messages"]
    server.fail(Fault(500), Fault(403, body='{"error": {"code": "BotNotInConversationRoster"}}'))
    assert server.deliver(server.azure.message(QUESTION, place)).status_code == 200
    assert server.say("Hallo", place).activity["text"]
    after = server.health()["messages"]
    assert after["undelivered"] == before["undelivered"] + 1
    assert "BotNotInConversationRoster" in server.log()
    assert len(server.azure.sent(place)) == 1


def test_a_turn_without_the_action_server_says_so(server: Server) -> None:
    [actions] = [
        process
        for process in psutil.Process().children(recursive=True)
        if "lotse.operations.action_server" in process.cmdline() and str(server.action_port) in process.cmdline()
    ]
    family = [actions, *actions.children(recursive=True)]
    place = server.place()
    for process in family:
        process.suspend()
    try:
        answer = server.say(QUESTION, place)
    finally:
        for process in reversed(family):
            process.resume()
    assert "schiefgegangen" in answer.activity["text"]
    assert "blockieren" in server.say(QUESTION, place).activity["text"]


def test_the_health_report_names_nothing_secret(server: Server) -> None:
    response = requests.get(f"{server.url}/teams/health", timeout=30)
    report = response.json()
    assert (response.status_code, report["status"], report["missing"]) == (200, "ready", [])
    assert report["messages"]["delivered"] >= 0
    assert response.headers["cache-control"] == "no-store"
    for secret in server.azure.environment().values():
        assert secret not in response.text
