"""Guided checks: questions about one concrete case that lead to findings of the guide. Knows the content only."""

from lotse.checks.engine import Result, at_most, given, next_question, proposed, result_of, result_so_far, taken_over
from lotse.checks.loading import load_checks
from lotse.checks.model import UNKNOWN, Check, Conclusion, Finding, Option, Question, Sign

__all__ = [
    "UNKNOWN",
    "Check",
    "Conclusion",
    "Finding",
    "Option",
    "Question",
    "Result",
    "Sign",
    "at_most",
    "given",
    "load_checks",
    "next_question",
    "proposed",
    "result_of",
    "result_so_far",
    "taken_over",
]
