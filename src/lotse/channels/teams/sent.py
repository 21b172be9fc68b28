"""Which answer a message in Teams was, so that a rating finds it. Teams itself keeps no ratings.

A rating names the message it is about, minutes or days later and perhaps after a restart, and in a group it can come
from somebody else than the one who asked. So what a rating needs is kept beside the ratings: no text, no person, all
ids hashed, and for some weeks only.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotse.channels.hashing import keyed_hash

KEPT_DAYS = 30
_TABLES = """
create table if not exists sent (
    message text primary key,   -- keyed hash of conversation and message
    sender text not null,       -- keyed hash of the sender id
    day integer not null,       -- since 1970
    answer text not null,       -- id of the answer
    guidance text not null      -- what a rating keeps of it
);
create index if not exists sent_by_sender on sent (sender);
create index if not exists sent_by_day on sent (day);
"""


@dataclass(frozen=True)
class SentAnswers:
    """A table in the file of the ratings.

    Attributes:
        path: of the file.
        key: hashes all ids.
        clock: seconds since 1970.
    """

    path: Path
    key: bytes
    clock: Callable[[], float] = time.time

    def note(self, sender: str, conversation_id: str, message_id: str, guidance: Mapping[str, Any]) -> None:
        """Remember what was sent.

        Args:
            sender: who was answered.
            conversation_id: of Teams.
            message_id: as Teams called the message.
            guidance: the payload of the answer.
        """
        passages = [{"passage": str(citation["passage"])} for citation in guidance.get("citations") or []]
        kept = {name: guidance.get(name) for name in ("outcome", "topic", "language")} | {"citations": passages}
        today = int(self.clock() // 86_400)
        answer = str(guidance.get("answer_id") or "")
        row = (self._message(conversation_id, message_id), self._sender(sender), today, answer, json.dumps(kept))
        with self._open() as database:
            database.execute("delete from sent where day < ?", (today - KEPT_DAYS,))
            database.execute("insert or replace into sent values (?, ?, ?, ?, ?)", row)

    def find(self, sender: str, conversation_id: str, message_id: str | None) -> tuple[str, dict[str, Any]] | None:
        """The answer a rating is about: its id and what to keep of it.

        Args:
            sender: who rates.
            conversation_id: of Teams.
            message_id: of the rated message. Where a client names none, the last answer to this sender is meant.
        """
        query, value = "message = ?", self._message(conversation_id, message_id or "")
        if message_id is None:
            query, value = "sender = ?", self._sender(sender)
        with self._open() as database:
            found = database.execute(
                f"select answer, guidance from sent where {query} order by rowid desc limit 1", (value,)
            ).fetchone()
        return (found[0], json.loads(found[1])) if found else None

    def forget(self, sender: str) -> list[str]:
        """Delete what is known of a sender's answers; returns the ids of the answers."""
        if not self.path.exists():
            return []
        value = (self._sender(sender),)
        with self._open() as database:
            identities = [row[0] for row in database.execute("select answer from sent where sender = ?", value)]
            database.execute("delete from sent where sender = ?", value)
        return identities

    def _message(self, conversation_id: str, message_id: str) -> str:
        return keyed_hash(self.key, "teams-message", f"{conversation_id}\0{message_id}")

    def _sender(self, sender: str) -> str:
        return keyed_hash(self.key, "teams-sender", sender)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.path, timeout=5)
        try:
            database.execute("pragma secure_delete = on")
            database.executescript(_TABLES)
            with database:
                yield database
        finally:
            database.close()
