"""What becomes of a message on its way to Teams."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from lotse.channels.teams.auth.credentials import Tokens, token_source
from lotse.channels.teams.delivery import connector_api
from lotse.channels.teams.delivery.connector import Connector, Reference, Undelivered
from lotse.channels.teams.delivery.connector_api import refusal
from lotse.channels.teams.http_client import HttpClient, HttpReply
from lotse.channels.teams.settings import TeamsSettings, read_settings
from tools.fake_azure.login import SECRET
from tools.fake_azure.rules import objections
from tools.fake_azure.server import BOT_ID, FakeAzure, Fault
from tools.fake_azure.signer import TENANT_ID

THREAD = "19:abc/1 ä@thread.tacv2;messageid=1790"
NOW = 1_795_400_000.0
SAID = {"type": "message", "text": "Geheime Antwort"}


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    with FakeAzure() as fake:
        yield fake


class Bot:
    """A connector whose waits are written down and take no time."""

    def __init__(self, settings: TeamsSettings, seconds: float = 15) -> None:
        self.waits: list[float] = []
        self.http = HttpClient(seconds)
        tokens = Tokens(token_source(settings, self.http))
        self.connector = Connector(settings, tokens, self.http, self.wait, lambda: 0.0, lambda: NOW)

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Delivered, undelivered, repeated."""
        found = self.connector.counts
        return found.delivered, found.undelivered, found.repeated


@pytest_asyncio.fixture
async def bot(azure: FakeAzure) -> AsyncIterator[Bot]:
    made = Bot(azure.settings())
    yield made
    await made.connector.close()


@pytest.fixture
def to(azure: FakeAzure) -> Reference:
    return Reference(azure.service_url, THREAD, "1790000000001", BOT_ID)


# --- what arrives -------------------------------------------------------------------------------------------------


