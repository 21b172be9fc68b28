"""Which answer a message in Teams was, so that a rating finds it. Teams itself keeps no ratings.

A rating names the message it is about, minutes or days later and perhaps after a restart, and in a group it can come
from somebody else than the one who asked. So what a rating needs is kept beside the ratings: no text, no person, all
ids hashed, and for some weeks only. Whose a comment is, is kept as long as the comment, for they go together.
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
create table if not exists commented (
    rating text primary key,    -- what the rating is kept under
    sender text not null        -- keyed hash of the sender id of whoever wrote the comment
);
create index if not exists sent_by_sender on sent (sender);
create index if not exists commented_by_sender on commented (sender);
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
        """The answer a rating is about: what to keep the rating under, and what to keep of the answer.

        The rating of whoever was answered is kept under the answer's id. That of somebody else in a group has a name of
        its own, so that it does not take the place of the other's.

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
                f"select answer, guidance, sender from sent where {query} order by rowid desc limit 1", (value,)
            ).fetchone()
        if found is None:
            return None
        answer, guidance, asked = found
        rater = self._sender(sender)
        rating = answer if asked == rater else keyed_hash(self.key, "teams-rating", f"{answer}\0{rater}")
        return rating, json.loads(guidance)

    def commented(self, sender: str, rating: str) -> None:
        """Remember whose a comment is, so that it can be forgotten.

        Args:
            sender: who wrote it.
            rating: what it is kept under, from `find`.
        """
        with self._open() as database:
            database.execute("insert or replace into commented values (?, ?)", (rating, self._sender(sender)))

    def ratings(self, sender: str) -> list[str]:
        """What this sender's ratings may be kept under."""
        if not self.path.exists():
            return []
        query = "select answer from sent where sender = ?1 union select rating from commented where sender = ?1"
        with self._open() as database:
            return [row[0] for row in database.execute(query, (self._sender(sender),))]

    def forget(self, sender: str) -> None:
        """Delete what is known of a sender's answers and comments. The comments themselves must be gone by then, for
        nothing else leads to them."""
        if self.path.exists():
            with self._open() as database:
                for table in ("sent", "commented"):
                    database.execute(f"delete from {table} where sender = ?", (self._sender(sender),))

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
