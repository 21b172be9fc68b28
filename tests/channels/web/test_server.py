"""The web chat as a running server."""

from __future__ import annotations

import json
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any
from uuid import uuid4

import psutil
import pytest
import requests

from lotse.channels.web import session_tokens
from lotse.channels.web.session_tokens import Session
from lotse.conversation.turn_queue import TURNS_AT_ONCE
from lotse.operations.environment import logs
from tests.channels.real_servers import kept
from tests.channels.web.conftest import Server

QUESTION = "Darf ich meinen Chef blockieren?"


def comments(server: Server) -> list[str | None]:
    return [comment for (comment,) in server.database("select comment from ratings")]


def test_a_conversation(server: Server) -> None:
    token = server.begin()
    [item] = server.say(token, QUESTION).json()["messages"]
    assert item["from"] == "assistant"
    assert (item["guidance"]["outcome"], item["guidance"]["topic"]) == ("answered", "blocking")
    assert item["id"] == item["guidance"]["answer_id"]
    offer = next(offer for offer in item["guidance"]["follow_ups"] if "/request_example" in offer["payload"])
    [example] = server.say(token, payload=offer["payload"]).json()["messages"]
    assert example["guidance"]["outcome"] == "explained"
    history = server.call("GET", "history", token).json()["messages"]
    assert [entry["from"] for entry in history] == ["assistant", "user", "assistant", "user", "assistant"]
    assert [entry["text"] for entry in history if entry["from"] == "user"] == [QUESTION, offer["label"]]
    assert history[2] == item
    assert history[4] == example


def test_a_choice_of_the_greeting_can_be_picked_and_english_is_spoken(server: Server) -> None:
    response = server.call("POST", "session", json={"language": "en"}).json()
    [greeting] = response["messages"]
    assert greeting["guidance"]["language"] == "en"
    [item] = server.say(response["token"], payload=greeting["guidance"]["follow_ups"][0]["payload"]).json()["messages"]
    assert (item["guidance"]["outcome"], item["guidance"]["language"]) == ("answered", "en")


def test_a_message_in_another_language_is_answered_in_it(server: Server) -> None:
    [item] = server.say(server.begin("de"), "May I block my boss on Instagram, please?").json()["messages"]
    assert item["guidance"]["language"] == "en"


def test_a_message_sent_five_times_at_once_is_asked_once(server: Server) -> None:
    token, identity = server.begin(), str(uuid4())
    with ThreadPoolExecutor(5) as pool:
        responses = list(pool.map(lambda _: server.say(token, QUESTION, identity), range(5)))
    assert {response.status_code for response in responses} == {200}
    assert len({response.text for response in responses}) == 1
    assert len(server.call("GET", "history", token).json()["messages"]) == 3
    assert server.say(token, QUESTION, identity).text == responses[0].text
    assert server.say(token, "Etwas anderes", identity).status_code == 409


def test_the_history_survives_a_restart(server: Server) -> None:
    token, identity = server.begin(), str(uuid4())
    answer = server.say(token, QUESTION, identity).json()
    before = server.call("GET", "history", token).json()
    server.stop()
    server.start()
    assert server.call("GET", "history", token).json() == before
    assert server.say(token, QUESTION, identity).json() == answer


def test_who_stops_the_server_loses_no_turn_that_it_has_taken(server: Server) -> None:
    # More than are worked on at once, and few enough to be done in time on a slow machine.
    tokens = [server.begin() for _ in range(TURNS_AT_ONCE + 4)]
    with ThreadPoolExecutor(len(tokens)) as pool:
        asked = [pool.submit(server.say, token, QUESTION) for token in tokens]
        # The others are worked on, or wait for their turn.
        wait(asked, return_when=FIRST_COMPLETED)
        server.stop()
    responses = [work.result() for work in asked]
    server.start()
    assert {response.status_code for response in responses} <= {200, 503}
    assert sum(response.status_code == 200 for response in responses) > 1
    for token, response in zip(tokens, responses, strict=True):
        history = server.call("GET", "history", token).json()["messages"][1:]
        if response.status_code == 200:
            [item] = response.json()["messages"]
            assert item["guidance"]["outcome"] == "answered"
            assert [entry["text"] for entry in history] == [QUESTION, item["text"]]
        else:
            assert response.json()["error"]["code"] == "busy"
            assert history == []


