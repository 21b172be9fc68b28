"""Errors with a sentence for the person at the terminal."""

from __future__ import annotations


class SettingsError(ValueError):
    """A setting that cannot be used; names it and says what would work."""


class OperationError(Exception):
    """A failure with a sentence for the person at the terminal: what is wrong and which command or setting mends it."""
