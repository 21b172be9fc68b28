"""What is wrong with a setting of a channel."""

from __future__ import annotations


class SettingsError(ValueError):
    """A setting that cannot be used; names it and says what would work."""
