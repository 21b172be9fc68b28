"""The action, run by Rasa's own SDK as its server runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def executor() -> Iterator[ActionExecutor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        patch.syspath_prepend(str(HOME))
        executor = ActionExecutor()
        executor.register_package("actions")
        yield executor


def request(intent: str, memory: Any = None, channel: str = "rest", text: str = "Darf ich das?") -> dict[str, Any]:
    named = {"name": intent, "confidence": 0.95}
    message = {"text": text, "intent": named, "intent_ranking": [named], "entities": [], "passages": {}}
    return {
        "next_action": "action_guidance",
        "sender_id": "abc",
        "tracker": {
            "sender_id": "abc",
            "slots": {"memory": memory, "erase": None},
            "latest_message": message,
            "latest_event_time": 0.0,
            "followup_action": None,
            "paused": False,
            "events": [{"event": "user", "text": text, "input_channel": channel, "parse_data": message}],
            "latest_input_channel": channel,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
        "domain": {},
        "version": "3.6.21",
    }


async def run(executor: ActionExecutor, request: dict[str, Any]) -> dict[str, Any]:
    # Both ways over the wire.
    result = await executor.run(json.loads(json.dumps(request)))
    answered: dict[str, Any] = json.loads(json.dumps(result))
    return answered


def test_there_is_one_action(executor: ActionExecutor) -> None:
    assert list(executor.actions) == ["action_guidance"]


async def test_an_answer_is_one_message_with_text_and_payload(executor: ActionExecutor) -> None:
    result = await run(executor, request("ask_blocking"))
    (message,) = result["responses"]
    payload = message["custom"]
    assert (payload["type"], payload["outcome"], payload["topic"]) == ("guidance", "answered", "blocking")
    assert payload["short"] in message["text"]
    assert {"points", "citations", "follow_ups", "contacts", "notice", "why", "language", "answer_id"} <= set(payload)
    assert not message["buttons"] and not message["response"]


async def test_the_memory_is_a_slot(executor: ActionExecutor) -> None:
    result = await run(executor, request("ask_blocking"))
    (event,) = result["events"]
    assert (event["event"], event["name"], event["value"]["topic"]) == ("slot", "memory", "blocking")
    again = await run(executor, request("request_reason", event["value"], text="warum?"))
    assert again["responses"][0]["custom"]["outcome"] == "explained"
    assert again["responses"][0]["custom"]["topic"] == "blocking"


async def test_forgetting_also_sets_the_slot_that_erases(executor: ActionExecutor) -> None:
    result = await run(executor, request("forget_me", {"topic": "blocking"}, text="/forget_me"))
    slots = {event["name"]: event["value"] for event in result["events"]}
    assert slots["erase"] is True
    assert slots["memory"]["topic"] is None


async def test_the_terminal_gets_no_payload(executor: ActionExecutor) -> None:
    result = await run(executor, request("ask_blocking", channel="cmdline"))
    (message,) = result["responses"]
    assert not message["custom"]
    for line in message["text"].splitlines():
        assert len(line) <= 78 or line.strip().startswith("http")


@pytest.mark.parametrize("memory", ["rubbish", 5, {"topic": 7}, {"unanswered": "many"}, []])
async def test_an_odd_memory_is_answered(executor: ActionExecutor, memory: Any) -> None:
    result = await run(executor, request("ask_blocking", memory))
    assert result["responses"][0]["custom"]["outcome"] == "answered"


async def test_an_action_that_does_not_exist_is_not_found(executor: ActionExecutor) -> None:
    with pytest.raises(ActionNotFoundException):
        await executor.run({**request("greet"), "next_action": "action_gone"})