def test_erasing_leaves_no_row_and_no_comment(server: Server) -> None:
    token = server.begin()
    [item] = server.say(token, QUESTION).json()["messages"]
    rating = {"answer_id": item["id"], "rating": "down", "comment": "Das war die Bemerkung von Zimmer 4711."}
    assert server.call("POST", "feedback", token, json=rating).status_code == 204
    assert "Das war die Bemerkung von Zimmer 4711." in comments(server)
    assert server.rows(token) > 0
    assert server.call("DELETE", "session", token).status_code == 204
    assert server.rows(token) == 0
    for text in kept(server.folder):
        assert "Zimmer 4711" not in text
        assert item["id"] not in text
    for method, path in (("GET", "history"), ("DELETE", "session")):
        assert server.call(method, path, token).status_code == 401
    assert server.say(token, QUESTION).status_code == 401
    assert server.rows(token) == 0


def test_forgetting_by_word_leaves_no_row_no_comment_and_ends_the_session(server: Server) -> None:
    token = server.begin()
    [item] = server.say(token, QUESTION).json()["messages"]
    rating = {"answer_id": item["id"], "rating": "down", "comment": "Das war die Bemerkung von Zimmer 0815."}
    assert server.call("POST", "feedback", token, json=rating).status_code == 204
    assert "Das war die Bemerkung von Zimmer 0815." in comments(server)
    [item] = server.say(token, "Vergiss alles").json()["messages"]
    assert item["guidance"]["outcome"] == "choices"
    assert server.rows(token) > 0
    [item] = server.say(token, "Ja").json()["messages"]
    assert item["guidance"]["outcome"] == "forgotten"
    assert server.rows(token) == 0
    assert not [text for text in kept(server.folder) if "Zimmer 0815" in text]
    assert server.call("GET", "history", token).json()["error"]["code"] == "session_ended"


def test_the_pasted_text_of_a_post_is_neither_stored_nor_logged(server: Server) -> None:
    token = server.begin()
    pasted = "Zwetschgenkuchen im Amt, und Sabine vom Bauamt bekommt keinen, Zimmer 0471 112233!"
    [item] = server.say(token, f"Kannst du meinen Post prüfen:\n{pasted}").json()["messages"]
    assert item["guidance"]["outcome"] == "check"
    assert "ein Name" in item["guidance"]["short"]
    # The same when the check asks for it, and in a text that is neither.
    paste = next(choice for choice in item["guidance"]["follow_ups"] if "Prüfung abbrechen" in choice["label"])
    server.say(token, payload=paste["payload"])
    [item] = server.say(token, "Beitrag prüfen").json()["messages"]
    paste = next(choice for choice in item["guidance"]["follow_ups"] if choice["label"] == "Text einfügen")
    server.say(token, payload=paste["payload"])
    [item] = server.say(token, f"{pasted} Wer kommt mit?").json()["messages"]
    assert "nicht gespeichert" in item["guidance"]["short"]
    for before, after in (
        ("drüberschauen? ", ""),
        ("kannst du mal über meinen Post schauen: ", ""),
        ("Kannst du mal über meinen Post schauen? „", "“"),
        ("also so: ‚", "‘ kannst du drüberlesen bevor ichs abschicke"),
        ("Hallo!\nKannst du bitte einen Blick auf meinen Text werfen?\n\n", ""),
    ):
        [item] = server.say(token, f"{before}{pasted}{after}").json()["messages"]
        assert "nicht gespeichert" in item["guidance"]["short"]
    # As long as the web chat takes it.
    [item] = server.say(server.begin(), f"Kannst du das prüfen: {pasted * 30}"[:1000]).json()["messages"]
    assert item["guidance"]["outcome"] == "check"
    history = server.call("GET", "history", token).json()["messages"]
    said = [entry["text"] for entry in history if entry["from"] == "user"]
    assert said[0] == "Kannst du meinen Post prüfen […]"
    databases = list(kept(server.folder))
    assert any("Kannst du meinen Post pr" in text for text in databases)
    log = (logs() / server.log_file).read_text(encoding="utf-8")
    for text in (*databases, log, server.call("GET", "history", token).text):
        for word in ("Zwetschgenkuchen", "Sabine", "112233", "Wer kommt mit"):
            assert word not in text


