"""What is said when there is no answer."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from lotse.answering.answer import Answer
from lotse.content.wording import Wording

FAILED = "error"
# A longer wait is told in minutes: nobody counts 3,599 seconds.
_LONGEST_IN_SECONDS = 90


def failure_answer(wording: Wording, language: str, reason: str = FAILED, **values: object) -> Answer:
    """The answer that says why there is none. Only after a failure of ours may the same message be sent again.

    Args:
        wording: in the language of the conversation.
        language: of the wording.
        reason: ``error`` (the turn failed), ``not_ready`` (no model is loaded), a problem of the message, or another
            reason to refuse a request (`problems` and `web.problems` in the wording).
        values: what the sentence names, such as ``limit``.

    Raises:
        KeyError: the wording has no such reason.
    """
    sentences = {**wording.web.problems, **wording.problems, FAILED: wording.error, "not_ready": wording.not_ready}
    sentence = reason_sentence(sentences, reason, **values)
    return Answer(outcome="error", short=sentence, language=language, retry=reason == FAILED)


def reason_sentence(sentences: Mapping[str, str], reason: str, **values: object) -> str:
    """The sentence for a reason to refuse a message or request.

    Args:
        sentences: by reason; one whose sentence names ``seconds`` has another, ``…_minutes``, that names ``minutes``.
        reason: a key of them.
        values: what the sentence names; above 90 ``seconds`` the wait is told in minutes, rounded up.

    Raises:
        KeyError: there is no such reason.
    """
    seconds = values.get("seconds")
    if isinstance(seconds, int | float) and seconds > _LONGEST_IN_SECONDS:
        return sentences[f"{reason}_minutes"].format(minutes=ceil(seconds / 60))
    return sentences[reason].format(**values)
