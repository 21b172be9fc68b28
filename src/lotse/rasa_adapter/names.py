"""Names that stand in Rasa's own files (``domain.yml``) or in Rasa itself and that more than one of our parts uses."""

from __future__ import annotations

MEMORY_SLOT = "memory"
ERASE_SLOT = "erase"
QUESTION_SLOT = "given_question"
PROBLEM_INTENT = "unreadable"
# Rasa's name for the channel of `rasa shell`.
SHELL_CHANNEL = "cmdline"
# The name of our own web chat, as Rasa calls it.
WEB_CHANNEL = "web"