def test_nobody_writes_a_line_of_the_log(server: Server) -> None:
    token = server.begin()
    forged = "Frage\r\n2026-11-29 ERROR forged\x1b[31m\u2028forged"
    server.say(token, forged)
    server.say(token, forged, identity=forged)
    server.say("forged\x1b[31mforged", QUESTION)
    server.rest("forger", forged)
    for name in ("Origin", "User-Agent", "X-Forwarded-For", "Accept-Language", "Content-Type"):
        # What a client of HTTP lets through: a tab, and the beginning of a colour.
        server.call("GET", "history", token, headers={name: "forged\tforged \x1b[31mforged"})
    for path in ("%0d%0aforged", "guide/%1b[31mforged", "\u2028forged"):
        server.call("GET", path)
        requests.get(f"{server.url}/{path}", timeout=60)
    log = (logs() / server.log_file).read_text(encoding="utf-8")
    assert "forged" not in log and "\x1b[31m" not in log


def test_only_answers_of_the_own_conversation_can_be_rated(server: Server) -> None:
    [item] = server.say(server.begin(), QUESTION).json()["messages"]
    rating = {"answer_id": item["id"], "rating": "up", "comment": None}
    assert server.call("POST", "feedback", server.begin(), json=rating).status_code == 404


def test_only_our_own_living_tokens_open_anything(server: Server) -> None:
    good = server.begin()
    key = server.key.encode()
    identity = session_tokens.read(good, key, time.time()).id
    header, _, signature = good.split(".")
    other = session_tokens.issue(Session("0" * 32, "de", int(time.time()) + 600), b"x" * 40).split(".")[1]
    future = int(time.time()) + 600
    bad = {
        "foreign key": session_tokens.issue(Session(identity, "de", future), b"x" * 40),
        "tampered": f"{header}.{other}.{signature}",
        "first version": f"1.{identity}.de.{future}.{'A' * 43}",
        "never begun": session_tokens.issue(Session("0" * 32, "de", future), key),
        "rubbish": "x" * 5000,
    }
    for name, token in bad.items():
        for method, path in (("GET", "history"), ("DELETE", "session")):
            assert server.call(method, path, token).status_code == 401, name
        assert server.say(token, QUESTION).status_code == 401, name
    assert server.call("GET", "history", good).status_code == 200


def test_an_ended_session_opens_nothing_and_can_still_be_deleted(server: Server) -> None:
    token = server.begin()
    assert server.say(token, QUESTION).status_code == 200
    session = session_tokens.read(token, server.key.encode(), time.time())
    past = int(time.time()) - 1
    ended = session_tokens.issue(Session(session.id, session.language, past), server.key.encode())
    assert server.call("GET", "history", ended).status_code == 401
    assert server.say(ended, QUESTION).json()["error"]["code"] == "session_ended"
    assert server.rows(token) > 0
    assert server.call("DELETE", "session", ended).status_code == 204
    assert server.rows(token) == 0
    assert server.call("DELETE", "session", ended).status_code == 401


@pytest.mark.parametrize(
    "payload", ["/restart", "/ask_likes", '/refine{"status": "beamte"}', "/forget_me", "/session_start"]
)
def test_a_choice_that_was_never_offered_is_refused(server: Server, payload: str) -> None:
    token = server.begin()
    assert server.say(token, payload=payload).json()["error"]["code"] == "unknown_payload"
    assert len(server.call("GET", "history", token).json()["messages"]) == 1


