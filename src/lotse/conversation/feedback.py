"""What people think of answers: rating, topic and an optional comment. No person, no session, no question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from lotse.answering.control_characters import cleaned
from lotse.answering.personal_data import mask
from lotse.rasa_adapter.rating_tables import Database, rating_name, ratings, replace


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
            "answer": rating_name(self.key, feedback.answer_id),
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
