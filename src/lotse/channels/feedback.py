"""What people think of answers: rating, topic and an optional comment. No person, no session, no question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from lotse.answering.control_characters import cleaned
from lotse.answering.personal_data import mask
from lotse.channels.hashing import keyed_hash
from lotse.channels.tables import Database, comment_authors, ratings, replace, sent_answers


@dataclass(frozen=True)
class Feedback:
    """What somebody thinks of an answer."""

    answer_id: str
    rating: Literal["up", "down"]
    comment: str | None


@dataclass(frozen=True)
class FeedbackStore:
    """Ratings in the tracker store's database.

    Attributes:
        database: gives the tracker store.
        key: hashes the answers' ids.
    """

    database: Callable[[], Database]
    key: bytes

    def add(self, feedback: Feedback, guidance: Mapping[str, Any], today: date | None = None) -> None:
        """Keep a rating; a later one of the same answer replaces it.

        Args:
            feedback: the rating.
            guidance: the payload of the rated answer.
            today: the day it is given; today if not given.
        """
        passages = dict.fromkeys(str(citation["passage"]) for citation in guidance.get("citations") or [])
        row = {
            "answer": _rating_name(self.key, feedback.answer_id),
            "day": (today or date.today()).isoformat(),
            "rating": feedback.rating,
            "outcome": str(guidance.get("outcome") or ""),
            "topic": guidance.get("topic"),
            "language": str(guidance.get("language") or ""),
            "passages": " ".join(passages),
            "comment": mask(cleaned(feedback.comment)) if feedback.comment else None,
        }
        with self.database().session_scope() as session:
            replace(session, ratings, row)
            session.commit()


def sender_name(key: bytes, sender: str) -> str:
    """What a sender is called beside the ratings.

    Args:
        key: of this installation.
        sender: name of the conversation in the tracker store.
    """
    return keyed_hash(key, "teams-sender", sender)


def forget(session: Session, key: bytes, sender: str, answer_ids: Iterable[str]) -> None:
    """Delete what a sender wrote about answers, and what leads to it; the bare ratings stay and lead to nobody.

    Args:
        session: whoever opened it commits.
        key: of this installation.
        sender: name of the conversation in the tracker store.
        answer_ids: of the answers in it.
    """
    name = sender_name(key, sender)
    sent = select(sent_answers.c.answer).where(sent_answers.c.sender == name)
    commented = select(comment_authors.c.rating).where(comment_authors.c.sender == name)
    kept_under = {*answer_ids, *session.execute(sent).scalars(), *session.execute(commented).scalars()}
    if kept_under:
        clear = update(ratings).where(ratings.c.answer == bindparam("name")).values(comment=None)
        session.execute(clear, [{"name": _rating_name(key, answer)} for answer in sorted(kept_under)])
    for table in (sent_answers, comment_authors):
        session.execute(delete(table).where(table.c.sender == name))


def _rating_name(key: bytes, answer_id: str) -> str:
    return keyed_hash(key, "feedback", answer_id)
