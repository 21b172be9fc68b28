"""Passages are ranked for a message by itself, and with the question before it."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rich.console import Console

from lotse.answering import Memory
from lotse.answering.question import QUESTION_BEFORE, ParsedMessage
from lotse.operations.local_assistant import LocalAssistant
from lotse.operations.training import ensure_model
from lotse.rasa_adapter.names import MEMORY_SLOT

ASKED = "Darf ich im Dienst Fotos in Uniform machen und bei Insta posten?"
FRAGMENT = "und wenn man das Gesicht nicht sieht?"


@pytest.fixture(scope="module")
def local() -> LocalAssistant:
    return LocalAssistant.load(ensure_model(Console(stderr=True)))


AFTER = Memory(topic="private_label", asked=[ASKED])


def read(local: LocalAssistant, text: str, before: str | None) -> ParsedMessage:
    metadata = {} if before is None else {QUESTION_BEFORE: before}
    parse: ParsedMessage = asyncio.run(local.agent.processor.parse_message(UserMessage(text, metadata=metadata)))
    return parse


def test_a_message_without_a_question_before_is_ranked_once(local: LocalAssistant) -> None:
    assert "passages_in_context" not in read(local, FRAGMENT, None)


def test_a_message_is_ranked_with_the_question_before_it_too(local: LocalAssistant) -> None:
    alone, together = (read(local, FRAGMENT, before) for before in (None, ASKED))
    assert together["passages"] == alone["passages"]
    near = together["passages_in_context"]
    assert near.keys() != together["passages"].keys() and 0 < max(near.values()) < 1
    # By itself, the fragment tells nothing of a uniform.
    uniform = "private_label.uniform"
    alone_by_rank, near_by_rank = (
        sorted(scores, key=lambda name: -scores[name])
        for scores in ({**alone["further_passages"], **alone["passages"]}, near)
    )
    assert uniform in near_by_rank[:3] and uniform not in alone_by_rank[:3]


def test_the_memory_gives_the_question_before(local: LocalAssistant) -> None:
    parse = asyncio.run(local.parse(FRAGMENT, AFTER))
    assert parse["passages_in_context"] == read(local, FRAGMENT, ASKED)["passages_in_context"]
    assert "passages_in_context" not in asyncio.run(local.parse(FRAGMENT, Memory()))


def test_on_the_server_the_question_reaches_the_ranking_and_is_not_stored_with_the_message(
    local: LocalAssistant,
) -> None:
    async def logged() -> DialogueStateTracker:
        processor = local.agent.processor
        tracker = await processor.get_tracker("somebody")
        tracker.update(SlotSet(MEMORY_SLOT, AFTER.dict()))
        await processor.save_tracker(tracker)
        found: DialogueStateTracker = await processor.log_message(UserMessage(FRAGMENT, sender_id="somebody"))
        return found

    message = asyncio.run(logged()).latest_message
    assert message is not None and message.parse_data is not None
    assert message.parse_data["passages_in_context"] == read(local, FRAGMENT, ASKED)["passages_in_context"]
    assert ASKED not in str(message.as_dict())
