"""Pseudonyms for conversations and people: keyed hashes that reveal neither person nor place."""

from __future__ import annotations

import json

from lotse.channels.teams.activities.events import Envelope
from lotse.secret_key import keyed_hash

PREFIX = "teams-"


def person_id(key: bytes, envelope: Envelope) -> str:
    """The pseudonym of a person across all conversations: for rate limits only, never for stored conversations.

    Args:
        key: as for `sender_id`.
        envelope: of the activity.
    """
    return keyed_hash(key, "teams person", json.dumps([envelope.tenant_id, envelope.user_id]))


def sender_id(key: bytes, envelope: Envelope) -> str:
    """The sender id of a conversation, one for each person, place and tenant.

    A question asked in a private chat is not known in a channel where the same person writes, and two people in one
    thread do not share their circumstances.

    Args:
        key: secret; without it nobody can try a list of employees against the store (HMAC-SHA256, RFC 2104).
        envelope: of the activity.
    """
    # As JSON, so that different parts never give the same text.
    who_and_where = json.dumps([envelope.tenant_id, envelope.user_id, envelope.conversation_id])
    return PREFIX + keyed_hash(key, "teams sender", who_and_where)
