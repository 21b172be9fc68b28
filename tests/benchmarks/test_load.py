"""What is counted under load is counted right, and the page says what was measured."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from benchmarks.load import capacity
from benchmarks.load.page import DATA, PAGE, page, table
from benchmarks.load.parts import PARTS
from benchmarks.load.people import Reply, all_at_once, reply_of, web_person

ANSWER = {"messages": [{"guidance": {"outcome": "answered"}}]}
FAILED = {"messages": [{"guidance": {"outcome": "error"}}]}


def problem(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "Ein Satz."}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, ANSWER, Reply.ANSWERED),
        (200, FAILED, Reply.TOLD),
        (200, {"messages": []}, Reply.ERROR),
        (503, problem("busy"), Reply.BUSY),
        (429, problem("too_many_requests"), Reply.BUSY),
        (503, problem("not_ready"), Reply.TOLD),
        (500, problem("internal"), Reply.TOLD),
        (422, problem("empty"), Reply.ERROR),
        (503, {"error": {"code": "busy"}}, Reply.ERROR),
        (502, None, Reply.ERROR),
        (200, ["no object"], Reply.ERROR),
    ],
)
def test_a_reply_counts_as_what_the_person_got(status: int, body: Any, expected: Reply) -> None:
    assert reply_of(status, body) is expected


async def test_people_are_counted_by_what_they_got_and_lost_messages_are_found() -> None:
    replies = iter([(200, ANSWER), (503, problem("busy")), (200, ANSWER), (200, FAILED)])

    async def session(_: web.Request) -> web.Response:
        return web.json_response({"token": "t"})

    async def message(_: web.Request) -> web.Response:
        status, body = next(replies, (200, ANSWER))
        return web.json_response(body, status=status)

    async def history(_: web.Request) -> web.Response:
        return web.json_response({"messages": [{"from": "assistant"}, {"from": "user"}, {"from": "assistant"}]})

    app = web.Application()
    app.add_routes([web.post("/chat/session", session), web.post("/chat/messages", message)])
    app.add_routes([web.get("/chat/history", history)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    base = f"http://127.0.0.1:{port}"
    asked = await all_at_once(base, ["Darf ich bloggen?"], 4)
    async with aiohttp.ClientSession() as connections:
        someone = await web_person(connections, base)
        for _ in range(3):
            assert await someone.ask("Darf ich bloggen?") is Reply.ANSWERED
        lost = await someone.forgotten()
    await runner.cleanup()
    assert sorted(one.reply.value for one in asked) == ["answered", "answered", "busy", "told"]
    # Three were answered, one is in the history.
    assert lost == 2
    async with aiohttp.ClientSession() as connections:
        gone = type(someone)(connections, base, "t", [])
        assert await gone.ask("Darf ich bloggen?") is Reply.ERROR


def test_a_table_shows_missing_figures_as_a_dash() -> None:
    assert table(["a", "b"], [["x", None], ["y", 1234.0]]).splitlines()[2:] == ["| x | – |", "| y | 1,234 |"]


def test_the_page_is_made_of_the_figures_and_says_what_is_missing() -> None:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == page(data)
    assert all(name in data or f", {name}" in page(data) or f": {name}" in page(data) for name in PARTS)
    assert all(part["commit"] and part["date"] and part["load_average"] >= 0 for part in data.values())


def test_a_conversation_weighs_what_the_database_has_grown() -> None:
    rows = [{"conversations": 0, "database_bytes": 1000}, {"conversations": 10, "database_bytes": 21000}]
    assert capacity.bytes_a_turn({"many": {"found": {"rows": rows}}}) == 2000
