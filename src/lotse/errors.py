"""Errors whose text is meant for the person at the terminal."""

from __future__ import annotations


class SettingsError(ValueError):
    """A setting is not valid; the text names it and what would be valid."""


class OperationError(Exception):
    """A command failed; the text says what is wrong and which command or setting fixes it."""
