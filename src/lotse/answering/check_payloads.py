"""Buttons of a guided check: each names the check and all answers, so that it works however late it is picked.

A payload may be 200 characters long, so answers are written by position: ``3fa91c.002110.0`` is a digest of the check's
questions and options, then a letter for each question with the number of its option, then the questions that were not
asked because the answer had been told before. If the check was changed meanwhile, the digest differs.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Collection, Mapping

from lotse.answering.answer import FollowUp
from lotse.answering.question import CHECK, CHECK_ANSWERS
from lotse.checks import Check

START, ANSWER, REVIEW, STOP = "start_check", "answer_check", "review_check", "stop_check"
# In place of the answers, with `START`: the text of the post is to be asked for.
PASTE = "paste"
# Before the name of a check in the address of its page.
CHECK_PREFIX = "check-"
_PLACES = string.digits + string.ascii_letters
_DIGEST = 6


def start_choice(check: str, label: str) -> FollowUp:
    """A choice that begins a check."""
    return FollowUp(label=label, payload=f"/{START}{json.dumps({CHECK: check})}")


def paste_choice(check: str, label: str) -> FollowUp:
    """A choice to paste the text of the post."""
    return FollowUp(label=label, payload=f"/{START}{json.dumps({CHECK: check, CHECK_ANSWERS: PASTE})}")


def state_choice(
    intent: str, check: Check, answers: Mapping[str, str], taken_over: Collection[str], label: str
) -> FollowUp:
    """A choice that goes on with a check, or reviews it, with exactly these answers.

    Args:
        intent: `ANSWER` or `REVIEW`.
        check: the check.
        answers: ids of options by question.
        taken_over: questions that were not asked.
        label: of the choice.
    """
    named = {CHECK: check.check, CHECK_ANSWERS: written(check, answers, taken_over)}
    return FollowUp(label=label, payload=f"/{intent}{json.dumps(named)}")


def written(check: Check, answers: Mapping[str, str], taken_over: Collection[str]) -> str:
    """Answers as a payload carries them."""
    pairs, told = "", ""
    for place, question in zip(_PLACES, check.questions, strict=False):
        option = answers.get(question.id)
        if option in question.option_ids:
            pairs += place + _PLACES[question.option_ids.index(str(option))]
            told += place if question.id in taken_over else ""
    return ".".join((_digest(check), pairs, told))


def read(check: Check, text: str) -> tuple[dict[str, str], list[str]] | None:
    """The answers of a payload, and the questions that were not asked; None if the check has been changed since."""
    digest, _dot, rest = text.partition(".")
    if digest != _digest(check):
        return None
    pairs, _dot, told = rest.partition(".")
    answers: dict[str, str] = {}
    taken_over: list[str] = []
    options = dict(zip(pairs[::2], pairs[1::2], strict=False))
    for place, question in zip(_PLACES, check.questions, strict=False):
        number = _PLACES.find(options[place]) if place in options else -1
        if 0 <= number < len(question.option_ids):
            answers[question.id] = question.option_ids[number]
            taken_over += [question.id] if place in told else []
    return answers, taken_over


def _digest(check: Check) -> str:
    """What the positions of a check's questions and options stand for."""
    ids = json.dumps([[question.id, *question.option_ids] for question in check.questions])
    return hashlib.sha256(ids.encode()).hexdigest()[:_DIGEST]


def is_of_a_check(payload: str) -> bool:
    """Whether a choice belongs to a check that is under way."""
    return payload.startswith((f"/{ANSWER}", f"/{REVIEW}", f"/{STOP}"))
