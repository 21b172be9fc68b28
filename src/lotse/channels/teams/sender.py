"""The name of a conversation in the tracker store: nobody can read from it who speaks where."""

from __future__ import annotations

import json

from lotse.channels.hashing import keyed_hash
from lotse.channels.teams.happenings import Envelope

PREFIX = "teams-"


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
