"""Finds the answer to a question: pure functions over the guide. Thresholds and wording come from ``data/``."""

from lotse.answering.answer import Answer, Citation, FollowUp, Point
from lotse.answering.decide import Decision, decide
from lotse.answering.failures import failure_answer
from lotse.answering.language import choose_language, spoken_or_original
from lotse.answering.memory import Memory, Offer
from lotse.answering.question import Question
from lotse.answering.settings import Settings, load_settings

__all__ = [
    "Answer",
    "Citation",
    "Decision",
    "FollowUp",
    "Memory",
    "Offer",
    "Point",
    "Question",
    "Settings",
    "choose_language",
    "decide",
    "failure_answer",
    "load_settings",
    "spoken_or_original",
]
