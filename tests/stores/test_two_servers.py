"""Two servers without sticky sessions share PostgreSQL and Redis, and lose nothing when a part of it fails."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import requests
import yaml

from lotse.channels.web.settings import SECTION
from lotse.operations.ports import free_port
from lotse.rasa_adapter.channel_support import TRACKER_STORE
from lotse.rasa_adapter.shared_lock import LIFETIME_SECONDS, PREFIX
from tests.channels.web.conftest import Server
from tests.stores.processes import PostgreSQL, Redis
from tests.stores.proxy import Proxy

QUESTION = "Darf ich meinen Chef blockieren?"
DATABASE = "shared"
INTERNAL = "lotse.channels.internal.InternalInput"


class SharingServer(Server):
    """A server whose conversations, locks and rates are shared.

    Args:
        folder: of its own.
        store: settings of the database.
        redis_server: of locks and rates.
    """

    def __init__(self, folder: Path, store: dict[str, Any], redis_server: Redis) -> None:
        self._store, self._redis = store, redis_server
        super().__init__(folder)
        self.internal_port = free_port()
        sections = yaml.safe_load(self.credentials.read_text(encoding="utf-8"))
        sections[SECTION]["rate_limit_storage"] = redis_server.address
        sections[INTERNAL] = {"port": self.internal_port}
        self.credentials.write_text(yaml.safe_dump(sections), encoding="utf-8")

    def endpoints(self) -> dict[str, Any]:
        """With the shared stores in place of SQLite."""
        shared = {"tracker_store": {"type": TRACKER_STORE, **self._store}, "lock_store": self._redis.settings}
        return {**super().endpoints(), **shared}

    def parts(self) -> dict[str, bool]:
        """What `/health/ready` says of each part."""
        found: dict[str, bool] = requests.get(f"http://127.0.0.1:{self.internal_port}/health/ready", timeout=30).json()[
            "parts"
        ]
        return found

    def processes(self, name: str) -> list[psutil.Process]:
        """The server whose command line holds a name and its port, and its children."""
        ports = {str(self.port), str(self.action_port)}
        ours = psutil.Process().children(recursive=True)
        roots = [process for process in ours if name in process.cmdline() and ports & {*process.cmdline()}]
        return [process for root in roots for process in (root, *root.children(recursive=True))]


Pair = tuple[SharingServer, SharingServer]


@pytest.fixture(scope="module")
def line(postgresql: PostgreSQL) -> Iterator[Proxy]:
    """The line to PostgreSQL that both servers use."""
    with Proxy(postgresql.port) as line:
        yield line


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL, line: Proxy, redis_server: Redis
) -> Iterator[Pair]:
    """Two servers that run. Whoever kills one starts it again."""
    store = {**postgresql.create(DATABASE), "port": line.port}
    one, two = (SharingServer(tmp_path_factory.mktemp(name), store, redis_server) for name in ("one", "two"))
    with ExitStack() as running:
        for server in (one, two):
            running.callback(server.stop)
            server.start()
        yield one, two


def answered(response: requests.Response) -> bool:
    return response.status_code == 200 and response.json()["messages"][0]["guidance"]["outcome"] == "answered"


def asked(response: requests.Response) -> str:
    """The title of the question of a guided check that a message is answered with: its number stands there."""
    [item] = response.json()["messages"]
    assert item["guidance"]["outcome"] == "check", item
    return str(item["guidance"]["title"])


def last_asked(server: Server, token: str) -> str:
    """The same after a reload, from the history."""
    return str(server.call("GET", "history", token).json()["messages"][-1]["guidance"]["title"])


def said(server: Server, token: str) -> list[tuple[str, str]]:
    history = server.call("GET", "history", token).json()["messages"]
    return [(item["from"], item["text"]) for item in history]


def test_a_conversation_goes_on_at_whichever_server_answers(pair: Pair) -> None:
    one, two = pair
    token = one.begin()
    assert answered(one.say(token, QUESTION))
    [item] = two.say(token, "und als Beamter?").json()["messages"]
    assert (item["guidance"]["topic"], item["guidance"]["outcome"]) == ("blocking", "refined")
    assert said(one, token) == said(two, token)
    assert [who for who, _ in said(one, token)] == ["assistant", "user", "assistant", "user", "assistant"]


def test_a_turn_asks_the_database_few_questions(pair: Pair, line: Proxy) -> None:
    token = pair[0].begin()
    # The first turns open connections.
    for _ in range(3):
        pair[0].say(token, QUESTION)
    before = line.round_trips
    assert pair[0].say(token, QUESTION).status_code == 200
    assert 0 < line.round_trips - before <= 10


def test_the_order_within_a_conversation_holds_over_both_servers(pair: Pair) -> None:
    token = pair[0].begin()
    texts = [f"{QUESTION} ({number})" for number in range(12)]
    with ThreadPoolExecutor(len(texts)) as pool:
        responses = list(pool.map(lambda work: work[0].say(token, work[1]), zip(cycle(pair), texts)))
    assert {response.status_code for response in responses} == {200}
    history = said(pair[1], token)[1:]
    assert [who for who, _ in history] == ["user", "assistant"] * len(texts)
    assert sorted(text for who, text in history if who == "user") == sorted(texts)


def test_a_message_sent_to_both_servers_at_once_is_asked_once(pair: Pair) -> None:
    token, identity = pair[0].begin(), str(uuid4())
    with ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(lambda server: server.say(token, QUESTION, identity), [*pair] * 3))
    assert {response.status_code for response in responses} == {200}
    assert len({response.text for response in responses}) == 1
    assert len(said(pair[0], token)) == 3


def test_a_conversation_deleted_at_one_server_is_gone_at_the_other(pair: Pair, postgresql: PostgreSQL) -> None:
    one, two = pair
    token = one.begin()
    [item] = one.say(token, QUESTION).json()["messages"]
    rating = {"answer_id": item["id"], "rating": "down", "comment": "Das war die Bemerkung von Zimmer 4711."}
    assert two.call("POST", "feedback", token, json=rating).status_code == 204
    assert two.call("DELETE", "session", token).status_code == 204
    assert one.say(token, QUESTION).status_code == 401
    sender = one.sender(token)
    for table, column in (("events", "sender_id"), ("messages", "sender")):
        assert not postgresql.query(f"select 1 from {table} where {column} = %s", sender, database=DATABASE)
    assert not postgresql.query("select 1 from ratings where comment like '%%Zimmer 4711%%'", database=DATABASE)


def test_a_guided_check_goes_on_at_whichever_server_answers(pair: Pair) -> None:
    one, two = pair
    token = one.begin()
    assert asked(one.say(token, "Beitrag prüfen")) == "Beitrag prüfen, Frage 1 von höchstens 9"
    assert last_asked(two, token) == "Beitrag prüfen, Frage 1 von höchstens 9"
    # By number, by a button of the other server, and after a question in between.
    [item] = two.say(token, "1").json()["messages"]
    assert item["guidance"]["title"].startswith("Beitrag prüfen, Frage 2")
    choice = next(choice for choice in item["guidance"]["follow_ups"] if choice["payload"].startswith("/answer_check"))
    assert asked(one.say(token, payload=choice["payload"])).startswith("Beitrag prüfen, Frage 3")
    assert answered(two.say(token, QUESTION))
    assert asked(one.say(token, "weiter")).startswith("Beitrag prüfen, Frage 3")
    verdict = None
    for server in cycle(pair):
        [item] = server.say(token, "weiß ich nicht").json()["messages"]
        verdict = item["guidance"]["verdict"]
        if verdict:
            break
    assert verdict == "depends"


def test_erasing_at_one_server_removes_a_guided_check_at_both(pair: Pair, postgresql: PostgreSQL) -> None:
    one, two = pair
    by_button, by_words = one.begin(), one.begin()
    for token in (by_button, by_words):
        assert asked(one.say(token, "Beitrag prüfen"))
        assert asked(two.say(token, "1")).startswith("Beitrag prüfen, Frage 2")
    assert two.call("DELETE", "session", by_button).status_code == 204
    two.say(by_words, "Vergiss alles")
    [item] = one.say(by_words, "Ja").json()["messages"]
    assert item["guidance"]["outcome"] == "forgotten"
    senders = tuple(one.sender(token) for token in (by_button, by_words))
    kept = postgresql.query(
        "select 1 from events where sender_id in %s and data like '%%posting%%'", senders, database=DATABASE
    )
    assert not kept
    assert [one.say(by_words, "weiter").status_code, two.say(by_button, "weiter").status_code] == [401, 401]


def test_a_server_killed_in_a_turn_keeps_the_other_from_nothing(pair: Pair, redis_server: Redis) -> None:
    one, two = pair
    token, identity = one.begin(), str(uuid4())
    in_a_check = one.begin()
    assert asked(one.say(in_a_check, "Beitrag prüfen"))
    third = asked(one.say(in_a_check, "1")), asked(one.say(in_a_check, "1"))
    redis_server.client.flushall()
    frozen = one.processes("lotse.operations.action_server")
    for process in frozen:
        process.suspend()
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(one.say, token, QUESTION, identity)
        while not redis_server.client.keys(f"{PREFIX}*"):
            pass
        for process in one.processes("rasa"):
            process.kill()
        with pytest.raises(requests.ConnectionError):
            lost.result()
    for process in reversed(frozen):
        process.resume()
    [lock] = redis_server.client.keys(f"{PREFIX}*")
    assert 0 < redis_server.client.pttl(lock) <= LIFETIME_SECONDS * 1000 < 5000
    assert answered(two.say(token, QUESTION, identity))
    assert [text for who, text in said(two, token) if who == "user"] == [QUESTION]
    assert redis_server.client.keys(f"{PREFIX}*") == []
    one.stop()
    one.start()
    assert said(one, token) == said(two, token)
    # A guided check goes on at its question after the restart.
    assert last_asked(one, in_a_check) == third[-1]
    assert asked(one.say(in_a_check, "zurück")) == third[0]


def test_without_postgresql_nothing_is_answered_and_nothing_that_was_said_is_lost(
    pair: Pair, postgresql: PostgreSQL
) -> None:
    one, two = pair
    token, identity = one.begin(), str(uuid4())
    assert answered(one.say(token, QUESTION))
    postgresql.stop()
    try:
        responses = [server.say(token, "und als Beamter?", identity) for server in pair]
        assert not any(map(answered, responses))
        assert one.parts() == {"model": True, "store": False, "lock": True, "actions": True}
        assert one.call("POST", "session", json={}).status_code == 500
        assert one.rest("script", QUESTION)["outcome"] == "error"
    finally:
        postgresql.start()
    [item] = two.say(token, "und als Beamter?", identity).json()["messages"]
    assert (item["guidance"]["topic"], item["guidance"]["outcome"]) == ("blocking", "refined")
    assert [text for who, text in said(one, token) if who == "user"] == [QUESTION, "und als Beamter?"]
    assert all(one.parts().values())


def test_without_redis_a_turn_is_an_error_and_then_goes_on(pair: Pair, redis_server: Redis) -> None:
    one, two = pair
    token, identity = one.begin(), str(uuid4())
    redis_server.stop()
    try:
        assert not answered(one.say(token, QUESTION, identity))
        assert one.parts() == {"model": True, "store": True, "lock": False, "actions": True}
    finally:
        redis_server.start()
    assert answered(two.say(token, QUESTION, identity))
    assert all(two.parts().values())


def test_while_postgresql_is_frozen_people_are_told_and_pages_are_served(pair: Pair, postgresql: PostgreSQL) -> None:
    one = pair[0]
    token = one.begin()
    with postgresql.frozen(), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(one.say, token, QUESTION)
        pages = 0
        while not waiting.done():
            assert one.call("GET", "guide/").status_code == 200
            pages += 1
        assert pages > 10
        assert not answered(waiting.result())
    assert answered(one.say(token, QUESTION))
