"""Records which answer each message in Teams was, so that ratings can be assigned. Teams itself stores no ratings.

A rating names its message minutes or days later, perhaps after a restart, and in a group it may come from another
person than the one who asked. So what a rating needs is stored beside the ratings: no text, no person, only hashed ids,
for some weeks. The author of a comment, as a hash, is stored as long as the comment.
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
    """Sent answers in the tracker store's database, which deletes them together with their conversation.

    Attributes:
        database: gives the tracker store.
        key: secret key for the hashes of all ids.
        clock: seconds since 1970.
    """

    database: Callable[[], Database]
    key: bytes
    clock: Callable[[], float] = time.time

    def note(self, sender: str, conversation_id: str, message_id: str, guidance: Mapping[str, Any]) -> None:
        """Store which answer a message was.

        Args:
            sender: sender id of the conversation that was answered.
            conversation_id: id of the conversation in Teams.
            message_id: id of the message in Teams.
            guidance: payload of the answer, see `lotse.answering.answer.Answer.payload`.
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
        """The answer that a rating is about.

        The rating of the person who was answered is stored under the answer's id. The rating of another person in a
        group gets an id of its own, so that it does not replace the first.

        Args:
            sender: sender id of the person who rates.
            conversation_id: id of the conversation in Teams.
            message_id: id of the rated message; None means the last answer to this sender.

        Returns:
            The id to store the rating under, and the stored parts of the payload; None if the answer is not known.
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
        """Store the author of a comment, as a hash, so that the comment can be deleted with their conversation.

        Args:
            sender: sender id of the author.
            rating: id of the rating, from `find`.
        """
        with self.database().session_scope() as session:
            replace(session, comment_authors, {"rating": rating, "sender": sender_name(self.key, sender)})
            session.commit()

    def _message(self, conversation_id: str, message_id: str) -> str:
        return keyed_hash(self.key, "teams-message", f"{conversation_id}\0{message_id}")
