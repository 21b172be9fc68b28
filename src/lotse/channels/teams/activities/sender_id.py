"""Names of conversations and of people: nobody can read from them who speaks where."""

from __future__ import annotations

import json

from lotse.channels.teams.activities.events import Envelope
from lotse.secret_key import keyed_hash

PREFIX = "teams-"


def person_id(key: bytes, envelope: Envelope) -> str:
    """One name for each person, wherever they write: for what is limited, never for what is remembered.

    Args:
        key: as for `sender_id`.
        envelope: of the activity.
    """
    return keyed_hash(key, "teams person", json.dumps([envelope.tenant_id, envelope.user_id]))


def sender_id(key: bytes, envelope: Envelope) -> str:
    """One conversation for each person, place and tenant.

    What somebody asks in a private chat is not remembered in a channel they also write in, and two people in one thread
    do not share their circumstances.

    Args:
        key: secret; without it nobody can try a list of employees against the store (HMAC-SHA256, RFC 2104).
        envelope: of the activity.
    """
    # As JSON, so that no two lists of parts read the same.
    who_and_where = json.dumps([envelope.tenant_id, envelope.user_id, envelope.conversation_id])
    return PREFIX + keyed_hash(key, "teams sender", who_and_where)
