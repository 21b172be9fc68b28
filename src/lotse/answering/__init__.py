"""From a question to an answer: pure functions over the guide. Thresholds and wording come from ``data/``."""

from lotse.answering.answer import Answer, Citation, FollowUp, Point
from lotse.answering.decide import Decision, decide
from lotse.answering.language import speak
from lotse.answering.question import Memory, Offer, Question
from lotse.answering.settings import Settings, Wording, load_settings, load_wording

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
    "Wording",
    "decide",
    "load_settings",
    "load_wording",
    "speak",
]
