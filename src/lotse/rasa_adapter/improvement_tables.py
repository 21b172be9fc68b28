"""What is kept to improve the guide, as tables of the tracker store's database: counts by day, and given questions.

A count is of answers and stands for nobody. A question is kept only if the person gave it, and belongs to their
conversation as long as it is kept: so “Vergiss alles” finds it, and the report can count people instead of questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Integer, String, Table, Text, delete
from sqlalchemy.orm import Session

from lotse.content.improvement import ImprovementSettings
from lotse.rasa_adapter.names import QUESTION_SLOT
from lotse.rasa_adapter.rating_tables import dialect_insert, metadata, replace, sender_name
from lotse.rasa_adapter.stored_messages import guidance_of
from lotse.secret_key import keyed_hash

daily_counts = Table(
    "daily_counts",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("outcome", String(32), primary_key=True),
    # Empty if the answer has none.
    Column("topic", String(255), primary_key=True),
    Column("certainty", String(8), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("answers", Integer, nullable=False),
)

given_questions = Table(
    "given_questions",
    metadata,
    # Keyed hash of conversation and question: given twice, it is kept once.
    Column("question", String(64), primary_key=True),
    # Keyed hash of the sender id.
    Column("sender", String(64), nullable=False, index=True),
    # Not the minute, which would lead to the conversation.
    Column("day", String(10), nullable=False, index=True),
    # As the person saw it when they agreed, personal data masked.
    Column("text", Text, nullable=False),
    # How it ended: refused or choices.
    Column("outcome", String(32), nullable=False),
    Column("language", String(16), nullable=False),
)


def keep(session: Session, key: bytes, sender: str, events: Sequence[Mapping[str, Any]]) -> None:
    """Count the answers of one turn, and keep the question that was given in it, or delete it if it is taken back.

    Args:
        session: whoever opened it commits.
        key: of this installation.
        sender: name of the conversation.
        events: what is stored in this turn, as dictionaries.
    """
    count_answers(session, events)
    for event in events:
        given = event.get("value") if event.get("event") == "slot" and event.get("name") == QUESTION_SLOT else None
        if isinstance(given, dict):
            keep_question(session, key, sender, given, date.fromtimestamp(float(event.get("timestamp") or 0)))


def count_answers(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Count the answers of one turn. A greeting, which answers nothing, is none.

    Args:
        session: whoever opened it commits.
        events: what is stored in this turn, as dictionaries.
    """
    if not any(event.get("event") == "user" for event in events):
        return
    for event in events:
        answer = guidance_of(event) if event.get("event") == "bot" else {}
        if answer:
            row = {
                "day": date.fromtimestamp(float(event.get("timestamp") or 0)).isoformat(),
                "outcome": str(answer.get("outcome") or ""),
                "topic": str(answer.get("topic") or ""),
                "certainty": str((answer.get("why") or {}).get("certainty") or ""),
                "language": str(answer.get("language") or ""),
            }
            counted = dialect_insert(session)(daily_counts).values(**row, answers=1)
            one_more = {"answers": daily_counts.c.answers + 1}
            session.execute(counted.on_conflict_do_update(index_elements=list(daily_counts.primary_key), set_=one_more))


def keep_question(session: Session, key: bytes, sender: str, given: Mapping[str, Any], today: date) -> None:
    """Keep a question that somebody gave, or delete it if they took it back.

    Args:
        session: whoever opened it commits.
        key: of this installation.
        sender: name of the conversation.
        given: value of the slot: `id`, and `text`, `outcome` and `language` unless it is taken back.
        today: the day it is given.
    """
    name = keyed_hash(key, "given-question", f"{sender}\0{given.get('id')}")
    text = given.get("text")
    if not text:
        session.execute(delete(given_questions).where(given_questions.c.question == name))
        return
    row = {
        "question": name,
        "sender": sender_name(key, sender),
        "day": today.isoformat(),
        "text": str(text),
        "outcome": str(given.get("outcome") or ""),
        "language": str(given.get("language") or ""),
    }
    replace(session, given_questions, row)


def forget_questions(session: Session, key: bytes, sender: str) -> None:
    """Delete the questions that were given in a conversation.

    Args:
        session: whoever opened it commits.
        key: of this installation.
        sender: name of the conversation.
    """
    session.execute(delete(given_questions).where(given_questions.c.sender == sender_name(key, sender)))


def purge_improvement(session: Session, settings: ImprovementSettings, today: date) -> int:
    """Delete given questions and counts that are too old; returns how many questions.

    Args:
        session: whoever opened it commits.
        settings: after how many days.
        today: the day it is done.
    """
    oldest_question = today - timedelta(days=settings.question_days)
    oldest_count = today - timedelta(days=settings.count_days)
    old = given_questions.c.day < oldest_question.isoformat()
    gone = int(session.execute(delete(given_questions).where(old)).rowcount)
    session.execute(delete(daily_counts).where(daily_counts.c.day < oldest_count.isoformat()))
    return gone