@pytest.mark.parametrize("text", ["/restart", "/forget_me", "/ask_opinions{}"])
def test_a_typed_command_is_never_executed(server: Server, text: str) -> None:
    token = server.begin()
    [item] = server.say(token, text).json()["messages"]
    assert item["guidance"]["outcome"] == "error"
    assert len(server.call("GET", "history", token).json()["messages"]) == 3


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 9000, {}, 400),
        (b"\xff\xfe", {}, 400),
        (b'{"id": "x", "text": "Hallo"}', {}, 400),
        (b'{"text": "Hallo"}', {"Content-Type": "text/plain"}, 415),
        (b'{"text": "Hallo"}', {"Content-Encoding": "gzip"}, 415),
        (b"x" * 100_000, {}, 413),
        (iter([b"x" * 1000] * 100), {}, 413),
    ],
)
def test_wrong_bodies_are_refused(server: Server, body: Any, headers: dict[str, str], status: int) -> None:
    named = {"Content-Type": "application/json", **headers}
    response = server.call("POST", "messages", server.begin(), data=body, headers=named)
    assert response.status_code == status, response.text
    assert response.json()["error"]["message"]
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("Darf ich?\0", "control_characters"),
        ("x" * 1001, "too_long"),
        ("👍" * 1001, "too_long"),
    ],
)
def test_unusable_texts_are_refused_and_the_conversation_goes_on(server: Server, text: str, code: str) -> None:
    token = server.begin()
    response = server.say(token, text)
    assert (response.status_code, response.json()["error"]["code"]) == (422, code)
    assert server.say(token, "Hallo").status_code == 200


def test_what_a_person_typed_comes_back_as_text(server: Server) -> None:
    token = server.begin()
    text = "<script>alert(1)</script> <img src=x onerror=alert(1)> darf ich das posten?"
    response = server.say(token, text)
    assert response.headers["content-type"].startswith("application/json")
    history = server.call("GET", "history", token)
    assert history.json()["messages"][1]["text"] == text
    assert history.headers["x-content-type-options"] == "nosniff"