async def test_a_message_arrives_in_its_thread_as_an_answer(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    identity = await bot.connector.send(to, SAID)
    [arrived] = azure.sent(THREAD)
    assert identity is not None and identity.isdigit()
    assert arrived.activity == {
        **SAID,
        "conversation": {"id": THREAD},
        "replyToId": "1790000000001",
        "from": {"id": BOT_ID},
    }
    assert "1790000000001" not in arrived.path, "the answered message is named in the body only"
    assert arrived.path.count("/") == "/teams/v3/conversations/x/activities".count("/")
    assert bot.counts == (1, 0, 0)


async def test_a_message_that_answers_none_says_so(azure: FakeAzure, bot: Bot) -> None:
    await bot.connector.send(Reference(azure.service_url, "a:1"), SAID)
    assert azure.sent()[0].activity == {**SAID, "conversation": {"id": "a:1"}}


async def test_a_message_for_one_member_of_a_group_names_them_and_nothing_they_could_reply_to(
    azure: FakeAzure, bot: Bot, to: Reference
) -> None:
    await bot.connector.send(replace(to, only_for="29:kim"), SAID)
    [arrived] = azure.sent(THREAD)
    assert arrived.only_for == "29:kim" and arrived.path.endswith("/activities?isTargetedActivity=true")
    assert arrived.activity["recipient"] == {"id": "29:kim"} and "replyToId" not in arrived.activity


async def test_the_double_sends_to_one_only_in_groups(azure: FakeAzure, bot: Bot) -> None:
    for reference in (
        Reference(azure.service_url, "a:1", only_for="29:kim"),
        Reference(azure.service_url, THREAD, only_for=""),
    ):
        with pytest.raises(Undelivered, match="HTTP 400"):
            await bot.connector.send(reference, SAID)


async def test_a_new_thread_begins_in_a_channel_of_the_house(azure: FakeAzure, bot: Bot) -> None:
    identity = await bot.connector.post_to_channel("19:press@thread.tacv2", SAID)
    [arrived] = azure.sent("19:press@thread.tacv2")
    assert identity is not None and identity.isdigit()
    assert arrived.body == {
        "isGroup": True,
        "channelData": {"channel": {"id": "19:press@thread.tacv2"}},
        "activity": SAID,
        "tenantId": TENANT_ID,
    }


async def test_a_new_thread_needs_an_address_of_the_cloud() -> None:
    china = {"APP_ID": "7d0d9f0e-3d1b-4d7e-9b61-2f2b1f6d8c11", "TENANT_ID": TENANT_ID, "CLIENT_SECRET": "x"}
    bot = Bot(read_settings({"cloud": "china"}, {f"LOTSE_TEAMS_{name}": value for name, value in china.items()}))
    with pytest.raises(Undelivered, match="LOTSE_TEAMS_SERVICE_URL"):
        await bot.connector.post_to_channel("19:press@thread.tacv2", SAID)


async def test_a_new_thread_goes_where_people_write_from_once_that_is_known(azure: FakeAzure) -> None:
    for tenants, there in (("", 1), ("1b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa", 0)):
        bot = Bot(azure.settings(SERVICE_URL="", ALLOWED_TENANTS=tenants, ALLOWED_HOSTS="127.0.0.1"))
        await bot.connector.send(Reference(azure.service_url, "a:1"), SAID)
        # Of several organisations each may have an address of its own.
        with nullcontext() if there else pytest.raises(Undelivered, match="allowed_hosts"):
            await bot.connector.post_to_channel(f"19:{there}@thread.tacv2", SAID)
        await bot.connector.close()
        assert len(azure.sent(f"19:{there}@thread.tacv2")) == there


async def test_typing_is_shown_and_not_counted(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    await bot.connector.typing(to)
    assert len(azure.sent(THREAD, "typing")) == 1
    assert bot.counts == (0, 0, 0)


@pytest.mark.parametrize("fault", [Fault(429, {"Retry-After": "30"}), Fault(500), Fault(), Fault(403)])
async def test_typing_that_fails_is_neither_repeated_nor_an_error(
    azure: FakeAzure, bot: Bot, to: Reference, fault: Fault
) -> None:
    azure.fail("connector", fault)
    await bot.connector.typing(to)
    assert azure.asked["connector"] == 1
    assert (bot.waits, bot.counts) == ([], (0, 0, 0))


async def test_typing_without_a_token_is_no_error(azure: FakeAzure, to: Reference) -> None:
    bot = Bot(azure.settings(CLIENT_SECRET="wrong"))
    await bot.connector.typing(to)
    await bot.connector.typing(Reference("", "a:1"))
    await bot.connector.close()
    assert azure.asked["connector"] == 0


# --- what is repeated ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_what_passes_is_tried_again(azure: FakeAzure, bot: Bot, to: Reference, status: int) -> None:
    azure.fail("connector", Fault(status), Fault(status))
    await bot.connector.send(to, SAID)
    assert [item.status for item in azure.connector.arrived] == [status, status, 201]
    assert bot.counts == (1, 0, 2)
    assert bot.waits == [0.25, 0.5]


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 409, 413, 415, 422, 500, 501, 505])
async def test_what_does_not_pass_is_not_tried_again(azure: FakeAzure, bot: Bot, to: Reference, status: int) -> None:
    azure.fail("connector", Fault(status, {"Location": f"{azure.url}/elsewhere", "Retry-After": "1"}))
    with pytest.raises(Undelivered, match=f"HTTP {status}"):
        await bot.connector.send(to, SAID)
    assert azure.asked["connector"] == 1
    assert bot.counts == (0, 1, 0)


async def test_a_message_that_may_have_arrived_is_not_sent_again(azure: FakeAzure, to: Reference) -> None:
    bot = Bot(azure.settings(), seconds=0.3)
    azure.fail("connector", Fault(0, after=True), Fault(200, after=True, held=True))
    for _ in range(2):
        with pytest.raises(Undelivered):
            await bot.connector.send(to, SAID)
    await bot.connector.close()
    assert (len(azure.sent()), bot.waits, bot.counts) == (2, [], (0, 2, 0))


async def test_nobody_listening_is_undelivered_in_the_end(azure: FakeAzure, bot: Bot) -> None:
    with pytest.raises(Undelivered, match=r"127\.0\.0\.1 cannot be reached \(ClientConnectorError\)"):
        await bot.connector.send(Reference("http://127.0.0.1:1/teams", "a:1"), SAID)
    assert bot.counts == (0, 1, connector_api.ATTEMPTS - 1)


