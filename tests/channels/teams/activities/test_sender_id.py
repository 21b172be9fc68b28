"""The name of a conversation tells nobody who speaks where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.channels.teams.activities.events import sender_id
from lotse.channels.teams.activities.parse_activity import Envelope

KEY = b"k" * 32
ENVELOPE = Envelope(tenant_id="tenant", user_id="29:kim", conversation_id="19:a@thread.v2", conversation_type="channel")


def test_the_same_person_in_the_same_place_goes_on() -> None:
    again = replace(ENVELOPE, activity_id="2", locale="de-DE", service_url="https://other.example/")
    assert sender_id(KEY, ENVELOPE) == sender_id(KEY, again)


@pytest.mark.parametrize(
    "other",
    [
        replace(ENVELOPE, tenant_id="other"),
        replace(ENVELOPE, user_id="other"),
        replace(ENVELOPE, conversation_id="other"),
    ],
)
def test_another_tenant_person_or_place_is_another_conversation(other: Envelope) -> None:
    assert sender_id(KEY, ENVELOPE) != sender_id(KEY, other)


def test_a_thread_is_a_place_of_its_own() -> None:
    thread = replace(ENVELOPE, conversation_id=f"{ENVELOPE.conversation_id};messageid=1")
    assert sender_id(KEY, ENVELOPE) != sender_id(KEY, thread)


def test_parts_cannot_be_shifted_into_each_other() -> None:
    one = replace(ENVELOPE, tenant_id="a", user_id="b\0c", conversation_id="d")
    two = replace(ENVELOPE, tenant_id="a", user_id="b", conversation_id="c\0d")
    three = replace(ENVELOPE, tenant_id="a", user_id='b", "c', conversation_id="d")
    four = replace(ENVELOPE, tenant_id="a", user_id="b", conversation_id='c", "d')
    assert len({sender_id(KEY, envelope) for envelope in (one, two, three, four)}) == 4


def test_nothing_of_the_ids_shows_and_the_key_matters() -> None:
    name = sender_id(KEY, ENVELOPE)
    assert name.startswith("teams-")
    assert len(name) == len("teams-") + 32
    assert set(name[6:]) <= set("0123456789abcdef")
    assert name != sender_id(b"o" * 32, ENVELOPE)
