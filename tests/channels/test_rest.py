"""What the REST channel accepts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import example, given
from hypothesis import strategies as st
from psutil import Process
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from lotse.answering import Answer
from lotse.channels import rest as rest_channel
from lotse.channels.rest import SENDER, RestInput, refusal, tracker_id
from lotse.channels.rest_settings import SECTION, read_settings
from lotse.channels.teams.activities.events import PREFIX, Envelope, sender_id
from lotse.channels.web.session_tokens import Session
from lotse.content.wording import load_wording
from lotse.conversation.message import Message
from lotse.operations.ports import free_port
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rest() -> RestInput:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        return RestInput()


def body(sender: object = "abc", message: object = "Hallo", **more: object) -> bytes:
    return json.dumps({"sender": sender, "message": message, **more}).encode()


@pytest.mark.parametrize("message", ["Darf ich?", "", "Größe 👍", "\x00", "/restart", "\ud800"])
def test_sender_and_text_are_read(rest: RestInput, message: str) -> None:
    sender, read = rest.read(body(message=message))
    assert (sender, read.text, read.payload) == ("abc", message, None)


def test_nothing_else_of_the_caller_is_used(rest: RestInput) -> None:
    sender, read = rest.read(body(input_channel="cmdline", metadata={"a": 1}, stream=True, id="m1"))
    assert (sender, read) == ("abc", Message("m1", "Hallo", None))


def test_a_message_without_an_id_is_never_taken_for_another(rest: RestInput) -> None:
    assert rest.read(body())[1].id != rest.read(body())[1].id


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"sender": "abc", "message": "x"', "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"sender": "a", "message": "\xe4"}', "not JSON"),
        (b"[" * 100 + b"]" * 100, "object"),
        (b"null", "object"),
        (b"5", "object"),
        (b'"text"', "object"),
        (b"{}", "sender"),
        (b'{"message": "Hallo"}', "sender"),
        (b'{"sender": "abc"}', "message"),
        (body(sender=""), "sender"),
        (body(sender=None), "sender"),
        (body(sender=5), "sender"),
        (body(sender="a\x00b"), "sender"),
        (body(sender="abc\n"), "sender"),
        (body(sender="Müller"), "sender"),
        (body(sender="../etc"), "sender"),
        (body(sender="a" * 129), "sender"),
        (body(sender=["abc"]), "sender"),
        (body(message=5), "message"),
        (body(message=None), "message"),
        (body(message=["a"]), "message"),
        (body(message={"text": "a"}), "message"),
        (body(message=True), "message"),
        (body(id=None), "id"),
        (body(id=""), "id"),
        (body(id=5), "id"),
        (body(id="m" * 129), "id"),
        (body(id="%"), "id"),
    ],
)
def test_a_wrong_body_is_refused_with_a_reason(rest: RestInput, raw: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        rest.read(raw)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_before_the_body_is_read_over(rest: RestInput, mark: bytes) -> None:
    assert rest.read(mark + body(message="Größe"))[1].text == "Größe"


def test_another_encoding_is_named_as_the_reason(rest: RestInput) -> None:
    latin = json.dumps({"sender": "abc", "message": "Darf ich das für mich?"}, ensure_ascii=False).encode("latin-1")
    with pytest.raises(ValueError, match="UTF-8"):
        rest.read(latin)


@pytest.mark.parametrize("charset", ["utf8", "UTF-8", '"utf-8"'])
def test_every_spelling_of_the_encoding_is_taken(charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}", "Host": "localhost:5005"}
    assert refusal(read_settings({}), "127.0.0.1", headers) is None


@pytest.mark.parametrize("depth", [900, 20_000])
def test_deep_nesting_is_refused(rest: RestInput, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    for raw in (nested, b'{"sender": "abc", "message": ' + nested + b"}"):
        with pytest.raises(ValueError):
            rest.read(raw)


def test_the_longest_allowed_message_is_read_as_it_is(rest: RestInput) -> None:
    longest = "👍" * 2000
    sender, read = rest.read(body(sender="a" * 128, message=longest))
    assert (sender, read.text) == ("a" * 128, longest)


@given(
    raw=st.one_of(
        st.binary(max_size=80),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sender", "message", "x"]), inner)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_rubbish_is_refused_or_harmless(raw: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        channel = _shared()
    try:
        sender, message = channel.read(raw)
    except ValueError as error:
        assert str(error)
    else:
        assert SENDER.fullmatch(sender)
        assert isinstance(message.text, str)


_channels: list[RestInput] = []


def _shared() -> RestInput:
    if not _channels:
        _channels.append(RestInput())
    return _channels[0]


@given(st.from_regex(SENDER, fullmatch=True))
@example("web-" + "0" * 32)
@example("teams-" + "0" * 64)
def test_no_caller_can_name_a_conversation_of_another_channel(sender: str) -> None:
    session = Session(sender, "de", 0)
    texts: dict[str, Any] = {field.name: sender for field in dataclasses.fields(Envelope)}
    person = Envelope(**texts)
    names = [tracker_id(sender), session.sender, sender_id(b"k" * 32, person)]
    prefixes = [rest_channel.PREFIX, "web-", PREFIX]
    assert [name.startswith(prefix) for name in names for prefix in prefixes] == [
        one == other for one in prefixes for other in prefixes
    ]


HERE = {"Host": "127.0.0.1:5005", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, None),
        ("127.8.0.1", {}, None),
        ("::1", {"Host": "[::1]:5005"}, None),
        ("::ffff:127.0.0.1", {}, None),
        ("127.0.0.1", {"Host": "localhost:5005"}, None),
        ("127.0.0.1", {"Content-Type": "application/json; charset=utf-8"}, None),
        ("127.0.0.1", {"Origin": "http://127.0.0.1:5005"}, None),
        ("192.0.2.7", {}, 403),
        ("0.0.0.0", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"x-forwarded-host": "a"}, 403),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("127.0.0.1", {"Host": "evil.example"}, 403),
        ("127.0.0.1", {"Host": "127.0.0.1.evil.example"}, 403),
        ("127.0.0.1", {"Origin": "https://evil.example"}, 403),
        ("127.0.0.1", {"Origin": "http://["}, 403),
        ("127.0.0.1", {"Origin": "null"}, 403),
        ("127.0.0.1", {"Content-Type": "text/plain"}, 415),
        ("127.0.0.1", {"Content-Type": "text/plain; application/json"}, 415),
        ("127.0.0.1", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("127.0.0.1", {"Content-Type": ""}, 415),
    ],
)
def test_only_scripts_on_this_machine_are_answered(peer: str, headers: dict[str, str], status: int | None) -> None:
    refused = refusal(read_settings(None), peer, {**HERE, **headers})
    assert (refused[0] if refused else None) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-For": "192.0.2.9"}, None),
        ({"Host": "lotse.example"}, None),
        ({"Host": "lotse.example", "Origin": "https://lotse.example"}, None),
        ({"Host": "lotse.example", "Origin": "https://evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_opened_it_answers_others_but_no_foreign_page(headers: dict[str, str], status: int | None) -> None:
    refused = refusal(read_settings({"reachable_from": "everywhere"}), "192.0.2.7", {**HERE, **headers})
    assert (refused[0] if refused else None) == status


def test_who_is_refused_learns_which_setting_opens_it() -> None:
    refused = refusal(read_settings(None), "192.0.2.7", HERE)
    assert refused
    for part in ("reachable_from: everywhere", SECTION, "credentials.yml"):
        assert part in refused[1]


@given(st.text(), st.dictionaries(st.sampled_from([*HERE, "Origin", "Forwarded"]), st.text()))
def test_no_text_of_a_header_breaks_the_check(peer: str, headers: dict[str, str]) -> None:
    for place in ("loopback", "everywhere"):
        refused = refusal(read_settings({"reachable_from": place}), peer, headers)
        assert refused is None or refused[0] in (403, 415)


@pytest.mark.parametrize(
    ("section", "hint"),
    [({"reachable_from": "lan"}, "reachable_from"), ({"open": True}, "open"), ("yes", "Einstellungen")],
)
def test_a_wrong_setting_stops_the_start_and_is_named(section: Any, hint: str) -> None:
    with pytest.raises(RasaException, match=f"(?s)credentials.yml, {SECTION}.*{hint}"):
        RestInput.from_credentials(section)


class Agent:
    """Instead of Rasa's agent, with a store of its own: says what it hears.

    Args:
        store: keeps the conversations.
    """

    def __init__(self, store: ForgettingTrackerStore) -> None:
        self.tracker_store = store
        self.lock_store = self.processor = self
        self.heard: list[UserMessage] = []
        self.is_loaded = True

    def is_ready(self) -> bool:
        return self.is_loaded

    @asynccontextmanager
    async def lock(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        yield

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message)
        payload = Answer(outcome="answered", short=message.text, answer_id=f"answer-{len(self.heard)}").payload()
        answer = BotUttered(f"Antwort auf {message.text}", {"custom": payload})
        await message.output_channel.send_response(message.sender_id, answer.message())
        tracker = await self.tracker_store.retrieve(message.sender_id) or DialogueStateTracker(message.sender_id, [])
        tracker.update(UserUttered(message.text, message_id=message.message_id, metadata=message.metadata))
        tracker.update(answer)
        await self.tracker_store.save(tracker)


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[tuple[str, Agent]]:
    """The channel on a real Sanic server, and what stands behind it."""

    async def on_new_message(_: UserMessage) -> None:
        pytest.fail("the channel talks to the agent itself")

    # Sanic compiles its own methods anew for each server, which works only once in a process unless it is told so.
    monkeypatch.setattr(Sanic, "test_mode", True)
    port = free_port()
    agent = Agent(ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db")))
    app = Sanic(f"rest-{port}", configure_logging=False)
    app.ctx.agent = agent
    app.blueprint(RestInput().blueprint(on_new_message))
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    yield f"http://127.0.0.1:{port}/rest", agent
    server.close()
    await server.wait_closed()
    agent.tracker_store.engine.dispose()


async def ask(url: str, **message: str) -> tuple[int, Any]:
    """Status and content of the response to one message."""
    async with ClientSession() as client, client.post(f"{url}/webhook", json={"sender": "web-1", **message}) as answer:
        return answer.status, await answer.json()


async def test_a_script_is_answered_under_its_own_name_and_headers_are_sent(served: Any) -> None:
    url, agent = served
    async with ClientSession() as client:
        async with client.post(f"{url}/webhook", json={"sender": "web-1", "message": "Hallo"}) as answer:
            [message] = await answer.json()
            assert list(message) == ["recipient_id", "text", "custom"]
            assert (message["recipient_id"], message["text"]) == ("web-1", "Antwort auf Hallo")
            assert message["custom"]["outcome"] == "answered"
            sealed = [answer.headers]
        async with client.post(f"{url}/webhook", data=b"{", headers=HERE) as answer:
            assert answer.status == 400
            sealed.append(answer.headers)
        async with client.get(f"{url}/") as answer:
            sealed.append(answer.headers)
    assert [message.sender_id for message in agent.heard] == ["rest-web-1"]
    for headers in sealed:
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


async def test_a_message_with_an_id_is_answered_once_and_another_under_its_id_is_refused(served: Any) -> None:
    url, agent = served
    first = await ask(url, message="Darf ich?", id="m1")
    assert await ask(url, message="Darf ich?", id="m1") == first
    assert [message.text for message in agent.heard] == ["Darf ich?"]
    status, content = await ask(url, message="Darf ich nicht?", id="m1")
    assert (status, "id" in content["error"]) == (409, True)
    for _ in range(2):
        assert (await ask(url, message="Darf ich?"))[0] == 200
    assert len(agent.heard) == 3


async def test_an_answer_that_was_not_stored_is_an_error_that_may_be_tried_again(served: Any) -> None:
    url, agent = served
    refuse = "begin select raise(abort, 'attempt to write a readonly database'); end"
    agent.tracker_store.engine.execute(f"create trigger t before insert on events {refuse}")
    status, [message] = await ask(url, message="Darf ich?", id="m1")
    assert (status, message["custom"]["outcome"], message["custom"]["retry"]) == (200, "error", True)
    assert message["text"] == message["custom"]["short"] == load_wording(HOME / "data").error
    agent.tracker_store.engine.execute("drop trigger t")
    assert (await ask(url, message="Darf ich?", id="m1"))[1][0]["custom"]["outcome"] == "answered"


async def test_without_a_model_a_script_is_told_so(served: Any) -> None:
    url, agent = served
    agent.is_loaded = False
    status, [message] = await ask(url, message="Darf ich?")
    assert (status, message["text"]) == (200, load_wording(HOME / "data").not_ready)
    assert (message["custom"]["outcome"], message["custom"]["retry"]) == ("error", False)


async def test_a_foreign_page_s_request_is_not_carried_out(served: Any) -> None:
    url, agent = served
    # What a browser sends without asking first: a text that happens to be JSON.
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    async with ClientSession() as client, client.post(f"{url}/webhook", data=body(), headers=headers) as answer:
        assert answer.status == 403
        assert "error" in await answer.json()
    assert agent.heard == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_is_read_no_further_than_a_message_can_be_long(served: Any, declared: bool) -> None:
    url, agent = served
    size = 80_000_000
    sent = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < size:
            yield b"x" * 1_000_000
            sent += 1_000_000

    headers = {**HERE, "Host": url.split("/")[2], **({"Content-Length": str(size)} if declared else {})}
    before = Process().memory_info().rss
    async with ClientSession() as client, client.post(f"{url}/webhook", data=parts(), headers=headers) as answer:
        assert answer.status == 413
        assert "bytes" in (await answer.json())["error"]
    assert Process().memory_info().rss - before < size / 2
    assert agent.heard == []