async def test_it_gives_up_after_a_number_of_attempts(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    azure.fail("connector", *[Fault(503)] * connector_api.ATTEMPTS)
    with pytest.raises(Undelivered, match="HTTP 503"):
        await bot.connector.send(to, SAID)
    assert azure.asked["connector"] == connector_api.ATTEMPTS
    assert bot.waits == sorted(bot.waits) and len(bot.waits) == connector_api.ATTEMPTS - 1
    await bot.connector.send(to, SAID)
    assert bot.counts == (1, 1, connector_api.ATTEMPTS - 1)


@pytest.mark.parametrize(
    ("header", "waited"), [("7", 7.0), ("0", 0.0), (formatdate(NOW + 5, usegmt=True), 5.0), ("soon", 0.25)]
)
async def test_it_waits_as_long_as_it_is_told(
    azure: FakeAzure, bot: Bot, to: Reference, header: str, waited: float
) -> None:
    azure.fail("connector", Fault(429, {"Retry-After": header}))
    await bot.connector.send(to, SAID)
    assert bot.waits == [waited]


async def test_it_does_not_wait_longer_than_a_person_would(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    azure.fail("connector", Fault(429, {"Retry-After": "3600"}))
    with pytest.raises(Undelivered, match="fewer messages"):
        await bot.connector.send(to, SAID)
    assert bot.waits == []


async def test_it_waits_so_long_for_all_attempts_together(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    azure.fail("connector", *[Fault(429, {"Retry-After": "50"})] * connector_api.ATTEMPTS)
    with pytest.raises(Undelivered, match="fewer messages"):
        await bot.connector.send(to, SAID)
    assert sum(bot.waits) <= connector_api.LONGEST_WAIT


@pytest.mark.parametrize("status", [400, 413])
async def test_a_message_that_teams_refuses_is_sent_once_more_in_its_simple_form(
    azure: FakeAzure, bot: Bot, to: Reference, status: int
) -> None:
    azure.fail("connector", Fault(status))
    identity = await bot.connector.send(to, SAID, {"type": "message", "text": "ganz einfach"})
    assert [item.activity["text"] for item in azure.sent()] == ["ganz einfach"]
    assert identity == azure.sent()[0].id
    assert bot.counts == (1, 0, 0)
    assert bot.connector.counts.simplified == 1
    azure.fail("connector", Fault(status), Fault(status))
    with pytest.raises(Undelivered, match=f"HTTP {status}"):
        await bot.connector.send(to, SAID, {"type": "message", "text": "ganz einfach"})
    assert bot.counts == (1, 1, 0)


async def test_a_message_too_large_for_teams_is_sent_in_its_simple_form(
    azure: FakeAzure, bot: Bot, to: Reference
) -> None:
    await bot.connector.send(to, {"type": "message", "text": "ä" * 80_000}, SAID)
    assert [item.activity["text"] for item in azure.sent()] == [SAID["text"]]


async def test_a_bot_that_may_not_write_there_does_not_try_the_simple_form(
    azure: FakeAzure, bot: Bot, to: Reference
) -> None:
    azure.fail("connector", Fault(403))
    with pytest.raises(Undelivered, match="HTTP 403"):
        await bot.connector.send(to, SAID, {"type": "message", "text": "ganz einfach"})
    assert azure.asked["connector"] == 1


async def test_a_login_that_is_down_for_a_moment_loses_nothing(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    azure.fail("token", Fault(503), Fault())
    await bot.connector.send(to, SAID)
    assert (bot.counts, azure.asked["token"]) == ((1, 0, 2), 3)


async def test_a_secret_that_is_wrong_is_said_at_once(azure: FakeAzure, to: Reference) -> None:
    bot = Bot(azure.settings(CLIENT_SECRET="wrong"))
    for _ in range(3):
        with pytest.raises(Undelivered, match="LOTSE_TEAMS_CLIENT_SECRET"):
            await bot.connector.send(to, SAID)
    await bot.connector.close()
    assert (bot.waits, bot.counts, azure.asked) == ([], (0, 3, 0), {"discovery": 1, "token": 1})


@given(
    attempt=st.integers(1, 9),
    chance=st.floats(0, 1),
    asked=st.none() | st.floats(0, 200),
    waited=st.floats(0, 2 * connector_api.LONGEST_WAIT),
)
def test_no_wait_is_shorter_than_asked_for_or_without_end(
    attempt: int, chance: float, asked: float | None, waited: float
) -> None:
    wait = connector_api.wait_seconds(attempt, asked, chance, waited)
    if attempt >= connector_api.ATTEMPTS or waited + (asked or 0) > connector_api.LONGEST_WAIT:
        assert wait is None
    elif wait is None:
        assert waited + (asked or 20) + 5 > connector_api.LONGEST_WAIT
    else:
        assert waited + wait <= connector_api.LONGEST_WAIT
        assert (asked or 0) <= wait <= max(asked or 0, 20) + 5
        assert asked is not None or wait >= 0.25


@given(st.text() | st.sampled_from(["-1", "1e9", "999999999999999999999", "٣", "Mon, 99 Nov 2026 06:13:25 GMT", "1;2"]))
def test_no_header_breaks_it(header: str) -> None:
    seconds = connector_api.retry_after_seconds(header, NOW)
    assert seconds is None or seconds >= 0


# --- tokens -------------------------------------------------------------------------------------------------------


async def test_a_hundred_messages_share_one_token(azure: FakeAzure, bot: Bot) -> None:
    references = [Reference(azure.service_url, f"a:{number}") for number in range(100)]
    await asyncio.gather(*(bot.connector.send(reference, SAID) for reference in references))
    assert {item.conversation for item in azure.sent()} == {reference.conversation_id for reference in references}
    assert (azure.asked["token"], bot.counts) == (1, (100, 0, 0))


async def test_a_refused_token_is_replaced_once(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    await bot.connector.send(to, SAID)
    azure.login.revoke()
    await bot.connector.send(to, SAID)
    assert [item.status for item in azure.connector.arrived] == [201, 401, 201]
    assert (azure.asked["token"], bot.waits, bot.counts) == (2, [], (2, 0, 0))


async def test_an_organisation_in_gcc_is_told_its_address(azure: FakeAzure, bot: Bot) -> None:
    azure.fail("connector", Fault(403, body='{"error": {"code": "InvalidBotApiHost"}}'))
    with pytest.raises(Undelivered, match=r"LOTSE_TEAMS_SERVICE_URL to https://smba\.infra\.gcc"):
        await bot.connector.post_to_channel("19:press@thread.tacv2", SAID)


async def test_a_bot_that_is_refused_is_not_tried_for_ever(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    azure.fail("connector", Fault(401), Fault(401, body='{"error": {"code": "BotNotRegistered", "message": "28:x"}}'))
    with pytest.raises(Undelivered, match=r"HTTP 401 BotNotRegistered\. No bot is registered"):
        await bot.connector.send(to, SAID)
    assert azure.asked["connector"] == 2


async def test_a_token_of_a_short_life_is_renewed_in_time(azure: FakeAzure, to: Reference) -> None:
    azure.login.expires_in = 0
    azure.fail("token", Fault(200, body='{"access_token": "old", "expires_in": 1}'))
    bot = Bot(azure.settings())
    azure.login.expires_in = 3599
    await bot.connector.send(to, SAID)
    await bot.connector.close()
    assert [item.status for item in azure.connector.arrived] == [401, 201]


# --- where it never goes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "service_url",
    [
        "http://smba.trafficmanager.net/teams",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example/?x=smba.trafficmanager.net",
        "https://evil.example/",
        "https://smba.trafficmanager.net.evil.example/",
        "ftp://smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "smba.trafficmanager.net",
        "https://",
        "https://[",
        "",
    ],
)
async def test_the_token_goes_to_allowed_hosts_only(azure: FakeAzure, service_url: str) -> None:
    bot = Bot(azure.settings(ALLOWED_HOSTS="smba.trafficmanager.net"))
    with pytest.raises(Undelivered, match=r"allowed_hosts|service_url"):
        await bot.connector.send(Reference(service_url, "a:1"), SAID)
    assert azure.asked == {}, "not even a token is fetched for it"
    assert bot.counts == (0, 1, 0)


@pytest.mark.parametrize("conversation", ["", ".", "..", "..."])
async def test_no_conversation_id_leads_to_another_address(azure: FakeAzure, bot: Bot, conversation: str) -> None:
    with pytest.raises(Undelivered, match="no conversation"):
        await bot.connector.send(Reference(azure.service_url, conversation), SAID)
    assert azure.asked["connector"] == 0
    assert bot.counts == (0, 1, 0)


@given(st.text(min_size=1).filter(lambda text: text.strip(".")))
def test_any_other_id_is_one_part_of_the_path(conversation: str) -> None:
    made = connector_api.url(connector_api.activities(Reference("https://host/x/", conversation)))
    quoted = made.removeprefix("https://host/x/v3/conversations/").removesuffix("/activities")
    assert "/" not in quoted and "?" not in quoted and "#" not in quoted
    assert unquote(quoted) == conversation.encode("utf-8", "replace").decode()


# --- what is too large, odd or secret -----------------------------------------------------------------------------


async def test_size_is_counted_as_teams_counts_it(azure: FakeAzure, bot: Bot, to: Reference) -> None:
    fits = connector_api.LARGEST_BYTES // 2 - 300
    await bot.connector.send(to, {"type": "message", "text": "ä" * fits})
    with pytest.raises(Undelivered, match="UTF-16"):
        await bot.connector.send(to, {"type": "message", "text": "a" * (fits + 300)})
    with pytest.raises(Undelivered, match="UTF-16"):
        await bot.connector.send(to, {"type": "message", "text": "😀" * (fits // 2 + 300)})
    assert azure.asked["connector"] == 1
    assert bot.counts == (1, 2, 0)


async def test_half_a_character_does_not_stop_an_answer(azure: FakeAzure, bot: Bot) -> None:
    await bot.connector.send(Reference(azure.service_url, "a:\ud83d"), {"type": "message", "text": "so \ud83d ein"})
    assert azure.sent()[0].activity["text"] == "so ? ein"


@pytest.mark.parametrize("body", ["", "ok", "[]", '{"id": 7}', '{"id": ""}', "{}", "[" * 5000])
async def test_an_answer_without_an_id_is_a_delivery(azure: FakeAzure, bot: Bot, to: Reference, body: str) -> None:
    azure.fail("connector", Fault(201, body=body, after=True))
    assert await bot.connector.send(to, SAID) is None
    assert bot.counts == (1, 0, 0)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, b'{"error": {"code": "BotDisabledByAdmin"}}', "app policies"),
        (403, b'{"error": {"code": "BotNotInConversationRoster"}}', "not installed in this conversation"),
        (404, b'{"error": {"code": "ConversationNotFound"}}', "channel of your organisation"),
        (413, b"<html>too large</html>", "too large for Teams"),
        (400, b'{"error": {"code": "19:id of a person", "message": "text of a person"}}', "HTTP 400."),
        (401, b"[]", "LOTSE_TEAMS_CLOUD"),
        (418, b'{"error": "teapot"}', "HTTP 418."),
    ],
)
def test_a_refusal_says_what_to_do_and_repeats_no_foreign_text(status: int, body: bytes, said: str) -> None:
    text = str(refusal(HttpReply(status, {}, body)))
    assert said in text
    assert "person" not in text.replace("The person", "")


async def test_the_log_names_the_host_and_the_reason_and_nothing_of_the_person(
    azure: FakeAzure, bot: Bot, to: Reference, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    azure.fail("connector", Fault(403, body='{"error": {"code": "ConversationBlockedByUser"}}'))
    with pytest.raises(Undelivered):
        await bot.connector.send(to, SAID)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "127.0.0.1" in record.message and "ConversationBlockedByUser" in record.message
    for kept_back in ("Geheime", "thread.tacv2", "1790000000001", BOT_ID, SECRET, "Bearer", "eyJ"):
        assert kept_back not in caplog.text


# --- the fake itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activity", "why"),
    [
        ({"type": "message"}, "neither text nor attachment"),
        ({"type": "message", "text": "x", "channelData": {"notification": {"alert": True}}}, "pop-up"),
        ({"type": "message", "text": "x", "entities": [{"type": "https://schema.org/Message"}] * 2}, "2 root"),
        ({"type": "message", "text": "x", "suggestedActions": {"actions": [{}] * 4}}, "4 suggested actions"),
    ],
)
async def test_the_double_refuses_what_teams_refuses(
    azure: FakeAzure, bot: Bot, to: Reference, activity: dict[str, Any], why: str
) -> None:
    assert any(why in found for found in objections(activity))
    with pytest.raises(Undelivered, match="HTTP 400 BadSyntax"):
        await bot.connector.send(to, activity)
    assert azure.sent() == []
