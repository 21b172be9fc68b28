"""What people think of answers: rating, reasons, topic and an optional comment. No person, no session, no question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lotse.answering.control_characters import cleaned
from lotse.answering.personal_data import mask
from lotse.content.wording import Wording
from lotse.rasa_adapter.rating_tables import Database, keep_rating, rating_name

# Labels of the reasons in `web.widget` of the wording begin with this; the rest is the reason's name.
_REASON = "reason_"


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
        reasons: names of the reasons that can be picked, by their labels in all languages; see `reason_names`.
    """

    database: Callable[[], Database]
    key: bytes
    reasons: Mapping[str, str] = field(default_factory=dict)

    def add(self, feedback: Feedback, guidance: Mapping[str, Any], today: date | None = None) -> None:
        """Keep a rating; a later one of the same answer replaces it.

        Args:
            feedback: the rating.
            guidance: the payload of the rated answer.
            today: the day it is given; today if not given.
        """
        reasons, words = split_reasons(feedback.comment or "", self.reasons)
        passages = dict.fromkeys(str(citation["passage"]) for citation in guidance.get("citations") or [])
        row = {
            "answer": rating_name(self.key, feedback.answer_id),
            "day": (today or date.today()).isoformat(),
            "rating": feedback.rating,
            "outcome": str(guidance.get("outcome") or ""),
            "topic": guidance.get("topic"),
            "language": str(guidance.get("language") or ""),
            "passages": " ".join(passages),
            "comment": mask(cleaned(words)) if words else None,
        }
        with self.database().session_scope() as session:
            keep_rating(session, row, reasons)
            session.commit()


def reason_names(wordings: Mapping[str, Wording]) -> dict[str, str]:
    """The names of the reasons for a rating by their labels: ``{"zu lang": "long", "too long": "long", …}``.

    Args:
        wordings: by language.
    """
    labels = (item for wording in wordings.values() for item in wording.web.widget.items())
    return {label.casefold(): name[len(_REASON) :] for name, label in labels if name.startswith(_REASON)}


def split_reasons(comment: str, names: Mapping[str, str]) -> tuple[list[str], str]:
    """The reasons that a comment begins with, as the web chat writes them, and what follows them.

    “zu lang, falsch: Die Frist fehlt.” gives ``["long", "wrong"]`` and “Die Frist fehlt.”; in Teams, which has no
    buttons for reasons, “zu lang” alone counts as one, too.

    Args:
        comment: as it was sent.
        names: of the reasons by their labels, folded.
    """
    head, _, rest = comment.partition(": ")
    found = [names.get(part.strip().casefold()) for part in head.split(",")]
    reasons = [name for name in found if name is not None]
    return (list(dict.fromkeys(reasons)), rest.strip()) if len(reasons) == len(found) else ([], comment)
