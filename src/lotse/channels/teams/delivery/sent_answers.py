"""Which answer a message in Teams was, so that a rating finds it. Teams itself keeps no ratings.

A rating names the message it is about, minutes or days later and perhaps after a restart, and in a group it can come
from somebody else than the one who asked. So what a rating needs is kept beside the ratings: no text, no person, all
ids hashed, and for some weeks only. Whose a comment is, is kept as long as the comment, for they go together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select

from lotse.rasa_adapter.rating_tables import Database, comment_authors, replace, sender_name, sent_answers
from lotse.secret_key import keyed_hash

KEPT_DAYS = 30


@dataclass(frozen=True)
class SentAnswers:
    """What was sent, in the tracker store's database; `lotse.conversation.feedback.forget` deletes it.

    Attributes:
        database: gives the tracker store.
        key: hashes all ids.
        clock: seconds since 1970.
    """

    database: Callable[[], Database]
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
        row = {
            "message": self._message(conversation_id, message_id),
            "sender": sender_name(self.key, sender),
            "day": today,
            "answer": str(guidance.get("answer_id") or ""),
            "guidance": json.dumps(kept),
        }
        table = sent_answers.c
        with self.database().session_scope() as session:
            old = or_(table.day < today - KEPT_DAYS, table.message == row["message"])
            session.execute(delete(sent_answers).where(old))
            session.execute(insert(sent_answers).values(row))
            session.commit()

    def find(self, sender: str, conversation_id: str, message_id: str | None) -> tuple[str, dict[str, Any]] | None:
        """The answer a rating is about: what to keep the rating under, and what to keep of the answer.

        The rating of whoever was answered is kept under the answer's id. That of somebody else in a group has a name of
        its own, so that it does not take the place of the other's.

        Args:
            sender: who rates.
            conversation_id: of Teams.
            message_id: of the rated message. Where a client names none, the last answer to this sender is meant.
        """
        table, rater = sent_answers.c, sender_name(self.key, sender)
        if message_id is None:
            meant = table.sender == rater
        else:
            meant = table.message == self._message(conversation_id, message_id)
        query = select(table.answer, table.guidance, table.sender).where(meant).order_by(table.number.desc()).limit(1)
        with self.database().session_scope() as session:
            found = session.execute(query).first()
        if found is None:
            return None
        answer, guidance, asked = found
        rating = answer if asked == rater else keyed_hash(self.key, "teams-rating", f"{answer}\0{rater}")
        return rating, json.loads(guidance)

    def commented(self, sender: str, rating: str) -> None:
        """Remember whose a comment is, so that it can be forgotten.

        Args:
            sender: who wrote it.
            rating: what it is kept under, from `find`.
        """
        with self.database().session_scope() as session:
            replace(session, comment_authors, {"rating": rating, "sender": sender_name(self.key, sender)})
            session.commit()

    def _message(self, conversation_id: str, message_id: str) -> str:
        return keyed_hash(self.key, "teams-message", f"{conversation_id}\0{message_id}")
