"""What is said when there is no answer."""

from __future__ import annotations

from lotse.answering.answer import Answer
from lotse.content.wording import Wording

FAILED = "error"


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
    sentence = sentences[reason].format(**values)
    return Answer(outcome="error", short=sentence, language=language, retry=reason == FAILED)
