"""What went wrong in operation, said so that whoever sits at the terminal can mend it."""

from __future__ import annotations


class OperationError(Exception):
    """A failure with a sentence for the person at the terminal: what is wrong and which command or setting mends it."""