PATHS = [
    ("GET", "", 200),
    ("GET", "health", 200),
    ("HEAD", "health", 200),
    ("GET", "openapi.json", 200),
    ("GET", "wording?language=en", 200),
    ("GET", "questions?language=en", 200),
    ("GET", "guide/", 200),
    ("GET", "guide/blocking", 200),
    ("GET", "guide", 308),
    ("GET", "demo/", 200),
    ("GET", "widget.js", 200),
    ("GET", "guide/none", 404),
    ("GET", "none", 404),
    ("GET", "guide/%2e%2e/%2e%2e/credentials.yml", 404),
    ("GET", "%00", 404),
    ("GET", "channel.py", 404),
    ("GET", "history", 401),
    ("PUT", "session", 405),
    ("PATCH", "messages", 405),
    ("POST", "widget.js", 405),
    ("OPTIONS", "messages", 204),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_every_answer_has_its_status_and_the_security_headers(
    server: Server, method: str, path: str, status: int
) -> None:
    response = server.call(method, path, allow_redirects=False)
    assert response.status_code == status
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in response.headers


def test_pages_of_other_origins_are_kept_out_unless_listed(server: Server) -> None:
    for method, path in (("OPTIONS", "messages"), ("POST", "session"), ("GET", "health")):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        response = server.call(method, path, headers=headers)
        assert response.status_code == 403
        assert not [name for name in response.headers if name.lower().startswith("access-control")]
    preflight = server.call("OPTIONS", "messages", headers={"Origin": server.origin})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == server.origin
    begun = server.call("POST", "session", json={}, headers={"Origin": server.origin})
    assert begun.status_code == 201
    assert begun.headers["access-control-allow-origin"] == server.origin
    assert "access-control-allow-credentials" not in begun.headers
    assert server.call("POST", "session", json={}, headers={"Origin": server.url}).status_code == 201


def test_the_other_addresses_of_the_server_keep_their_own_rules(server: Server) -> None:
    response = requests.options(
        f"{server.url}/webhooks/rest/webhook", headers={"Origin": "https://evil.example"}, timeout=30
    )
    assert "access-control-allow-origin" not in response.headers


def test_too_many_messages_of_a_session_are_refused(server: Server) -> None:
    token = server.begin()
    rating = {"answer_id": "none", "rating": "up"}
    statuses = [
        server.call("POST", "feedback", token, json=rating).status_code for _ in range(server.messages_a_minute + 1)
    ]
    assert statuses == [404] * server.messages_a_minute + [429]
    refused = server.say(token, QUESTION)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert server.say(server.begin(), "Hallo").status_code == 200


def test_a_turn_without_the_action_server_says_so(server: Server) -> None:
    token = server.begin()
    [actions] = [
        process
        for process in psutil.Process().children(recursive=True)
        if "lotse.operations.action_server" in process.cmdline() and str(server.action_port) in process.cmdline()
    ]
    family = [actions, *actions.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        response = server.say(token, QUESTION)
    finally:
        for process in reversed(family):
            process.resume()
    assert response.status_code == 200
    [item] = response.json()["messages"]
    assert (item["guidance"]["outcome"], item["guidance"]["retry"]) == ("error", True)
    assert item["id"]
    assert server.call("GET", "history", token).json()["messages"][-1] == item
    assert server.say(token, QUESTION).json()["messages"][0]["guidance"]["outcome"] == "answered"


def test_the_widget_of_every_language_has_its_words(server: Server) -> None:
    german, english = (server.call("GET", f"wording?language={language}").json() for language in ("de", "en"))
    assert german.keys() == english.keys()
    assert json.dumps(german) != json.dumps(english)


# --- a tracker store that fails ---------------------------------------------------------------------------------------


def test_a_turn_that_cannot_be_stored_is_an_error_and_can_be_sent_again(server: Server) -> None:
    token, identity = server.begin(), str(uuid4())
    with server.read_only():
        [item] = server.say(token, QUESTION, identity).json()["messages"]
        assert (item["guidance"]["outcome"], item["guidance"]["retry"]) == ("error", True)
        payload = server.rest("script-1", QUESTION)
        assert (payload["outcome"], payload["retry"]) == ("error", True)
    [item] = server.say(token, QUESTION, identity).json()["messages"]
    assert item["guidance"]["outcome"] == "answered"
    assert server.rest("script-1", QUESTION)["outcome"] == "answered"


def test_a_session_whose_beginning_cannot_be_stored_is_not_begun(server: Server) -> None:
    with server.read_only():
        response = server.call("POST", "session", json={})
    assert (response.status_code, response.json()["error"]["code"]) == (500, "internal")


def test_nothing_is_called_deleted_while_it_is_there(server: Server) -> None:
    token = server.begin()
    server.say(token, QUESTION)
    server.rest("script-2", QUESTION)
    server.say(token, "Vergiss alles")
    server.rest("script-2", "Vergiss alles")
    before = server.rows(token), server.rows_of("script-2")
    with server.read_only():
        [item] = server.say(token, "Ja").json()["messages"]
        assert item["guidance"]["outcome"] == "error"
        assert server.rest("script-2", "Ja")["outcome"] == "error"
        assert server.call("DELETE", "session", token).status_code == 500
        assert (server.rows(token), server.rows_of("script-2")) == before
    assert server.rest("script-2", "Ja")["outcome"] == "forgotten"
    assert server.call("DELETE", "session", token).status_code == 204
    assert (server.rows(token), server.rows_of("script-2")) == (0, 0)


def test_a_broken_row_stops_neither_its_conversation_nor_others(server: Server) -> None:
    token = server.begin()
    server.say(token, QUESTION)
    row = "insert into events (sender_id, type_name, timestamp, data) values (?, ?, 1e12, '{')"
    for kind in ("user", "bot", "slot"):
        server.database(row, server.sender(token), kind)
    for asking in (token, server.begin()):
        assert server.say(asking, QUESTION).json()["messages"][0]["guidance"]["topic"] == "blocking"
    assert server.call("DELETE", "session", token).status_code == 204
    assert server.rows(token) == 0


def test_without_its_database_the_server_begins_anew(server: Server) -> None:
    token = server.begin()
    for path in server.folder.glob("conversations.db*"):
        path.unlink()
    assert server.call("GET", "history", token).status_code == 401
    assert server.rest("script-3", QUESTION)["outcome"] == "answered"
    assert server.say(server.begin(), QUESTION).json()["messages"][0]["guidance"]["outcome"] == "answered"
