"""What people think of answers: rating, topic and an optional comment. No person, no session, no question."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from lotse.answering.control_characters import cleaned
from lotse.answering.personal_data import mask
from lotse.channels.hashing import keyed_hash

_TABLE = """
create table if not exists feedback (
    answer text primary key,    -- keyed hash of the answer's id: a second rating replaces the first
    day text not null,          -- not the minute, which would lead to the conversation
    rating text not null check (rating in ('up', 'down')),
    outcome text not null,
    topic text,
    language text not null,
    passages text not null,     -- ids, separated by blanks
    comment text
)
"""


@dataclass(frozen=True)
class Feedback:
    """What somebody thinks of an answer."""

    answer_id: str
    rating: Literal["up", "down"]
    comment: str | None


@dataclass(frozen=True)
class FeedbackStore:
    """A small SQLite file beside the conversations.

    Args:
        path: of the file.
        key: hashes the answers' ids.
    """

    path: Path
    key: bytes

    def add(self, feedback: Feedback, guidance: Mapping[str, Any], today: date | None = None) -> None:
        """Keep a rating; a later one of the same answer replaces it.

        Args:
            feedback: the rating.
            guidance: the payload of the rated answer.
            today: the day it is given; today if not given.
        """
        passages = dict.fromkeys(str(citation["passage"]) for citation in guidance.get("citations") or [])
        row = (
            self._name(feedback.answer_id),
            (today or date.today()).isoformat(),
            feedback.rating,
            str(guidance.get("outcome") or ""),
            guidance.get("topic"),
            str(guidance.get("language") or ""),
            " ".join(passages),
            mask(cleaned(feedback.comment)) if feedback.comment else None,
        )
        with self._open() as database:
            database.execute("insert or replace into feedback values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def forget_comments(self, answer_ids: Iterable[str]) -> None:
        """Delete what people wrote about these answers; the bare ratings stay and lead to nobody."""
        names = [(self._name(answer_id),) for answer_id in answer_ids]
        if names and self.path.exists():
            with self._open() as database:
                database.executemany("update feedback set comment = null where answer = ?", names)

    def _name(self, answer_id: str) -> str:
        return keyed_hash(self.key, "feedback", answer_id)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.path, timeout=5)
        try:
            database.execute("pragma secure_delete = on")
            database.execute(_TABLE)
            with database:
                yield database
        finally:
            database.close()
